/**
 * Indexes out of the way and back again: while a table has one, DuckDB refuses to change the type of any of its columns. Of a
 * column that is itself in an index it refuses that even when the index was dropped in the same transaction (DuckDB 1.5).
 */
import { TaplineError } from "@tapline/sdk";
import type { Connection, TableName } from "@tapline/sql";
import { foldName, quote } from "./dialect.ts";
import { errors } from "./errors.ts";

/** Does `work`, which changes types of the table's columns. @returns no names: views take no notice. @throws index_in_the_way */
export async function aroundIndexes(
  { run, query }: Pick<Connection, "run" | "query">,
  { schema, table }: TableName,
  work: () => Promise<void>,
): Promise<string[]> {
  const about = `${schema}.${table}`;
  const all = await query("SELECT schema_name, table_name, index_name, sql FROM duckdb_indexes() WHERE database_name = current_database()");
  const indexes = (all as [string, string, string, string][]).filter(
    ([ofSchema, ofTable]) => foldName(ofSchema) === foldName(schema) && foldName(ofTable) === foldName(table),
  );
  for (const [ofSchema, , name] of indexes) await run(`DROP INDEX ${quote(ofSchema)}.${quote(name)}`, about);
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TaplineError) || error.code !== "alter_refused" || indexes.length === 0) throw error;
    const names = indexes.map(([, , name]) => JSON.stringify(name)).join(", ");
    throw errors.index_in_the_way({ table: about, names, reason: error.message }, {}, error);
  }
  for (const [, , , sql] of indexes) await run(sql, about);
  return [];
}
