/** What tells the rows of a table apart: the stream's keys, and the primary key that a load gives it, and takes from it where the stream has another one by now. */
import type { TargetStream } from "@tapline/sdk";
import type { TableDescription } from "./connection.ts";
import { errors } from "./errors.ts";
import type { TableName } from "./names/table-name.ts";
import type { TableContext } from "./table-context.ts";

/** Properties that tell rows apart; none where every row is a row of its own. */
export function rowKeys({ loadMethod, keys }: TargetStream): readonly string[] {
  return loadMethod === "append-only" ? [] : keys;
}

/** Upserts rest on row ids, which a column of their name hides. @throws row_id_hidden */
export function checkRowIds({ dialect }: TableContext, table: string, existing: TableDescription | null, stream: TargetStream): void {
  const { fold, rowId, name: database } = dialect;
  const column = existing?.columns.find(({ name }) => fold(name) === rowId);
  if (column === undefined || rowKeys(stream).length === 0) return;
  throw errors.row_id_hidden({ table, column: column.name, database }, { stream: stream.name });
}

/** @returns whether it has one now */
export async function giveKey({ dialect, connection }: TableContext, place: TableName, keys: readonly string[]): Promise<boolean> {
  const table = dialect.qualify(connection.database, place);
  const statements = dialect.keyNewTable(table, keys);
  for (const statement of statements) await connection.run(statement, table);
  if (statements.length === 0) return false;
  await connection.noteKey?.(place);
  return true;
}

/** A key that a load gave the table would refuse rows of a stream with another one; one that others made stays. @throws schema_frozen */
export async function dropOtherKey(
  { connection, policy }: TableContext,
  table: string,
  existing: TableDescription | null,
  stream: TargetStream,
  keys: readonly string[],
): Promise<{ uniqueKeys: string[][]; isDropped: boolean }> {
  const { ownKey, uniqueKeys = [] } = existing ?? {};
  if (ownKey === undefined || nameOf([...ownKey.columns].sort()) === nameOf([...keys].sort())) return { uniqueKeys, isDropped: false };
  const [from, to] = [ownKey.columns.join(", "), keys.join(", ")];
  if (policy === "freeze")
    throw errors.schema_frozen({ table, changes: [`its key is ${from} and not ${to || "wanted"}`] }, { stream: stream.name });
  await connection.run(ownKey.drop, table);
  stream.changed?.({ kind: "key_changed", from, to });
  return { uniqueKeys: uniqueKeys.filter((unique) => nameOf(unique) !== nameOf(ownKey.columns)), isDropped: true };
}

const nameOf = (columns: readonly string[]): string => JSON.stringify(columns);

/** Whether no two rows have the same key, and none has NULL in it. */
export async function tellsApart({ dialect, connection }: TableContext, table: string, keys: readonly string[]): Promise<boolean> {
  if (keys.length === 0) return false;
  const list = keys.map(dialect.quote);
  const hasNull = `SELECT 1 FROM ${table} WHERE ${list.map((key) => `${key} IS NULL`).join(" OR ")}`;
  const isTwice = `SELECT 1 FROM ${table} GROUP BY ${list.join(", ")} HAVING count(*) > 1`;
  const [row] = await connection.query(`SELECT count(*) FROM ((${hasNull} LIMIT 1) UNION ALL (${isTwice} LIMIT 1)) AS found`, table);
  return Number(row?.[0]) === 0;
}
