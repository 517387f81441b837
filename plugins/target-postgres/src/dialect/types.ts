/** PostgreSQL's column types, and SQL that turns values of one into those of another. */
import { type ColumnType, elementsOf, type SimpleKind, typeName } from "@tapline/columns";
import type { Types } from "@tapline/sql";

export const types: Types = {
  spellings: {
    boolean: "boolean",
    smallint: "smallint",
    integer: "integer",
    bigint: "bigint",
    hugeint: null,
    real: "real",
    double: "double precision",
    numeric: "numeric",
    varchar: "text",
    date: "date",
    time: "time without time zone",
    timestamp: "timestamp without time zone",
    timestamptz: "timestamp with time zone",
    interval: "interval",
    uuid: "uuid",
    binary: "bytea",
    json: "jsonb",
  },
  decimal: (precision, scale) => `numeric(${precision},${scale})`,
  maxPrecision: 1000,
  plainNumber: { kind: "numeric" },
  plainDecimal: { kind: "numeric" },
  typeOf,
  convert,
  /** The type numeric holds any digits. */
  measure: undefined,
};

const kinds = new Map(Object.entries(types.spellings).map(([kind, spelled]) => [spelled, kind as SimpleKind | "varchar"]));

/** `spelled` as format_type() does it. The server refuses values that break the rules of citext or json, one by one. */
function typeOf(spelled: string): ColumnType | null {
  const kind = kinds.get(spelled);
  if (kind !== undefined) return { kind };
  if (spelled === "citext" || spelled === "character varying") return { kind: "varchar" };
  if (spelled === "json") return { kind: "json" };
  const elements = spelled.endsWith("[]") ? typeOf(spelled.slice(0, -2)) : null;
  if (elements !== null) return { kind: "json", elements };
  if (checked.includes(spelled)) return { kind: "varchar", isChecked: true };
  if (spelled === "money") return { kind: "decimal", precision: 19, scale: 2, isMoney: true };
  const padded = /^character\((\d+)\)$/.exec(spelled)?.[1];
  if (padded !== undefined) return { kind: "varchar", length: Number(padded), isPadded: true };
  const time = /^(time(?:stamp)?)\((\d)\) (with|without) time zone$/.exec(spelled);
  if (time !== null) return timeOf(`${time[1]} ${time[3]} time zone`, Number(time[2]));
  const length = /^character varying\((\d+)\)$/.exec(spelled)?.[1];
  if (length !== undefined) return { kind: "varchar", length: Number(length) };
  const decimal = /^numeric\((\d+),(\d+)\)$/.exec(spelled);
  return decimal === null ? null : { kind: "decimal", precision: Number(decimal[1]), scale: Number(decimal[2]) };
}

/** Types whose text the server checks and keeps the meaning of. */
const checked = ["inet", "cidr", "macaddr", "macaddr8"];

/** A time with fewer digits; six are all that the server has. */
function timeOf(spelled: string, fractionDigits: number): ColumnType | null {
  const kind = kinds.get(spelled);
  if (kind !== "time" && kind !== "timestamp" && kind !== "timestamptz") return null;
  return fractionDigits === 6 ? { kind } : { kind, fractionDigits };
}

/**
 * Doubles are cast through their text, which has all their digits: a cast to numeric keeps 15. Times become text as streams spell them,
 * except those that have no such spelling: infinite ones, and those before the year 1.
 */
function convert(column: string, from: ColumnType, to: ColumnType): string {
  const type = typeName(types, to);
  if (to.kind === "json") return `to_jsonb(${column})`;
  if (to.kind === "varchar") return asText(column, from);
  if (from.kind === "date" && to.kind === "timestamptz") return `${column}::timestamp AT TIME ZONE 'UTC'`;
  return from.kind === "double" || from.kind === "real" ? `${column}::text::${type}` : `${column}::${type}`;
}

function asText(column: string, from: ColumnType): string {
  if (elementsOf(from) !== undefined) return `to_jsonb(${column})::text`;
  const usual = (text: string): string =>
    `CASE WHEN isfinite(${column}) AND ${column} >= '0001-01-01' THEN ${text} ELSE ${column}::text END`;
  if (from.kind === "date") return usual(`to_char(${column}, 'YYYY-MM-DD')`);
  if (from.kind === "timestamp") return usual(`to_char(${column}, '${instantFormat}')`);
  return from.kind === "timestamptz" ? usual(`to_char(${column} AT TIME ZONE 'UTC', '${instantFormat}')`) : `${column}::text`;
}

const instantFormat = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"';
