/** JSON Schema to column types, free of any database: what a property's values are, as exactly as a SQL database can say it. */
import type { JsonSchema } from "@tapline/protocol";
import type { Dialect } from "./dialect.ts";

/**
 * `numeric` is a decimal of any size, `timestamp` an instant kept as UTC without zone: not every database has them, and a
 * stream's values become them only where its dialect says so.
 */
export type SimpleKind = "boolean" | "bigint" | "double" | "numeric" | "varchar" | "date" | "time" | "timestamp" | "timestamptz" | "json";

export type ColumnType = { kind: SimpleKind } | { kind: "decimal"; precision: number; scale: number };

/** What of a dialect decides which type a property gets. */
export type TypeRules = Pick<Dialect, "maxPrecision" | "plainNumber" | "plainDecimal">;

/** Precision where the schema says only a step: what the databases of today all keep (DuckDB and Snowflake: 38). */
const usualPrecision = 38;

/**
 * The column type of one property. Several types with string among them are text (other values as JSON text), other
 * mixtures are JSON. `null` beside a type says nothing: every column takes NULL.
 */
export function columnType(schema: JsonSchema, rules: TypeRules): ColumnType {
  const types = typesOf(schema);
  if (types.length > 0) return fromTypes(types, schema, rules);
  const branches = (schema.anyOf ?? schema.oneOf ?? schema.allOf ?? []).filter((branch) => !isNull(branch));
  if (branches.length === 0) return { kind: "json" };
  if (schema.allOf !== undefined && branches.length > 1) return { kind: "json" };
  return mixture(branches.map((branch) => columnType(branch, rules)));
}

export function sameType(a: ColumnType, b: ColumnType): boolean {
  if (a.kind !== "decimal" || b.kind !== "decimal") return a.kind === b.kind;
  return a.precision === b.precision && a.scale === b.scale;
}

/** The types of a schema without "null"; "integer" beside "number" says nothing new. */
function typesOf(schema: JsonSchema): string[] {
  const types = new Set(Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type]);
  types.delete("null");
  if (types.has("number")) types.delete("integer");
  return [...types];
}

function fromTypes(types: string[], schema: JsonSchema, rules: TypeRules): ColumnType {
  if (isDecimal(schema) && types.every((type) => type === "string" || type === "number" || type === "integer"))
    return declaredDecimal(schema, rules);
  if (types.length > 1) return { kind: types.includes("string") ? "varchar" : "json" };
  switch (types[0]) {
    case "boolean":
      return { kind: "boolean" };
    case "integer":
      return { kind: "bigint" };
    case "number":
      return number(schema, rules);
    case "string":
      return text(schema);
    default:
      return { kind: "json" };
  }
}

function isDecimal(schema: JsonSchema): boolean {
  return schema.format === "singer.decimal" || schema.format === "x-singer.decimal" || schema["x-singer.decimal"] === true;
}

/** With precision alone the scale is 0, as in SQL. */
function declaredDecimal(schema: JsonSchema, { maxPrecision, plainDecimal }: TypeRules): ColumnType {
  const step = stepScale(schema.multipleOf);
  if (isCount(schema.precision)) {
    const precision = Math.min(Math.max(schema.precision as number, 1), maxPrecision);
    const scale = isCount(schema.scale) ? (schema.scale as number) : (step ?? 0);
    return { kind: "decimal", precision, scale: Math.min(scale, precision) };
  }
  const scale = isCount(schema.scale) ? (schema.scale as number) : step;
  return scale === undefined ? plainDecimal : { kind: "decimal", precision: usualPrecision, scale: Math.min(scale, usualPrecision) };
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function number(schema: JsonSchema, { plainNumber }: TypeRules): ColumnType {
  const scale = stepScale(schema.multipleOf);
  return scale === undefined ? plainNumber : { kind: "decimal", precision: usualPrecision, scale };
}

/** 2 for 0.01, 6 for 1e-6; undefined for anything that is not a power of ten below one. */
function stepScale(multipleOf: unknown): number | undefined {
  if (typeof multipleOf !== "number") return undefined;
  const match = /^1e-(\d+)$/.exec(multipleOf.toExponential());
  const scale = Number(match?.[1] ?? 0);
  return scale >= 1 && scale <= usualPrecision ? scale : undefined;
}

function text(schema: JsonSchema): ColumnType {
  switch (schema.format) {
    case "date":
      return { kind: "date" };
    case "time":
      return { kind: "time" };
    case "date-time":
      return { kind: "timestamptz" };
    default:
      return { kind: "varchar" };
  }
}

function isNull(schema: JsonSchema): boolean {
  return schema.type === "null" || (Array.isArray(schema.type) && schema.type.length === 1 && schema.type[0] === "null");
}

const textual = new Set<ColumnType["kind"]>(["varchar", "date", "time", "timestamptz"]);

function mixture(types: ColumnType[]): ColumnType {
  const first = types[0] as ColumnType;
  if (types.every((type) => sameType(type, first))) return first;
  return { kind: types.some((type) => textual.has(type.kind)) ? "varchar" : "json" };
}
