/**
 * Keys whose newest row deletes them, where deleted rows stay and are marked: the row keeps its last values and gets the metadata of the
 * record that deletes it. Where there was no such row, the record itself is the row.
 */
import { quoteName } from "@tapline/columns";
import { isMetadataColumn } from "@tapline/sdk";
import type { PendingFile } from "../stream/stream-files.ts";
import { columnOf, type Upsert } from "./merge-input.ts";
import { fileColumn, rankColumn, relation } from "./relation.ts";

/** `marked`: rows that were there, before or among the new ones. Called when `old_rows` has the old rows of the keys. */
export async function foldDeletes(merge: Upsert): Promise<{ files: PendingFile[]; marked: number }> {
  const { engine, rewrite, input, keys, rangedKey, columns, pending } = merge;
  const list = keys.join(", ");
  const deleted = quoteName(columnOf(input.entry, "_sdc_deleted_at"));
  const ofGone = `SEMI JOIN (SELECT ${list} FROM incoming WHERE is_delete) USING (${list})`;
  const all = `SELECT * FROM old_rows ${ofGone} UNION ALL SELECT * FROM (${relation(pending, columns)}) ${ofGone}`;
  // A row that deletes counts only where there is no other.
  const place = `row_number() OVER (PARTITION BY ${list} ORDER BY ${rankColumn} >= 0 AND ${deleted} IS NOT NULL, ${rankColumn} DESC)`;
  const metadata = new Set(input.entry.columns.filter(({ property }) => isMetadataColumn(property)).map(({ name }) => name));
  const values = columns.map(({ name }) => {
    const quoted = quoteName(name);
    return keys.includes(quoted) ? quoted : `${metadata.has(name) ? "d" : "b"}.${quoted} AS ${quoted}`;
  });
  const removal = `(SELECT r.* FROM (${relation(pending, columns)}) AS r SEMI JOIN (SELECT * FROM incoming WHERE is_delete) USING (${list}, ${rankColumn}))`;
  await engine.run(`CREATE OR REPLACE TEMP TABLE folded AS SELECT ${values.join(", ")}, b.${fileColumn}, b.${rankColumn} <> d.${rankColumn} AS was_there
    FROM (SELECT * FROM (${all}) QUALIFY ${place} = 1) AS b JOIN ${removal} AS d USING (${list})`);
  const ordinals = await engine.query(`SELECT ${fileColumn}, count(*), count(*) FILTER (was_there) FROM folded GROUP BY 1`);
  const parts = Map.groupBy(ordinals, ([ordinal]) => partitionOf(merge, Number(ordinal)));
  const files: PendingFile[] = [];
  for (const [partition, part] of parts) {
    const select = `SELECT * FROM folded WHERE ${fileColumn} IN (${part.map(([ordinal]) => ordinal).join(", ")})`;
    const rows = part.reduce((sum, [, count]) => sum + Number(count), 0);
    files.push(await rewrite({ select, columns, key: rangedKey, partition, rows }));
  }
  await engine.run("DROP TABLE folded");
  return { files, marked: ordinals.reduce((sum, [, , there]) => sum + Number(there), 0) };
}

/** The partition of the file with this ordinal: new files count up from 1, old ones down from -1. */
function partitionOf({ input }: Upsert, ordinal: number): string | undefined {
  return ordinal > 0 ? input.pending[ordinal - 1]?.partition : input.old[-1 - ordinal]?.partition;
}
