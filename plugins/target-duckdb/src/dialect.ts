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
  keyNewTable: () => [],
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
function planLoad(place: LoadPlace): LoadPlan {
  const { table, keys, overwrites, uniqueKeys } = place;
  const isUpsert = keys.length > 0;
  if (overwrites || (isUpsert && uniqueKeys.length > 0)) return throughTemporary(place, `temp.${quote(`_tapline_${place.ordinal}`)}`);
  return {
    prepare: [],
    landing: table,
    look: `SELECT count(*), coalesce(max(rowid), -1) FROM ${table}`,
    merge({ rows, maxRowId }) {
      const merged = { table, landing: table, keys, oldMax: maxRowId };
      return {
        dedupe: isUpsert ? planDedupe(dialect, merged) : undefined,
        apply: isUpsert && rows > 0n ? { kind: "replace", replaced: planReplace(dialect, merged), insert: undefined } : undefined,
        finish: [],
        count: `SELECT count(*) FROM ${table}`,
      };
    },
  };
}

/** A table with constraints of its own would refuse a new row as long as the old one is there, or an earlier one of the same key. */
function throughTemporary({ table, columns, keys, overwrites }: LoadPlace, landing: string): LoadPlan {
  const list = columns.map(quote).join(", ");
  const isUpsert = keys.length > 0;
  const merged = { table, landing, keys };
  return {
    prepare: [`CREATE TEMPORARY TABLE ${landing.replace(/^temp\./, "")} AS SELECT ${list} FROM ${table} LIMIT 0`],
    landing,
    look: `SELECT count(*), -1 FROM ${table}`,
    merge: () => ({
      dedupe: isUpsert ? planDedupe(dialect, merged) : undefined,
      ...(overwrites && { clear: `DELETE FROM ${table}` }),
      apply: {
        kind: "replace",
        replaced: isUpsert && !overwrites ? planReplace(dialect, merged) : undefined,
        insert: `INSERT INTO ${table} (${list}) SELECT ${list} FROM ${landing}`,
      },
      finish: [`DROP TABLE ${landing}`],
      count: `SELECT count(*) FROM ${table}`,
    }),
  };
}
