/**
 * Rows that leave columns unchanged, in SQL that databases share. For the last row of each key that has such columns, the values are taken
 * column by column: from the latest landed row of the key that has the column, else from the row of the table. Pure.
 */
import { quoteText, unchangedMark } from "@tapline/columns";
import type { DeleteRecords, FoldPlan, FoldStatements, PartialRows } from "../dialect/merge.ts";
import { asideTable } from "./aside.ts";
import { type MergeTables, type MergeWords, match, numbered } from "./merge.ts";

interface FoldOptions {
  /** The name of a table for the values. */
  aside: string;
  deletes?: DeleteRecords | undefined;
  /** Old rows of the table are deleted by this load, so there is none to keep a value from. */
  overwrites: boolean;
}

export function planFold(words: MergeWords, tables: MergeTables, { list }: PartialRows, options: FoldOptions): FoldPlan {
  const { quote } = words;
  return {
    lists: `SELECT DISTINCT ${quote(list)} FROM ${tables.landing} WHERE ${quote(list)} IS NOT NULL`,
    plan: (columns) => foldStatements(words, tables, list, columns, options),
  };
}

function foldStatements(
  words: MergeWords,
  { table, landing, keys }: MergeTables,
  list: string,
  columns: readonly string[],
  { aside, deletes, overwrites }: FoldOptions,
): FoldStatements {
  const { quote, rowId, tableOrder = rowId, text = quoteText } = words;
  const isRemoving = deletes?.removes === true;
  const isDelete = deletes === undefined ? "FALSE" : `${quote(deletes.deletedAt)} IS NOT NULL`;
  const keyList = keys.map(quote).join(", ");
  const k = keys.map((_, index) => `k${index}`).join(", ");
  const each = (part: (column: string, index: number) => string): string => columns.map(part).join(", ");
  const values = each((column, index) => `${quote(column)} AS v${index}`);
  const ofPartial = `(${keyList}) IN (SELECT ${keyList} FROM ${landing} WHERE ${quote(list)} IS NOT NULL)`;
  const onKeys = (other: string): string => keys.map((_, index) => `${other}.k${index} = g.k${index}`).join(" AND ");

  // What a key has landed: the last row, and a record before it that removed the row, from which on nothing is kept.
  const landed = `SELECT ${numbered(quote, keys)}, ${rowId} AS id, ${quote(list)} AS names, ${isDelete} AS is_delete FROM ${landing} WHERE ${ofPartial}`;
  const ended = `SELECT l.*, max(CASE WHEN NOT is_delete THEN id END) OVER (PARTITION BY ${k}) AS last_id FROM (${landed}) AS l`;
  const barrier = isRemoving
    ? `max(CASE WHEN is_delete AND id < last_id THEN id END) OVER (PARTITION BY ${k})`
    : "CASE WHEN FALSE THEN last_id END";
  const barred = `SELECT l.*, ${barrier} AS removed_at FROM (${ended}) AS l`;
  const hasColumn = (column: string): string =>
    `NOT is_delete AND (removed_at IS NULL OR id > removed_at) AND (names IS NULL OR position(${text(unchangedMark(column))} IN names) = 0)`;
  const sources = each((column, index) => `max(CASE WHEN ${hasColumn(column)} THEN id END) AS s${index}`);
  const isGone = isRemoving ? "count(CASE WHEN is_delete AND id > last_id THEN 1 END) > 0" : "FALSE";
  const grouped = `SELECT ${k}, removed_at IS NOT NULL AS was_removed, ${isGone} AS is_gone, min(id) AS first_id, ${sources} FROM (${barred}) AS l
    GROUP BY ${k}, removed_at HAVING count(CASE WHEN id = last_id AND names IS NOT NULL THEN 1 END) > 0`;

  // Where else a value can be: in the table's newest row of the key, or in a record that made a row which is marked deleted.
  const newest = `row_number() OVER (PARTITION BY ${keyList} ORDER BY ${tableOrder} DESC)`;
  const old = `SELECT ${numbered(quote, keys)}, ${values}, ${newest} AS place FROM ${table}${overwrites ? " WHERE FALSE" : ` WHERE ${ofPartial}`}`;
  const required = (deletes?.required ?? []).map((name) => ` AND ${quote(name)} IS NOT NULL`).join("");
  const madeByDelete = `SELECT ${rowId} AS id, ${values} FROM ${landing} WHERE ${isRemoving ? "FALSE" : isDelete}${required}`;
  const joins = columns.map(
    (column, index) =>
      `LEFT JOIN (SELECT ${rowId} AS id, ${quote(column)} AS v FROM ${landing}) AS e${index} ON e${index}.id = g.s${index}`,
  );
  const found = each(
    (_, index) =>
      `CASE WHEN g.s${index} IS NOT NULL THEN e${index}.v WHEN o.place IS NOT NULL THEN o.v${index} ELSE d.v${index} END AS v${index},
      g.s${index} IS NULL AND o.place IS NULL AND d.id IS NULL AND NOT g.is_gone AS lost${index}`,
  );
  const kept = `SELECT ${keys.map((_, index) => `g.k${index}`).join(", ")}, ${found} FROM (${grouped}) AS g
      ${joins.join("\n")}
      LEFT JOIN (${old}) AS o ON o.place = 1 AND NOT g.was_removed AND ${onKeys("o")}
      LEFT JOIN (${madeByDelete}) AS d ON d.id = g.first_id`;
  return {
    ...asideTable(words, aside, kept),
    countLost: `SELECT ${each((_, index) => `count(CASE WHEN lost${index} THEN 1 END)`)} FROM ${aside}`,
    fill: `UPDATE ${landing} AS t SET ${each((column, index) => `${quote(column)} = r.v${index}`)} FROM ${aside} AS r WHERE ${match(quote, keys, "r")}`,
  };
}
