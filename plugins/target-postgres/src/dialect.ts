/** PostgreSQL's SQL as far as it depends on no session: names, types, and how rows get into a table. Pure. */
import { type ColumnType, elementsOf, quoteName, type SimpleKind, typeName } from "@tapline/columns";
import type { Dialect } from "@tapline/sql";
import { keyNewTable, planLoad } from "./load-plan.ts";

export const dialect: Dialect = {
  name: "PostgreSQL",
  fallbackSchema: "public",
  types: {
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
    measure: undefined,
  },
  /** Quoted names are taken as they are. */
  fold: (name) => name,
  maxNameBytes: 63,
  reservedColumns: ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"],
  /** Of the first kind the server refuses any, by "pg_". */
  reservedSchemas: ["pg_catalog", "pg_toast", "information_schema"],
  maxColumns: 1600,
  quote: quoteName,
  /** Tables of other databases can't be named. */
  qualify: (_database, { schema, table }) => `${quoteName(schema)}.${quoteName(table)}`,
  qualifySchema: (_database, schema) => quoteName(schema),
  copiesToAlter: false,
  rowId: "ctid",
  load: planLoad,
  keyNewTable,
};

const kinds = new Map(Object.entries(dialect.types.spellings).map(([kind, spelled]) => [spelled, kind as SimpleKind | "varchar"]));

/** `spelled` as format_type() does. What does not fit a citext's or json's own rules the server refuses, value by value. */
function typeOf(spelled: string): ColumnType | null {
  const kind = kinds.get(spelled);
  if (kind !== undefined) return { kind };
  if (spelled === "citext" || spelled === "character varying") return { kind: "varchar" };
  if (spelled === "json") return { kind: "json" };
  const elements = spelled.endsWith("[]") ? typeOf(spelled.slice(0, -2)) : null;
  if (elements !== null) return { kind: "json", elements };
  const length = /^character varying\((\d+)\)$/.exec(spelled)?.[1];
  if (length !== undefined) return { kind: "varchar", length: Number(length) };
  const decimal = /^numeric\((\d+),(\d+)\)$/.exec(spelled);
  return decimal === null ? null : { kind: "decimal", precision: Number(decimal[1]), scale: Number(decimal[2]) };
}

/**
 * Doubles go by way of their text, which has all their digits: a cast to numeric keeps 15. Times become text as streams spell
 * them, save those that have no such spelling: infinite ones, and those before the year 1.
 */
function convert(column: string, from: ColumnType, to: ColumnType): string {
  const type = typeName(dialect.types, to);
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
