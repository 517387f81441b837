/**
 * ACTIVATE_VERSION: rows of versions older than the active one are removed or marked as deleted. Streams that are appended to lose no row:
 * a key whose newest row is older gets one more row, with the key and _sdc_deleted_at. A row without a version is older when an earlier
 * run loaded it: taps that send versions now did not always do so.
 */
import { quoteName } from "@tapline/columns";
import type { Activation } from "@tapline/sdk";
import type { StreamEntry } from "../manifest/manifest.ts";
import type { PendingFile } from "../stream/stream-files.ts";
import { type AnyFile, close, opened } from "./any-file.ts";
import { type ChangedRows, changeRows } from "./change-rows.ts";
import { columnOf, columnsOf, type MergeContext, type MergeInput } from "./merge-input.ts";
import { fileColumn, type ReadableFile, relation } from "./relation.ts";

/** Counts rows that were removed or marked. */
export async function activate(
  context: MergeContext,
  input: MergeInput,
  files: readonly AnyFile[],
  activation: Activation,
): Promise<ChangedRows> {
  const { entry, stream } = input;
  const column = (property: string): string => quoteName(columnOf(entry, property));
  const version = column("_sdc_table_version");
  const isOlder = `coalesce(${version} < ${activation.version} OR (${version} IS NULL AND coalesce(${column("_sdc_sync_started_at")}, 0) < ${activation.syncStartedAt}), FALSE)`;
  const words: Words = { column, isOlder, isThere: `${column("_sdc_deleted_at")} IS NULL` };
  return stream.loadMethod === "append-only" || stream.keys.length === 0
    ? await addTombstones(context, input, files, activation, words)
    : await leaveOlder(context, entry, files, activation, words);
}

interface Words {
  column(property: string): string;
  isOlder: string;
  isThere: string;
}

function leaveOlder(
  context: MergeContext,
  entry: StreamEntry,
  files: readonly AnyFile[],
  { hardDelete, at }: Activation,
  { column, isOlder, isThere }: Words,
): Promise<ChangedRows> {
  if (hardDelete) return changeRows(context, entry, files, isOlder);
  const deletedAt = column("_sdc_deleted_at");
  const goes = `(${isOlder} AND ${isThere})`;
  const marked = (rows: string): string =>
    `SELECT * REPLACE (CASE WHEN ${goes} THEN '${at}'::TIMESTAMPTZ ELSE ${deletedAt} END AS ${deletedAt}) FROM (${rows})`;
  return changeRows(context, entry, files, goes, marked);
}

async function addTombstones(
  context: MergeContext,
  { entry, stream }: MergeInput,
  files: readonly AnyFile[],
  { at, version, sequence, syncStartedAt }: Activation,
  { column, isOlder, isThere }: Words,
): Promise<ChangedRows> {
  if (stream.keys.length === 0) return { files: [...files], count: 0 };
  const columns = columnsOf(entry);
  const keys = stream.keys.map(column);
  const readable = await Promise.all(files.map((file, index) => opened(context.store, entry, file, index + 1)));
  const list = keys.join(", ");
  const newest = `SELECT * FROM (${relation(readable, columns)}) WHERE ${keys.map((key) => `${key} IS NOT NULL`).join(" AND ")}
    QUALIFY row_number() OVER (PARTITION BY ${list} ORDER BY ${column("_sdc_sequence")} DESC NULLS LAST) = 1`;
  const time = `'${at}'::TIMESTAMPTZ`;
  const own = new Map<string, string>([
    ...["_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at"].map((name): [string, string] => [
      column(name),
      time,
    ]),
    [column("_sdc_sequence"), `${sequence}::BIGINT`],
    [column("_sdc_table_version"), `${version}::BIGINT`],
    [column("_sdc_sync_started_at"), `${syncStartedAt}::BIGINT`],
  ]);
  const values = columns.map(({ name }) => {
    const quoted = quoteName(name);
    return keys.includes(quoted) ? quoted : `${own.get(quoted) ?? `CASE WHEN FALSE THEN ${quoted} END`} AS ${quoted}`;
  });
  await context.engine.run(
    `CREATE OR REPLACE TEMP TABLE tombstones AS SELECT ${values.join(", ")}, ${fileColumn} FROM (${newest}) WHERE ${isThere} AND ${isOlder}`,
  );
  const ordinals = await context.engine.query(`SELECT ${fileColumn}, count(*) FROM tombstones GROUP BY 1`);
  const added: PendingFile[] = [];
  for (const [partition, part] of Map.groupBy(ordinals, ([ordinal]) => files[Number(ordinal) - 1]?.partition)) {
    const select = `SELECT * FROM tombstones WHERE ${fileColumn} IN (${part.map(([ordinal]) => ordinal).join(", ")})`;
    const rows = part.reduce((sum, [, count]) => sum + Number(count), 0);
    added.push(await context.rewrite({ select, columns, key: undefined, partition, rows }));
  }
  await context.engine.run("DROP TABLE tombstones");
  for (const [index, file] of files.entries()) await close(context.store, file, readable[index] as ReadableFile);
  return { files: [...files, ...added], count: 0 };
}
