/** JSON Schema to column types, free of any database: what a property's values are, as exactly as a SQL database can say it. */
import type { JsonSchema } from "@tapline/protocol";

export type ColumnType =
  | { kind: "boolean" | "bigint" | "double" | "varchar" | "date" | "time" | "timestamptz" | "json" }
  | { kind: "decimal"; precision: number; scale: number };

/** Digits SQL databases of today keep in a decimal (DuckDB and Snowflake: 38). */
export const maxPrecision = 38;

/**
 * The column type of one property. Several types with string among them are text (other values as JSON text), other
 * mixtures are JSON. `null` beside a type says nothing: every column takes NULL.
 */
export function columnType(schema: JsonSchema): ColumnType {
  const types = typesOf(schema);
  if (types.length > 0) return fromTypes(types, schema);
  const branches = (schema.anyOf ?? schema.oneOf ?? schema.allOf ?? []).filter((branch) => !isNull(branch));
  if (branches.length === 0) return { kind: "json" };
  if (schema.allOf !== undefined && branches.length > 1) return { kind: "json" };
  return mixture(branches.map(columnType));
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

function fromTypes(types: string[], schema: JsonSchema): ColumnType {
  if (isDecimal(schema) && types.every((type) => type === "string" || type === "number" || type === "integer"))
    return declaredDecimal(schema);
  if (types.length > 1) return { kind: types.includes("string") ? "varchar" : "json" };
  switch (types[0]) {
    case "boolean":
      return { kind: "boolean" };
    case "integer":
      return { kind: "bigint" };
    case "number":
      return number(schema);
    case "string":
      return text(schema);
    default:
      return { kind: "json" };
  }
}

function isDecimal(schema: JsonSchema): boolean {
  return schema.format === "singer.decimal" || schema.format === "x-singer.decimal" || schema["x-singer.decimal"] === true;
}

/** Without precision and scale: 20 digits before the point and 18 after it. With precision alone the scale is 0, as in SQL. */
function declaredDecimal(schema: JsonSchema): ColumnType {
  const step = stepScale(schema.multipleOf);
  const hasPrecision = isCount(schema.precision);
  const precision = hasPrecision ? Math.min(Math.max(schema.precision as number, 1), maxPrecision) : maxPrecision;
  const scale = isCount(schema.scale) ? (schema.scale as number) : (step ?? (hasPrecision ? 0 : 18));
  return { kind: "decimal", precision, scale: Math.min(scale, precision) };
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function number(schema: JsonSchema): ColumnType {
  const scale = stepScale(schema.multipleOf);
  return scale === undefined ? { kind: "double" } : { kind: "decimal", precision: maxPrecision, scale };
}

/** 2 for 0.01, 6 for 1e-6; undefined for anything that is not a power of ten below one. */
function stepScale(multipleOf: unknown): number | undefined {
  if (typeof multipleOf !== "number") return undefined;
  const match = /^1e-(\d+)$/.exec(multipleOf.toExponential());
  const scale = Number(match?.[1] ?? 0);
  return scale >= 1 && scale <= maxPrecision ? scale : undefined;
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
