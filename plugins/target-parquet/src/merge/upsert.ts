/**
 * Rows replace those of the same key: every file that has a row which a newer one replaces is written again without it. The newest row of
 * a key among the new ones wins. Files whose range of keys has none of the new ones are not read.
 */
import { rm } from "node:fs/promises";
import { quoteName } from "@tapline/columns";
import type { StreamCounts } from "@tapline/sdk";
import type { FileColumn, FileEntry, StreamEntry } from "../manifest/manifest.ts";
import { changed } from "../store/open-listed.ts";
import { overlap } from "../stream/range-of-key.ts";
import type { PendingFile } from "../stream/stream-files.ts";
import { typeOf } from "../stream/type-text.ts";
import { type AnyFile, close, columnsIn, opened } from "./any-file.ts";
import { foldDeletes } from "./deletes.ts";
import type { Engine } from "./engine.ts";
import { columnOf, columnsOf, keyColumns, type MergeContext, type Merged, type MergeInput, type Upsert } from "./merge-input.ts";
import { type ReadableFile, rankColumn, relation } from "./relation.ts";

export async function upsert(context: MergeContext, input: MergeInput): Promise<Merged> {
  const { old, pending, entry } = input;
  if (pending.length === 0) return { files: old, counts: { inserted: 0, updated: 0, superseded: 0 } };
  const found = pending.reduce((sum, { rows }) => sum + rows, 0);
  if (!input.hasDeletes && areNew(entry, old, pending))
    return { files: [...old, ...pending], counts: { inserted: found, updated: 0, superseded: 0 } };
  const { engine } = context;
  const merge = upsertOf(context, input);
  try {
    await collectIncoming(merge);
    const kept = await leaveOld(merge);
    const [distinct, deletes, matched, deleted] = await countKeys(engine, merge);
    const counts: StreamCounts = {
      inserted: distinct - deletes - (matched - deleted),
      updated: matched - deleted,
      superseded: found - distinct,
      ...(input.hasDeletes && { deleteRecords: deletes, deleted }),
    };
    const folded = deletes > 0 && !input.hardDelete ? await foldDeletes(merge) : undefined;
    if (folded !== undefined) counts.deleted = folded.marked;
    const added = await keepNewest(merge);
    return { files: [...kept, ...added, ...(folded?.files ?? [])], counts };
  } finally {
    for (const table of ["incoming", "matched", "old_rows"]) await engine.run(`DROP TABLE IF EXISTS ${table}`);
  }
}

function upsertOf(context: MergeContext, input: MergeInput): Upsert {
  const { entry, pending } = input;
  const columns = columnsOf(entry);
  const names = keyColumns(entry);
  const sent = new Set(pending.flatMap((file) => file.columns.map(({ name }) => name)));
  return {
    ...context,
    input,
    keys: names.map(quoteName),
    rangedKey: names[0] as string,
    columns,
    absent: columns.filter(({ name }) => !sent.has(name)),
    pending: pending.map(({ path, columns: own, partition }, index) => ({
      path,
      columns: own,
      ordinal: index + 1,
      // Rows of one key may be in files of two partitions, which are written side by side.
      sequence: partition === undefined ? undefined : columnOf(entry, "_sdc_sequence"),
    })),
  };
}

/** Whether no key of the new rows can be there twice, among themselves or in the old files. */
function areNew(entry: StreamEntry, old: readonly AnyFile[], pending: readonly PendingFile[]): boolean {
  const ranges = pending.map((file) => (file.isAscending ? rangeOf(entry, file.range, file.columns) : undefined));
  const all = [...ranges, ...old.map((file) => rangeOf(entry, file.range, columnsIn(entry, file)))];
  if (entry.keys.length !== 1 || pending.length === 0 || all.includes(undefined)) return pending.length === 0;
  const type = keyType(entry);
  return ranges.every((range, index) => all.every((other, at) => at === index || !overlap(type, range as Range, other as Range)));
}

type Range = NonNullable<FileEntry["range"]>;

const keyType = (entry: StreamEntry) => typeOf(entry.columns.find(({ name }) => name === keyColumns(entry)[0])?.type ?? "");

/** The range of the first key, where the file has it with the type that the key has now. */
function rangeOf(entry: StreamEntry, range: Range | undefined, columns: readonly FileColumn[]): Range | undefined {
  const [key] = keyColumns(entry);
  const isSame = columns.find(({ name }) => name === key)?.type === entry.columns.find(({ name }) => name === key)?.type;
  return range?.column === key && isSame ? range : undefined;
}

