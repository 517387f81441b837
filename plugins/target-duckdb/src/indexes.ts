/**
 * Takes indexes out of the way: while a table has one, DuckDB refuses to change the type of any of its columns. In the transaction that
 * dropped an index, DuckDB 1.5 neither changes a column that was in it nor makes a unique one again, and it could not read one over an
 * expression from its log after a crash.
 */

import { TaplineError } from "@tapline/sdk";
import { type Connection, foldCase, type TableName } from "@tapline/sql";
import { nameOf } from "./describe.ts";
import { dropIndex, listIndexes } from "./dialect/indexes.ts";
import { errors } from "./errors.ts";

/** Does `work`, which changes types of the table's columns. @returns no names, as views need nothing. @throws index_in_the_way */
export async function aroundIndexes(
  { run, query }: Pick<Connection, "run" | "query">,
  { schema, table }: TableName,
  work: () => Promise<void>,
): Promise<string[]> {
  const about = `${schema}.${table}`;
  const isOwn = ([s, t]: unknown[]): boolean => foldCase(nameOf(s)) === foldCase(schema) && foldCase(nameOf(t)) === foldCase(table);
  const indexes = (await query(listIndexes))
    .filter(isOwn)
    .map(([s, , name, sql, isFinal]) => ({ schema: nameOf(s), name: nameOf(name), sql: nameOf(sql), isFinal }));
  const refuse = (error?: unknown): never => {
    const names = indexes.map(({ name }) => JSON.stringify(name)).join(", ");
    throw errors.index_in_the_way({ table: about, names }, {}, error);
  };
  if (indexes.some(({ isFinal }) => isFinal)) refuse();
  for (const index of indexes) await run(dropIndex(index.schema, index.name), about);
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TaplineError) || error.code !== "alter_refused" || indexes.length === 0) throw error;
    refuse(error);
  }
  for (const { sql } of indexes) await run(sql, about);
  return [];
}
