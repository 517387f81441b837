/** What DuckDB's catalog says of a table: its columns, and what would be lost if it were dropped and made again. */
import type { Connection, TableDescription, TableName } from "@tapline/sql";
import { foldName, quoteText } from "./dialect.ts";

/** Null when there is nothing of this name. */
export async function describeTable(query: Connection["query"], { schema, table }: TableName): Promise<TableDescription | null> {
  const columns = await query(
    `SELECT '=' || c.schema_name, '=' || c.table_name, '=' || c.column_name, c.data_type, v.view_name IS NOT NULL, NOT c.is_nullable, c.comment
       FROM duckdb_columns() AS c LEFT JOIN duckdb_views() AS v
         ON v.database_name = c.database_name AND v.schema_name = c.schema_name AND v.view_name = c.table_name
      WHERE c.database_name = current_database()
        AND lower(c.schema_name) = lower(${quoteText(schema)}) AND lower(c.table_name) = lower(${quoteText(table)})
      ORDER BY c.column_index`,
  );
  // SQL's lower() folds letters that DuckDB's catalog keeps apart.
  const own = columns.filter(([s, t]) => foldName(nameOf(s)) === foldName(schema) && foldName(nameOf(t)) === foldName(table));
  if (own.length === 0) return null;
  const notTable = own[0]?.[4] === true ? "view" : undefined;
  const named = own.map(([, , name, type, , isRequired, comment]) => ({
    name: nameOf(name),
    type: String(type),
    isRequired: isRequired === true,
    comment: comment === null ? undefined : String(comment),
  }));
  const [ownSchema, ownTable] = (own[0] as unknown[]).map(nameOf) as [string, string];
  const where = `WHERE database_name = current_database() AND schema_name = ${quoteText(ownSchema)} AND table_name = ${quoteText(ownTable)}`;
  return {
    notTable,
    columns: named,
    uniqueKeys: await uniqueKeys(query, where),
    hasDependents: await hasDependents(query, where),
    isReferenced: false,
  };
}

/** The "=" in front of names keeps the client from dropping a leading U+FEFF, which badly read CSV headers have. */
export function nameOf(found: unknown): string {
  return String(found).slice(1);
}

/**
 * Indexes, constraints, defaults and comments go with a table that is dropped; views find the new one by its name. Our own
 * comments are made again with their columns.
 */
async function hasDependents(query: Connection["query"], where: string): Promise<boolean> {
  const [row] = await query(
    `SELECT EXISTS (SELECT 1 FROM duckdb_indexes() ${where}) OR EXISTS (SELECT 1 FROM duckdb_constraints() ${where})
        OR EXISTS (SELECT 1 FROM duckdb_constraints() ${where.replace("table_name", "referenced_table")})
        OR EXISTS (SELECT 1 FROM duckdb_tables() ${where} AND comment IS NOT NULL)
        OR EXISTS (SELECT 1 FROM duckdb_columns() ${where} AND (comment NOT LIKE 'tapline: property %' OR column_default IS NOT NULL))`,
  );
  return row?.[0] === true;
}

/** Constraints only: a unique index refuses a row even when the old one of its key was deleted in the same transaction (DuckDB 1.5). */
async function uniqueKeys(query: Connection["query"], where: string): Promise<string[][]> {
  const rows = await query(
    `SELECT constraint_column_names FROM duckdb_constraints() ${where} AND constraint_type IN ('PRIMARY KEY', 'UNIQUE')`,
  );
  return rows.map(([names]) => (names as { items: string[] }).items);
}
