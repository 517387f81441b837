/** JSON Schema to column types: what a property's values are, as exactly as a column can hold them. Pure. */
import { type JsonSchema, numberText } from "@tapline/protocol";
import { type ColumnType, sameType } from "./column-type.ts";
import { declaredDecimal, isDeclaredDecimal, stepScale } from "./declared-decimal.ts";
import type { TypeRules } from "./type-rules.ts";

/** Precision where the schema declares only a step: all databases have it (DuckDB and Snowflake: 38). */
const usualPrecision = 38;

/**
 * The column type of one property. Several types that include string are text (other values as JSON text), unless array or object is
 * among them: these and other mixtures are JSON. `null` beside a type changes nothing: every column takes NULL.
 */
export function columnType(schema: JsonSchema, rules: TypeRules): ColumnType {
  const types = typesOf(schema);
  if (types.length > 0) return fromTypes(types, schema, rules);
  const { anyOf, oneOf, allOf } = schema;
  if (allOf !== undefined && allOf.length > 0) return intersection(schema, rules);
  const branches = (anyOf ?? oneOf ?? []).filter((branch) => !isNull(branch));
  if (branches.length === 0 || branches.some(mayBeNested)) return { kind: "json" };
  return mixture(branches.map((branch) => columnType(branch, rules)));
}

/** The types of a schema without "null", or those of the values it lists; "integer" beside "number" adds nothing. */
function typesOf(schema: JsonSchema): string[] {
  const types = new Set(schema.type === undefined ? typesOfValues(schema) : [schema.type].flat());
  types.delete("null");
  if (types.has("number")) types.delete("integer");
  return [...types];
}

function typesOfValues({ enum: values, const: only }: JsonSchema): string[] {
  const listed = Array.isArray(values) ? values : only === undefined ? [] : [only];
  return listed.map((value) =>
    Array.isArray(value) ? "array" : value === null ? "null" : Number.isSafeInteger(value) ? "integer" : typeof value,
  );
}

function fromTypes(types: string[], schema: JsonSchema, rules: TypeRules): ColumnType {
  if (isDeclaredDecimal(schema) && types.every((type) => type === "string" || type === "number" || type === "integer"))
    return declaredDecimal(schema, rules);
  if (types.length > 1) return { kind: types.includes("string") && !types.some(isNestedType) ? "varchar" : "json" };
  switch (types[0]) {
    case "boolean":
      return { kind: "boolean" };
    case "integer":
      return integer(schema, rules);
    case "number":
      return number(schema, rules);
    case "string":
      return text(schema, rules);
    default:
      return { kind: "json" };
  }
}

const largestInt64 = 2 ** 63;

/** Bounds beyond 64 bits announce such values. */
function integer({ minimum, maximum }: JsonSchema, { spellings, maxPrecision }: TypeRules): ColumnType {
  // 2^64-1 is no double, so it is an exact number with all its digits.
  const isBeyond = [minimum, maximum].some((bound) => Math.abs(Number(numberText(bound) ?? 0)) > largestInt64);
  if (!isBeyond) return { kind: "bigint" };
  if (spellings.numeric !== null) return { kind: "numeric" };
  return spellings.hugeint !== null ? { kind: "hugeint" } : { kind: "decimal", precision: maxPrecision, scale: 0 };
}

function number(schema: JsonSchema, { plainNumber }: TypeRules): ColumnType {
  const scale = stepScale(schema.multipleOf);
  return scale === undefined ? plainNumber : { kind: "decimal", precision: usualPrecision, scale };
}

function text(schema: JsonSchema, { spellings }: TypeRules): ColumnType {
  if (schema.contentEncoding === "base64") return { kind: "binary" };
  switch (schema.format) {
    case "date":
      return { kind: "date" };
    case "time":
      return { kind: "time" };
    case "date-time":
      return { kind: "timestamptz" };
    case "uuid":
      return { kind: spellings.uuid === null ? "varchar" : "uuid" };
    default:
      return { kind: "varchar" };
  }
}

function isNull(schema: JsonSchema): boolean {
  return schema.type === "null" || (Array.isArray(schema.type) && schema.type.length === 1 && schema.type[0] === "null");
}

const textual = new Set<ColumnType["kind"]>(["varchar", "date", "time", "timestamptz", "uuid", "binary"]);

function mixture(types: ColumnType[]): ColumnType {
  const first = types[0] as ColumnType;
  if (types.every((type) => sameType(type, first))) return first;
  return { kind: types.some((type) => textual.has(type.kind)) ? "varchar" : "json" };
}

function isNestedType(type: string): boolean {
  return type === "array" || type === "object";
}

/** Whether a value may be a list or an object. */
function mayBeNested(schema: JsonSchema): boolean {
  const types = typesOf(schema);
  if (types.length > 0) return types.some(isNestedType);
  const { anyOf, oneOf, allOf } = schema;
  if (allOf !== undefined && allOf.length > 0) return allOf.every(mayBeNested);
  const branches = (anyOf ?? oneOf ?? []).filter((branch) => !isNull(branch));
  return branches.length === 0 || branches.some(mayBeNested);
}

/** All branches hold at once, so their keywords make one schema. Where two differ in type, it is JSON. */
function intersection({ allOf = [], ...own }: JsonSchema, rules: TypeRules): ColumnType {
  const merged: JsonSchema = { ...own };
  for (const branch of allOf) {
    if (branch.type !== undefined && merged.type !== undefined && String(branch.type) !== String(merged.type)) return { kind: "json" };
    for (const [keyword, value] of Object.entries(branch)) if (keyword !== "allOf") merged[keyword] ??= value;
  }
  const inner = allOf.flatMap((branch) => branch.allOf ?? []);
  return columnType(inner.length > 0 ? { ...merged, allOf: inner } : merged, rules);
}
