/** DuckDB's column types, and SQL that turns values of one into those of another. */
import { type ColumnType, isNumber, type SimpleKind, typeName } from "@tapline/columns";
import type { Types } from "@tapline/sql";
import { measure } from "./measure.ts";

export const types: Types = {
  spellings: {
    boolean: "BOOLEAN",
    smallint: "SMALLINT",
    integer: "INTEGER",
    bigint: "BIGINT",
    hugeint: "HUGEINT",
    real: "FLOAT",
    double: "DOUBLE",
    numeric: null,
    varchar: "VARCHAR",
    date: "DATE",
    time: "TIME",
    timestamp: "TIMESTAMP",
    timestamptz: "TIMESTAMP WITH TIME ZONE",
    interval: "INTERVAL",
    uuid: "UUID",
    binary: "BLOB",
    json: "JSON",
  },
  decimal: (precision, scale) => `DECIMAL(${precision},${scale})`,
  maxPrecision: 38,
  plainNumber: { kind: "double" },
  plainDecimal: { kind: "decimal", precision: 38, scale: 18 },
  typeOf,
  convert,
  convertsByCopy,
  measure,
};

const kinds = new Map(Object.entries(types.spellings).map(([kind, spelled]) => [spelled, kind as SimpleKind | "varchar"]));

function typeOf(spelled: string): ColumnType | null {
  const kind = kinds.get(spelled);
  if (kind !== undefined) return { kind };
  if (spelled === "TIMESTAMP_S") return { kind: "timestamp", fractionDigits: 0 };
  if (spelled === "TIMESTAMP_MS") return { kind: "timestamp", fractionDigits: 3 };
  if (spelled.startsWith("ENUM(")) return { kind: "varchar", labels: labelsOf(spelled) };
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(spelled);
  return decimal === null ? null : { kind: "decimal", precision: Number(decimal[1]), scale: Number(decimal[2]) };
}

/** ENUM('a', 'it''s'). */
function labelsOf(spelled: string): string[] {
  return [...spelled.matchAll(/'((?:[^']|'')*)'/g)].map(([, label = ""]) => label.replaceAll("''", "'"));
}

/**
 * After a crash DuckDB reads its log before it knows the functions of its extensions (json, icu, core_functions), or functions that are not
 * named in full. It can't read a log with ALTER … TYPE … USING such a function, nor open the file again (DuckDB 1.5).
 */
function convertsByCopy(from: ColumnType, to: ColumnType): boolean {
  return to.kind === "json" || ["timestamptz", "timestamp"].includes(from.kind) || ["timestamptz", "timestamp"].includes(to.kind);
}

/** Numbers are cast through their text: a cast from a double to a decimal would round. */
function convert(column: string, from: ColumnType, to: ColumnType): string {
  const type = typeName(types, to);
  if (to.kind === "json") return asJson(column, from);
  if (to.kind === "varchar") return asText(column, from);
  if (from.kind === "date" && to.kind === "timestamptz") return `${column}::TIMESTAMP AT TIME ZONE 'UTC'`;
  return isFloating(from) ? `CAST(CAST(${column} AS VARCHAR) AS ${type})` : `CAST(${column} AS ${type})`;
}

function isFloating({ kind }: ColumnType): boolean {
  return kind === "double" || kind === "real";
}

/** As the stream would spell them: a point has a digit before it and need not have one after it; instants end with Z. */
function asText(column: string, from: ColumnType): string {
  const text = `CAST(${column} AS VARCHAR)`;
  if (isFloating(from))
    return `CASE ${text} WHEN 'nan' THEN 'NaN' WHEN 'inf' THEN 'Infinity' WHEN '-inf' THEN '-Infinity' ELSE system.main.regexp_replace(${text}, '\\.0$', '') END`;
  if (from.kind === "decimal") return `system.main.regexp_replace(${text}, '^(-?)\\.', '\\10.')`;
  if (from.kind !== "timestamptz" && from.kind !== "timestamp") return text;
  const utc = from.kind === "timestamptz" ? `${column} AT TIME ZONE 'UTC'` : column;
  return `strftime(${utc}, '%Y-%m-%dT%H:%M:%S.%fZ')`;
}

/** NaN and infinities become text, because JSON has no numbers for them. */
function asJson(column: string, from: ColumnType): string {
  const text = asText(column, from);
  if (from.kind === "boolean" || from.kind === "varchar") return `to_json(${column})`;
  if (isFloating(from)) return `CASE WHEN isfinite(${column}) THEN CAST(${text} AS JSON) ELSE to_json(${text}) END`;
  return isNumber(from) ? `CAST(${text} AS JSON)` : `to_json(${text})`;
}
