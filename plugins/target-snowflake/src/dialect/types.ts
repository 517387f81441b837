/** Snowflake's column types, and SQL that turns values of one into those of another. */
import { type ColumnType, type SimpleKind, typeName } from "@tapline/columns";
import type { Types } from "@tapline/sql";
import { measure } from "./measure.ts";

/** What instants are stored as. */
export type TimestampType = "TIMESTAMP_TZ" | "TIMESTAMP_LTZ" | "TIMESTAMP_NTZ";

export function makeTypes(timestampType: TimestampType): Types {
  const integer = "NUMBER(38,0)";
  const types: Types = {
    spellings: {
      boolean: "BOOLEAN",
      smallint: integer,
      integer,
      bigint: integer,
      hugeint: integer,
      real: "FLOAT",
      double: "FLOAT",
      numeric: null,
      varchar: "VARCHAR",
      date: "DATE",
      time: "TIME",
      timestamp: "TIMESTAMP_NTZ",
      timestamptz: timestampType,
      interval: null,
      uuid: null,
      binary: "BINARY",
      json: "VARIANT",
    },
    decimal: (precision, scale) => `NUMBER(${precision},${scale})`,
    maxPrecision: 38,
    maxScale: 37,
    plainNumber: { kind: "double" },
    plainDecimal: { kind: "decimal", precision: 38, scale: 18 },
    typeOf: (spelled) => typeOf(spelled, timestampType),
    convert: (column, from, to) => convert(types, column, from, to),
    measure,
  };
  return types;
}

/** As DESCRIBE TABLE has them: FLOAT, VARCHAR(16777216), TIMESTAMP_TZ(9). */
const kinds: Readonly<Record<string, SimpleKind | undefined>> = {
  BOOLEAN: "boolean",
  FLOAT: "double",
  DATE: "date",
  BINARY: "binary",
  VARIANT: "json",
  OBJECT: "json",
  ARRAY: "json",
};

/** Lengths of VARCHAR that are no limit: the most that there was, and the most that there is. */
const longest = [16_777_216, 134_217_728];

function typeOf(spelled: string, timestampType: TimestampType): ColumnType | null {
  const [, name = "", first, second] = /^(\w+)(?:\((\d+)(?:,(\d+))?\))?(?: COLLATE .*)?$/.exec(spelled) ?? [];
  const kind = kinds[name];
  if (kind !== undefined) return { kind };
  const digits = first === undefined ? undefined : Number(first);
  if (name === "NUMBER") return numberOf(digits ?? 38, Number(second ?? 0));
  if (name === "VARCHAR")
    return digits === undefined || longest.includes(digits) ? { kind: "varchar" } : { kind: "varchar", length: digits };
  const fraction = digits === undefined || digits >= 6 ? {} : { fractionDigits: digits };
  if (name === "TIME") return { kind: "time", ...fraction };
  if (name === timestampType || name === "TIMESTAMP_TZ" || name === "TIMESTAMP_LTZ") return { kind: "timestamptz", ...fraction };
  return name === "TIMESTAMP_NTZ" ? { kind: "timestamp", ...fraction } : null;
}

function numberOf(precision: number, scale: number): ColumnType {
  if (scale > 0) return { kind: "decimal", precision, scale };
  return precision === 38 ? { kind: "hugeint" } : { kind: "decimal", precision, scale: 0 };
}

/** Numbers are cast through their text: a cast from a double to a decimal would round. */
function convert(types: Types, column: string, from: ColumnType, to: ColumnType): string {
  const type = typeName(types, to);
  if (to.kind === "json") return `TO_VARIANT(${keepsItsKind(from) ? column : asText(column, from)})`;
  if (to.kind === "varchar") return asText(column, from);
  return isFloating(from) ? `CAST(TO_VARCHAR(${column}) AS ${type})` : `CAST(${column} AS ${type})`;
}

/** A VARIANT has these kinds of values itself. */
function keepsItsKind({ kind }: ColumnType): boolean {
  return ["boolean", "bigint", "hugeint", "decimal", "double", "varchar"].includes(kind);
}

function isFloating({ kind }: ColumnType): boolean {
  return kind === "double" || kind === "real";
}

/** As the stream would spell them: instants end with Z. */
function asText(column: string, from: ColumnType): string {
  const text = `TO_VARCHAR(${column})`;
  if (isFloating(from)) return `CASE ${text} WHEN 'inf' THEN 'Infinity' WHEN '-inf' THEN '-Infinity' ELSE ${text} END`;
  if (from.kind === "binary") return `BASE64_ENCODE(${column})`;
  if (from.kind === "json") return `TO_JSON(${column})`;
  if (from.kind !== "timestamptz" && from.kind !== "timestamp") return text;
  return `TO_VARCHAR(CONVERT_TIMEZONE('UTC', ${column}), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || 'Z'`;
}
