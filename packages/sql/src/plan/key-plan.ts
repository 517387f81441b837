/** What identifies the rows of a table: the stream's keys, and the primary key that a load gives it. Pure. */
import type { TargetStream } from "@tapline/sdk";
import type { TableDescription } from "../connection.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { errors } from "../errors.ts";
import type { SchemaPolicy } from "../settings.ts";

/** Properties that identify a row; none where rows are appended. */
export function rowKeys({ loadMethod, keys }: TargetStream): readonly string[] {
  return loadMethod === "append-only" ? [] : keys;
}

/** Upserts depend on row ids, which a column of that name hides. @throws row_id_hidden */
export function checkRowIds(
  { name: database, names, traits }: Dialect,
  table: string,
  existing: TableDescription | null,
  stream: TargetStream,
): void {
  const { order } = traits;
  if (!("pseudo" in order)) return;
  const column = existing?.columns.find(({ name }) => names.fold(name) === order.pseudo);
  if (column === undefined || rowKeys(stream).length === 0) return;
  throw errors.row_id_hidden({ table, column: column.name, database }, { stream: stream.name });
}

export interface DroppedKey {
  /** SQL. */
  drop: string;
  /** The columns of the old key and those of the new one, joined by commas. */
  from: string;
  to: string;
}

export interface KeyPlan {
  /** The primary key that a load gave the table and that this stream does not have: it would refuse its rows. */
  dropped: DroppedKey | undefined;
  /** Sets of columns that stay unique. */
  uniqueKeys: string[][];
}

/** A key that others made stays. `keys`: column names. @throws schema_frozen */
export function planKey(
  existing: TableDescription | null,
  keys: readonly string[],
  { table, stream, policy }: { table: string; stream: string; policy: SchemaPolicy },
): KeyPlan {
  const { ownKey, uniqueKeys = [] } = existing ?? {};
  if (ownKey === undefined || setOf(ownKey.columns) === setOf(keys)) return { dropped: undefined, uniqueKeys };
  const [from, to] = [ownKey.columns.join(", "), keys.join(", ")];
  if (policy === "freeze") throw errors.schema_frozen({ table, changes: [`its key is ${from} and not ${to || "wanted"}`] }, { stream });
  return { dropped: { drop: ownKey.drop, from, to }, uniqueKeys: uniqueKeys.filter((unique) => listOf(unique) !== listOf(ownKey.columns)) };
}

const listOf = (columns: readonly string[]): string => JSON.stringify(columns);
const setOf = (columns: readonly string[]): string => listOf([...columns].sort());
