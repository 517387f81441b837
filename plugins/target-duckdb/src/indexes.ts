/**
 * Indexes out of the way and back again: while a table has one, DuckDB refuses to change the type of any of its columns. In one
 * transaction with the drop it neither changes a column that was in the index nor makes a unique index again, and one over an expression could not
 * be read from the log after a crash (DuckDB 1.5).
 */
import { quoteName as quote } from "@tapline/columns";
import { TaplineError } from "@tapline/sdk";
import type { Connection, TableName } from "@tapline/sql";
import { nameOf } from "./describe.ts";
import { foldName } from "./dialect.ts";
import { errors } from "./errors.ts";

/** Does `work`, which changes types of the table's columns. @returns no names: views take no notice. @throws index_in_the_way */
export async function aroundIndexes(
  { run, query }: Pick<Connection, "run" | "query">,
  { schema, table }: TableName,
  work: () => Promise<void>,
): Promise<string[]> {
  const about = `${schema}.${table}`;
  const all = await query(
    `SELECT '=' || schema_name, '=' || table_name, '=' || index_name, '=' || sql, is_unique OR contains(expressions, '(') FROM duckdb_indexes()
      WHERE database_name = current_database()`,
  );
  const isOwn = ([s, t]: unknown[]): boolean => foldName(nameOf(s)) === foldName(schema) && foldName(nameOf(t)) === foldName(table);
  const indexes = all
    .filter(isOwn)
    .map(([s, , name, sql, isFinal]) => ({ schema: nameOf(s), name: nameOf(name), sql: nameOf(sql), isFinal }));
  const refuse = (error?: unknown): never => {
    const names = indexes.map(({ name }) => JSON.stringify(name)).join(", ");
    throw errors.index_in_the_way({ table: about, names }, {}, error);
  };
  if (indexes.some(({ isFinal }) => isFinal)) refuse();
  for (const index of indexes) await run(`DROP INDEX ${quote(index.schema)}.${quote(index.name)}`, about);
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TaplineError) || error.code !== "alter_refused" || indexes.length === 0) throw error;
    refuse(error);
  }
  for (const { sql } of indexes) await run(sql, about);
  return [];
}
