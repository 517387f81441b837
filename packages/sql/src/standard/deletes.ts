/**
 * Records that delete the row of their key, in SQL that databases share. They land among the others. Those that are the last of their key
 * are set aside before the merge, and mark or remove rows after it. So a row that arrived before such a record keeps its values. Pure.
 */
import type { DeletePlan, DeleteRecords } from "../dialect/merge.ts";
import { asideTable } from "./aside.ts";
import { type MergeTables, type MergeWords, match, numbered, planOutdated } from "./merge.ts";

/** `aside`: the name of a table for the records that are set aside. */
export function planDeletes(
  words: MergeWords,
  { table, landing, keys }: MergeTables,
  { deletedAt, metadata, removes, required, sequence }: DeleteRecords,
  { columns, aside }: { columns: readonly string[]; aside: string },
): DeletePlan {
  const { quote, rowId } = words;
  const list = (names: readonly string[]): string => names.map(quote).join(", ");
  const isDelete = `${quote(deletedAt)} IS NOT NULL`;
  const marks = metadata.map((name, index) => `${quote(name)} AS c${index}`).join(", ");
  const set = metadata.map((name, index) => `${quote(name)} = r.c${index}`).join(", ");
  const known = `(SELECT ${numbered(quote, keys)} FROM ${table}) AS r`;
  const isWhole = required.length === 0 ? "" : ` WHERE ${required.map((name) => `${quote(name)} IS NOT NULL`).join(" AND ")}`;
  const last = `SELECT ${list(columns)} FROM ${landing} WHERE ${isDelete} AND ${rowId} IN (SELECT max(${rowId}) FROM ${landing} GROUP BY ${list(keys)})`;
  return {
    ...asideTable(words, aside, last),
    takeOut: `DELETE FROM ${landing} WHERE ${isDelete}`,
    outdated: planOutdated({ quote, rowId }, { table, landing: aside, keys }, sequence),
    count: `SELECT count(*) FROM ${aside}`,
    apply: removes
      ? `DELETE FROM ${table} AS t USING (SELECT ${numbered(quote, keys)} FROM ${aside}) AS r WHERE ${match(quote, keys, "r")}`
      : `UPDATE ${table} AS t SET ${set} FROM (SELECT ${numbered(quote, keys)}, ${marks} FROM ${aside}) AS r WHERE ${match(quote, keys, "r")}`,
    insert: removes
      ? undefined
      : {
          dropKnown: `DELETE FROM ${aside} AS t USING ${known} WHERE ${match(quote, keys, "r")}`,
          rest: `INSERT INTO ${table} (${list(columns)}) SELECT ${list(columns)} FROM ${aside}${isWhole}`,
        },
  };
}
