/** Rows that leave or change: every file that has one is written again, and the others stay. */
import type { StreamEntry } from "../manifest/manifest.ts";
import { type AnyFile, close, opened } from "./any-file.ts";
import { columnsOf, keyColumns, type MergeContext } from "./merge-input.ts";
import { relation } from "./relation.ts";

export interface ChangedRows {
  files: AnyFile[];
  /** Rows that left or changed. */
  count: number;
}

/** @param which a condition that is true for these rows @param changed a SELECT of all rows of a file, with these changed; without it they leave */
export async function changeRows(
  { engine, store, rewrite }: MergeContext,
  entry: StreamEntry,
  files: readonly AnyFile[],
  which: string,
  changed?: (rows: string) => string,
): Promise<ChangedRows> {
  const columns = columnsOf(entry);
  const [key] = keyColumns(entry);
  const kept: AnyFile[] = [];
  let count = 0;
  for (const file of files) {
    const readable = await opened(store, entry, file, 1);
    const rows = relation([readable], columns);
    const [[found] = []] = await engine.query(`SELECT count(*) FROM (${rows}) WHERE ${which}`);
    const hits = Number(found);
    count += hits;
    if (hits === 0) kept.push(file);
    else {
      const select = changed?.(rows) ?? `SELECT * FROM (${rows}) WHERE (${which}) IS NOT TRUE`;
      const rest = changed === undefined ? file.rows - hits : file.rows;
      if (rest > 0) kept.push(await rewrite({ select, columns, key, partition: file.partition, rows: rest }));
    }
    await close(store, file, readable, hits > 0);
  }
  return { files: kept, count };
}
