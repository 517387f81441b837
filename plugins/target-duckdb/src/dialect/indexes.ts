/** Statements about indexes. */
import { quoteName as quote } from "@tapline/columns";

/**
 * A query for all indexes: schema, table, name and SQL, each with "=" in front of it (see `nameOf` in `describe.ts`), and whether the
 * index can't be made again in the transaction that dropped it: a unique one, or one over an expression.
 */
export const listIndexes = `SELECT '=' || schema_name, '=' || table_name, '=' || index_name, '=' || sql, is_unique OR contains(expressions, '(') FROM duckdb_indexes()
      WHERE database_name = current_database()`;

export function dropIndex(schema: string, name: string): string {
  return `DROP INDEX ${quote(schema)}.${quote(name)}`;
}