/** The keys of the new rows, each with the place of its newest one. */
async function collectIncoming({ engine, keys, columns, pending, input }: Upsert): Promise<void> {
  const isDelete = input.hasDeletes
    ? `arg_max(${quoteName(columnOf(input.entry, "_sdc_deleted_at"))} IS NOT NULL, ${rankColumn})`
    : "FALSE";
  const list = keys.join(", ");
  await engine.run(
    `CREATE TEMP TABLE incoming AS SELECT ${list}, max(${rankColumn}) AS ${rankColumn}, ${isDelete} AS is_delete FROM (${relation(pending, columns)}) GROUP BY ${list}`,
  );
  await engine.run(`CREATE TEMP TABLE matched AS SELECT ${list} FROM incoming WHERE FALSE`);
  await engine.run(`CREATE TEMP TABLE old_rows AS ${relation([], columns)}`);
}

/** @returns what stays of the old files: those without any of the keys, and the rest of the others */
async function leaveOld(merge: Upsert): Promise<AnyFile[]> {
  const { engine, store, rewrite, input, keys, rangedKey, columns, absent } = merge;
  const { entry, pending } = input;
  const list = keys.join(", ");
  const news = pending.map((file) => rangeOf(entry, file.range, file.columns));
  const mayHave = (file: AnyFile): boolean => {
    const range = rangeOf(entry, file.range, columnsIn(entry, file));
    return range === undefined || news.some((other) => other === undefined || overlap(keyType(entry), range, other));
  };
  const keepsOldRows = absent.length > 0 || (input.hasDeletes && !input.hardDelete);
  const kept: AnyFile[] = [];
  for (const [index, file] of input.old.entries()) {
    if (!mayHave(file)) {
      kept.push(file);
      continue;
    }
    const readable = await opened(store, entry, file, -1 - index);
    const rows = relation([readable], columns);
    const hits = await engine.run(`INSERT INTO matched SELECT ${list} FROM (${rows}) SEMI JOIN incoming USING (${list})`);
    if (hits === 0) kept.push(file);
    else {
      const [[count] = []] = await engine.query(`SELECT count(*) FROM (${rows})`);
      if (Number(count) !== file.rows && !("columns" in file))
        throw changed(store, file, `has ${count} rows where the manifest says ${file.rows}`);
      if (keepsOldRows) await engine.run(`INSERT INTO old_rows SELECT * FROM (${rows}) SEMI JOIN incoming USING (${list})`);
      const select = `SELECT * FROM (${rows}) ANTI JOIN incoming USING (${list})`;
      const rest = file.rows - hits;
      if (rest > 0) kept.push(await rewrite({ select, columns, key: rangedKey, partition: file.partition, rows: rest }));
    }
    await close(store, file, readable, hits > 0);
  }
  return kept;
}

/** @returns keys among the new rows, those whose newest row deletes, and of each those that old rows have */
async function countKeys(engine: Engine, { keys }: Upsert): Promise<[number, number, number, number]> {
  const list = keys.join(", ");
  const counted = "count(*), count(*) FILTER (is_delete)";
  const [own = []] = await engine.query(`SELECT ${counted} FROM incoming`);
  const [matched = []] = await engine.query(`SELECT ${counted} FROM incoming SEMI JOIN matched USING (${list})`);
  return [Number(own[0]), Number(own[1]), Number(matched[0]), Number(matched[1])];
}

/** The new files, each without the rows that a newer one replaces. */
async function keepNewest(merge: Upsert): Promise<PendingFile[]> {
  const { engine, rewrite, input, keys, rangedKey, columns, absent, pending } = merge;
  const list = keys.join(", ");
  const [[fills] = []] = await engine.query("SELECT count(*) FROM old_rows");
  const isFilled = absent.length > 0 && Number(fills) > 0;
  const kept: PendingFile[] = [];
  for (const [index, file] of input.pending.entries()) {
    const rows = relation([pending[index] as ReadableFile], columns);
    const newest = `(${rows}) AS r JOIN incoming AS i USING (${list}, ${rankColumn})`;
    const [[count] = []] = await engine.query(`SELECT count(*) FROM ${newest} WHERE NOT i.is_delete`);
    const found = Number(count);
    if (found === file.rows && !isFilled) {
      kept.push(file);
      continue;
    }
    if (found > 0) {
      const select = `SELECT ${columns.map((column) => mergedValue(column, keys, absent)).join(", ")} FROM ${newest}
        LEFT JOIN (SELECT * FROM old_rows QUALIFY row_number() OVER (PARTITION BY ${list} ORDER BY ${rankColumn} DESC) = 1) AS o USING (${list})
        WHERE NOT i.is_delete ORDER BY r.${rankColumn}`;
      const plain = `SELECT r.* FROM ${newest} WHERE NOT i.is_delete ORDER BY r.${rankColumn}`;
      kept.push(await rewrite({ select: isFilled ? select : plain, columns, key: rangedKey, partition: file.partition, rows: found }));
    }
    await rm(file.path, { force: true });
  }
  return kept;
}

function mergedValue({ name }: FileColumn, keys: readonly string[], absent: readonly FileColumn[]): string {
  const quoted = quoteName(name);
  if (keys.includes(quoted)) return quoted;
  return `${absent.some((column) => column.name === name) ? "o" : "r"}.${quoted} AS ${quoted}`;
}
