/** Finds the tables and views of a database, with columns, keys and comments. DuckDB's own functions go by full names: a database may have macros of the same name. */
import { quoteName } from "@tapline/columns";
import type { TaplineError } from "@tapline/sdk";
import type { SourceColumn, SourceTable } from "@tapline/sql-tap";
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
  const [notes, keys] = [await columnNotes(database), await keysByTable(database)];
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

/** The primary key, or else the first unique one without NULLs. */
async function keysByTable({ query }: Database): Promise<Map<string, string[]>> {
  const rows = await query(`
    SELECT k.schema_name, k.table_name, system.main.to_json(k.constraint_column_names)::VARCHAR FROM system.main.duckdb_constraints() AS k
    WHERE k.database_name = current_database() AND (k.constraint_type = 'PRIMARY KEY' OR k.constraint_type = 'UNIQUE' AND NOT EXISTS (
      SELECT 1 FROM system.main.duckdb_columns() AS c WHERE c.database_name = k.database_name AND c.schema_name = k.schema_name AND c.table_name = k.table_name
        AND system.main.list_contains(k.constraint_column_names, c.column_name) AND c.is_nullable))
    ORDER BY k.constraint_type, k.constraint_index DESC`);
  // The last entry wins: primary keys sort before unique ones, so the rows are taken from the end.
  return new Map(rows.reverse().map(([schema, table, names]) => [JSON.stringify([schema, table]), JSON.parse(String(names)) as string[]]));
}

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
      return { name, property: wire.property, isNullable, comment, cursor: wire.cursor, wire, typeName: type.alias ?? type.toString() };
    });
  } finally {
    statement.destroySync();
  }
}
