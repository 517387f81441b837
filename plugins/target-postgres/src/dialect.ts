/** PostgreSQL's SQL as far as it depends on no session: names, types, and how rows get into a table. Pure. */
import { quoteName } from "@tapline/postgres";
import type { ColumnType, Dialect } from "@tapline/sql";
import { keyNewTable, planLoad } from "./load-plan.ts";

export const dialect: Dialect = {
  name: "PostgreSQL",
  fallbackSchema: "public",
  types: {
    boolean: "boolean",
    bigint: "bigint",
    double: "double precision",
    numeric: "numeric",
    varchar: "text",
    date: "date",
    time: "time without time zone",
    timestamp: "timestamp without time zone",
    timestamptz: "timestamp with time zone",
    json: "jsonb",
  },
  decimal: (precision, scale) => `numeric(${precision},${scale})`,
  maxPrecision: 1000,
  plainNumber: { kind: "numeric" },
  plainDecimal: { kind: "numeric" },
  /** Quoted names are taken as they are. */
  fold: (name) => name,
  maxNameBytes: 63,
  quote: quoteName,
  /** Tables of other databases can't be named. */
  qualify: (_database, { schema, table }) => `${quoteName(schema)}.${quoteName(table)}`,
  qualifySchema: (_database, schema) => quoteName(schema),
  storedAs,
  rowId: "ctid",
  load: planLoad,
  keyNewTable,
};

/** `existing` is a type as format_type() spells it. */
function storedAs(wanted: ColumnType, existing: string): ColumnType | null {
  // What does not fit their length, format or range the server refuses, value by value.
  if (/^(text|character varying(\(\d+\))?|citext|uuid)$/.test(existing)) return { kind: "varchar" };
  if (existing === "jsonb" || existing === "json") return { kind: "json" };
  const decimal = /^numeric\((\d+),(\d+)\)$/.exec(existing);
  switch (wanted.kind) {
    case "bigint":
      if (/^(bigint|integer|smallint)$/.test(existing)) return wanted;
      if (existing === "double precision") return { kind: "double" };
      break;
    case "numeric":
      if (existing === "double precision") return { kind: "double" };
      break;
    case "decimal":
      break;
    case "timestamptz":
      if (existing === "timestamp with time zone") return wanted;
      return existing === "timestamp without time zone" ? { kind: "timestamp" } : null;
    default:
      return dialect.types[wanted.kind] === existing ? wanted : null;
  }
  if (existing === "numeric") return { kind: "numeric" };
  // The server would round what is too fine, so it is refused here.
  return decimal === null ? null : { kind: "decimal", precision: Number(decimal[1]), scale: Number(decimal[2]) };
}
