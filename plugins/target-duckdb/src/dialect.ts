/** DuckDB's SQL as far as it depends on no session: names, types, and how rows get into a table. Pure. */
import { type ColumnType, type Dialect, type LoadPlace, type LoadPlan, planDedupe, planReplace, typeName } from "@tapline/sql";

export const dialect: Dialect = {
  name: "DuckDB",
  fallbackSchema: "main",
  types: {
    boolean: "BOOLEAN",
    bigint: "BIGINT",
    double: "DOUBLE",
    numeric: null,
    varchar: "VARCHAR",
    date: "DATE",
    time: "TIME",
    timestamp: null,
    timestamptz: "TIMESTAMP WITH TIME ZONE",
    json: "JSON",
  },
  decimal: (precision, scale) => `DECIMAL(${precision},${scale})`,
  maxPrecision: 38,
  plainNumber: { kind: "double" },
  plainDecimal: { kind: "decimal", precision: 38, scale: 18 },
  fold: foldName,
  maxNameBytes: undefined,
  quote,
  /** With the database's name: a schema called like the database would be ambiguous without it. */
  qualify: (database, { schema, table }) => `${quote(database)}.${quote(schema)}.${quote(table)}`,
  qualifySchema: (database, schema) => `${quote(database)}.${quote(schema)}`,
  storedAs,
  rowId: "rowid",
  load: planLoad,
};

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Names that are one to DuckDB have the same folded form: it ignores case of ASCII letters and of no others. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function storedAs(wanted: ColumnType, existing: string): ColumnType | null {
  if (typeName(dialect, wanted) === existing) return wanted;
  if (existing === "VARCHAR") return { kind: "varchar" };
  if (existing === "JSON") return { kind: "json" };
  if (wanted.kind === "bigint" && existing === "HUGEINT") return wanted;
  if (wanted.kind === "bigint" && existing === "DOUBLE") return { kind: "double" };
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(existing);
  if (decimal === null) return null;
  const [precision, scale] = [Number(decimal[1]), Number(decimal[2])];
  const needed =
    wanted.kind === "bigint"
      ? { whole: 19, scale: 0 }
      : wanted.kind === "decimal"
        ? { whole: wanted.precision - wanted.scale, scale: wanted.scale }
        : null;
  return needed !== null && precision - scale >= needed.whole && scale >= needed.scale ? { kind: "decimal", precision, scale } : null;
}

/**
 * Rows are appended to the table itself, which has no primary key; then older rows with their keys go (measured:
 * half the time of INSERT OR REPLACE). In DuckDB 1.5 new rows have larger row ids than all committed ones, rising in
 * the order they were inserted; `merge.test.ts` guards that.
 */
function planLoad({ table, keys }: LoadPlace): LoadPlan {
  return {
    prepare: [],
    landing: table,
    look: `SELECT count(*), coalesce(max(rowid), -1) FROM ${table}`,
    merge({ rows, maxRowId }) {
      const place = { table, landing: table, keys, oldMax: maxRowId };
      const isUpsert = keys.length > 0;
      return {
        dedupe: isUpsert ? planDedupe(dialect, place) : undefined,
        apply: isUpsert && rows > 0n ? { kind: "replace", ...planReplace(dialect, place), insert: undefined } : undefined,
        finish: [],
        count: `SELECT count(*) FROM ${table}`,
      };
    },
  };
}
