/** Finds the tables and views of a database, with columns, keys and comments. DuckDB's own functions go by full names: a database may have macros of the same name. */
import { quoteName } from "@tapline/columns";
import type { TaplineError } from "@tapline/sdk";
import type { RangeKind, SourceColumn, SourceTable } from "@tapline/sql-tap";
import { tableName } from "@tapline/sql-tap";
import type { Database } from "../database.ts";
import { explain } from "../explain.ts";
import { wireType } from "../wire/types.ts";
import type { WireType } from "../wire/wire-type.ts";

export interface DuckColumn extends SourceColumn {
  wire: WireType;
  /** As DuckDB spells it. */
  typeName: string;
}

export interface DuckTable extends SourceTable {
  columns: readonly DuckColumn[];
  /** In SQL, after FROM. */
  source: string;
  /** SQL of a number that grows from row to row as rows are read; undefined: rows have none. */
  place: string | undefined;
}

/** A view that DuckDB can't bind, such as one over a table that is gone. */
export interface BrokenView {
  schema: string;
  name: string;
  error: TaplineError;
}

export interface FoundTables {
  tables: DuckTable[];
  broken: BrokenView[];
}

export interface TableChoice {
  datesAsText: boolean;
  takes: (schema: string, table: string) => boolean;
}

export async function findTables(database: Database, { datesAsText, takes }: TableChoice): Promise<FoundTables> {
  const found = (await database.query(tablesSql)).filter(([schema, table]) => takes(String(schema), String(table)));
  const notes = await columnNotes(database);
  const keys = await keysByTable(database, notes);
  const tables: DuckTable[] = [];
  const broken: BrokenView[] = [];
  for (const [schemaValue, nameValue, isView, comment, rows] of found) {
    const [schema, name] = [String(schemaValue), String(nameValue)];
    const source = `${quoteName(database.name)}.${tableName({ schema, name })}`;
    const id = JSON.stringify([schema, name]);
    try {
      const columns = await columnsOf(database, source, { datesAsText, notes: notes.get(id) ?? new Map() });
      // A column with this name hides the row's number.
      const hidesPlace = columns.some((column) => column.name.toLowerCase() === "rowid");
      tables.push({
        database: database.name,
        schema,
        name,
        isView: isView === true,
        comment: comment === null ? undefined : String(comment),
        keys: keys.get(id) ?? [],
        rowEstimate: rows === null ? undefined : Number(rows),
        columns,
        source,
        place: isView === true || hidesPlace ? undefined : "t.rowid",
      });
    } catch (error) {
      broken.push({ schema, name, error: explain(error, tableName({ schema, name }), undefined) });
    }
  }
  return { tables, broken };
}

const tablesSql = `
  SELECT schema_name, table_name, false, comment, estimated_size FROM system.main.duckdb_tables() WHERE database_name = current_database() AND NOT internal AND NOT temporary
  UNION ALL
  SELECT schema_name, view_name, true, comment, NULL FROM system.main.duckdb_views() WHERE database_name = current_database() AND NOT internal AND NOT temporary
  ORDER BY 1, 2`;

interface ColumnNote {
  isNullable: boolean;
  comment: string | undefined;
}

async function columnNotes({ query }: Database): Promise<Map<string, Map<string, ColumnNote>>> {
  const rows = await query(
    "SELECT schema_name, table_name, column_name, is_nullable, comment FROM system.main.duckdb_columns() WHERE database_name = current_database() AND NOT internal",
  );
  const notes = new Map<string, Map<string, ColumnNote>>();
  for (const [schema, table, column, isNullable, comment] of rows) {
    const id = JSON.stringify([schema, table]);
    const note = { isNullable: isNullable !== false, comment: comment === null ? undefined : String(comment) };
    notes.set(id, (notes.get(id) ?? new Map<string, ColumnNote>()).set(String(column), note));
  }
  return notes;
}

/** The primary key; or else the first unique constraint, and then the first unique index, whose columns are all NOT NULL. */
async function keysByTable(
  { query }: Database,
  notes: ReadonlyMap<string, ReadonlyMap<string, ColumnNote>>,
): Promise<Map<string, string[]>> {
  const rows = await query(`
    SELECT schema_name, table_name, system.main.to_json(constraint_column_names)::VARCHAR, constraint_type = 'PRIMARY KEY', constraint_type, constraint_index
    FROM system.main.duckdb_constraints() WHERE database_name = current_database() AND constraint_type IN ('PRIMARY KEY', 'UNIQUE')
    UNION ALL
    SELECT schema_name, table_name, system.main.to_json(CAST(expressions AS VARCHAR[]))::VARCHAR, false, 'UNIQUE INDEX', index_oid
    FROM system.main.duckdb_indexes() WHERE database_name = current_database() AND is_unique AND NOT is_primary
    ORDER BY 5, 6`);
  const keys = new Map<string, string[]>();
  for (const [schema, table, parts, isPrimary, kind] of rows) {
    const id = JSON.stringify([schema, table]);
    const columns = notes.get(id) ?? new Map<string, ColumnNote>();
    const given = JSON.parse(String(parts)) as string[];
    const names = kind === "UNIQUE INDEX" ? given.map((part) => columnNamed(part, columns.keys())) : given;
    const isKey = isPrimary === true || names.every((name) => name !== undefined && columns.get(name)?.isNullable === false);
    if (isKey && !keys.has(id)) keys.set(id, names as string[]);
  }
  return keys;
}

/** The column that an index has, whose parts are SQL: undefined where the part is more than a name. */
function columnNamed(part: string, names: Iterable<string>): string | undefined {
  for (const name of names) if (part === name || part === quoteName(name)) return name;
  return undefined;
}

const rangeKinds: Readonly<Record<string, RangeKind>> = {
  DATE: "date",
  TIMESTAMP: "local",
  TIMESTAMP_S: "local",
  TIMESTAMP_MS: "local",
  TIMESTAMP_NS: "local",
  "TIMESTAMP WITH TIME ZONE": "instant",
};

/** The columns that `SELECT *` gives, in its order. */
export async function columnsOf(
  { connection, api }: Database,
  source: string,
  { datesAsText, notes }: { datesAsText: boolean; notes: ReadonlyMap<string, ColumnNote> },
): Promise<DuckColumn[]> {
  const statement = await connection.prepare(`SELECT * FROM ${source}`);
  try {
    return Array.from({ length: statement.columnCount }, (_, i): DuckColumn => {
      const [name, type] = [statement.columnName(i), statement.columnType(i)];
      const wire = wireType(type, { api, datesAsText, depth: 0 });
      const { isNullable = true, comment } = notes.get(name) ?? {};
      const typeName = type.alias ?? type.toString();
      return { name, property: wire.property, isNullable, comment, cursor: wire.cursor, range: rangeKinds[typeName], wire, typeName };
    });
  } finally {
    statement.destroySync();
  }
}
