/** DuckDB's SQL as far as it depends on no session: names, types, and how rows get into a table. Pure. */
import { type ColumnType, isNumber, quoteName as quote, type SimpleKind, typeName } from "@tapline/columns";
import { type Dialect, type LoadPlace, type LoadPlan, planDedupe, planReplace } from "@tapline/sql";

export const dialect: Dialect = {
  name: "DuckDB",
  fallbackSchema: "main",
  types: {
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
      uuid: "UUID",
      binary: "BLOB",
      json: "JSON",
    },
    decimal: (precision, scale) => `DECIMAL(${precision},${scale})`,
    maxPrecision: 38,
    plainNumber: { kind: "double" },
    plainDecimal: { kind: "decimal", precision: 38, scale: 18 },
    typeOf,
    convertsByCopy,
    convert,
    measure,
  },
  fold: foldName,
  maxNameBytes: undefined,
  reservedColumns: ["rowid"],
  reservedSchemas: ["information_schema", "pg_catalog"],
  maxColumns: undefined,
  quote,
  /** With the database's name: a schema called like the database would be ambiguous without it. */
  qualify: (database, { schema, table }) => `${quote(database)}.${quote(schema)}.${quote(table)}`,
  qualifySchema: (database, schema) => `${quote(database)}.${quote(schema)}`,
  copiesToAlter: true,
  rowId: "rowid",
  load: planLoad,
  keyNewTable: () => [],
};

/** Names that are one to DuckDB have the same folded form: it ignores case of ASCII letters and of no others. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

const kinds = new Map(Object.entries(dialect.types.spellings).map(([kind, spelled]) => [spelled, kind as SimpleKind | "varchar"]));

function typeOf(spelled: string): ColumnType | null {
  const kind = kinds.get(spelled);
  if (kind !== undefined) return { kind };
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(spelled);
  return decimal === null ? null : { kind: "decimal", precision: Number(decimal[1]), scale: Number(decimal[2]) };
}

/**
 * After a crash DuckDB reads its log before it knows the functions of its extensions (json, icu, core_functions), nor any that are
 * not named in full: a log with ALTER … TYPE … USING such a function can't be read, and the file not opened any more (DuckDB 1.5).
 */
function convertsByCopy(from: ColumnType, to: ColumnType): boolean {
  return to.kind === "json" || ["timestamptz", "timestamp"].includes(from.kind) || ["timestamptz", "timestamp"].includes(to.kind);
}

/** Numbers go by way of their text: a cast from a double to a decimal would round what is in between. */
function convert(column: string, from: ColumnType, to: ColumnType): string {
  const type = typeName(dialect.types, to);
  if (to.kind === "json") return asJson(column, from);
  if (to.kind === "varchar") return asText(column, from);
  if (from.kind === "date" && to.kind === "timestamptz") return `${column}::TIMESTAMP AT TIME ZONE 'UTC'`;
  return isFloating(from) ? `CAST(CAST(${column} AS VARCHAR) AS ${type})` : `CAST(${column} AS ${type})`;
}

function isFloating({ kind }: ColumnType): boolean {
  return kind === "double" || kind === "real";
}

/** As the stream would spell them: a point needs a digit before it and none behind it, instants say that they are UTC. */
function asText(column: string, from: ColumnType): string {
  const text = `CAST(${column} AS VARCHAR)`;
  if (isFloating(from))
    return `CASE ${text} WHEN 'nan' THEN 'NaN' WHEN 'inf' THEN 'Infinity' WHEN '-inf' THEN '-Infinity' ELSE system.main.regexp_replace(${text}, '\\.0$', '') END`;
  if (from.kind === "decimal") return `system.main.regexp_replace(${text}, '^(-?)\\.', '\\10.')`;
  if (from.kind !== "timestamptz" && from.kind !== "timestamp") return text;
  const utc = from.kind === "timestamptz" ? `${column} AT TIME ZONE 'UTC'` : column;
  return `strftime(${utc}, '%Y-%m-%dT%H:%M:%S.%fZ')`;
}

/** NaN and infinities, which JSON has no numbers for, become text. */
function asJson(column: string, from: ColumnType): string {
  const text = asText(column, from);
  if (from.kind === "boolean" || from.kind === "varchar") return `to_json(${column})`;
  if (isFloating(from)) return `CASE WHEN isfinite(${column}) THEN CAST(${text} AS JSON) ELSE to_json(${text}) END`;
  return isNumber(from) ? `CAST(${text} AS JSON)` : `to_json(${text})`;
}

/** Read from the text of the values, which for doubles is the shortest that is theirs: 0.1, 1e-07, 1.5e+22. */
function measure(table: string, column: string): string {
  const number = "'^-?0*(\\d*?)(?:\\.(\\d*?)0*)?(?:e([+-]?\\d+))?$'";
  const part = (index: number): string => `regexp_extract(t, ${number}, ${index})`;
  const power = `coalesce(TRY_CAST(${part(3)} AS INTEGER), 0)`;
  const isDecimal = `regexp_matches(t, ${number})`;
  return `SELECT CASE WHEN bool_and(${isDecimal}) THEN max(greatest(length(${part(1)}) + ${power}, 0)) END,
      CASE WHEN bool_and(${isDecimal}) THEN max(greatest(length(${part(2)}) - ${power}, 0)) END
    FROM (SELECT CAST(${column} AS VARCHAR) AS t FROM ${table} WHERE ${column} IS NOT NULL)
    HAVING count(*) > 0`;
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
    takesOtherColumns: true,
    look: `SELECT count(*), ${isUpsert ? "coalesce(max(rowid), -1)" : "-1"} FROM ${table}`,
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
    takesOtherColumns: false,
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
