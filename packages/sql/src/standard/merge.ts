/**
 * Upserts in SQL that databases share: of the landed rows, all but the last of a key are deleted; then old rows whose key arrived
 * again are deleted. Pure.
 *
 * They depend on row ids: within a transaction, new rows have larger ids than all committed ones, rising in the order of insertion.
 * Each dialect explains why that holds for its database, a test of each target guards it, and commits compare row counts.
 */
import type { MergePlan, ReplaceRows } from "../dialect/merge.ts";
import type { Names } from "../dialect/names.ts";

export interface MergeWords extends Pick<Names, "quote"> {
  /** SQL for the row id of landed rows. */
  rowId: string;
  /** SQL that orders the rows of tables, where these have no row id: then any row of a key counts as its newest. */
  tableOrder?: string;
  /** Writes a text as a constant of SQL. */
  text?: (value: string) => string;
  /** Each DDL statement commits. */
  ddlCommits?: boolean;
}

export interface MergeTables {
  /** Quoted. */
  table: string;
  landing: string;
  keys: readonly string[];
  /** Where rows land in the table itself: rows with larger row ids are new. */
  oldMax?: bigint;
  /** The lowest and the highest of the landed keys: old rows beyond them are not looked at. */
  ends?: readonly KeyEnds[];
}

export interface KeyEnds {
  key: string;
  /** Constants in SQL. */
  low: string;
  high: string;
}

export function planDedupe({ quote, rowId }: MergeWords, { landing, keys, oldMax }: MergeTables): NonNullable<MergePlan["dedupe"]> {
  const list = keys.map(quote).join(", ");
  const fresh = oldMax === undefined ? "" : ` WHERE ${rowId} > ${oldMax}`;
  const repeated = `SELECT ${numbered(quote, keys)}, max(${rowId}) AS last_row FROM ${landing}${fresh} GROUP BY ${list} HAVING count(*) > 1`;
  const isFresh = oldMax === undefined ? "" : `t.${rowId} > ${oldMax} AND `;
  return {
    findRepeated: `SELECT 1 FROM ${landing}${fresh} GROUP BY ${list} HAVING count(*) > 1 LIMIT 1`,
    deleteSuperseded: `DELETE FROM ${landing} AS t USING (${repeated}) AS r WHERE ${isFresh}${match(quote, keys, "r")} AND t.${rowId} < r.last_row`,
  };
}

/** Old rows of the table whose key is among the new rows. To be run after the dedupe. */
export function planReplace(
  { quote, rowId }: MergeWords,
  { table, landing, keys, oldMax, ends = [] }: MergeTables,
): NonNullable<ReplaceRows["replaced"]> {
  const isNew = oldMax === undefined ? "" : ` WHERE ${rowId} > ${oldMax}`;
  const isOld = (owner: string): string[] => (oldMax === undefined ? [] : [`${owner}${rowId} <= ${oldMax}`]);
  const old = [...isOld(""), ...between(quote, ends, "")];
  const fresh = `SELECT ${numbered(quote, keys)} FROM ${landing}${isNew}`;
  const met = `SELECT ${numbered(quote, keys)} FROM ${table}${old.length === 0 ? "" : ` WHERE ${old.join(" AND ")}`}`;
  const isSame = keys.map((_, index) => `n.k${index} = o.k${index}`).join(" AND ");
  return {
    count: `SELECT count(*) FROM (${fresh}) AS n WHERE EXISTS (SELECT 1 FROM (${met}) AS o WHERE ${isSame})`,
    remove: `DELETE FROM ${table} AS t USING (${fresh}) AS n WHERE ${[...isOld("t."), match(quote, keys, "n"), ...between(quote, ends, "t.")].join(" AND ")}`,
  };
}

/** New rows whose sequence is smaller than that of the old row with the same key. To be run after the dedupe. */
export function planOutdated(
  { quote, rowId }: MergeWords,
  { table, landing, keys, oldMax }: MergeTables,
  sequence: string | undefined,
): string | undefined {
  if (sequence === undefined) return undefined;
  const [isNew, isOld] = oldMax === undefined ? ["", ""] : [` WHERE ${rowId} > ${oldMax}`, ` WHERE ${rowId} <= ${oldMax}`];
  const fresh = `SELECT ${numbered(quote, keys)} FROM ${landing}${isNew}`;
  const old = `SELECT ${numbered(quote, keys)}, ${quote(sequence)} AS sequence_number FROM ${table}${isOld}`;
  const isSame = keys.map((_, index) => `n.k${index} = o.k${index}`).join(" AND ");
  const met = `SELECT o.* FROM (${old}) AS o WHERE EXISTS (SELECT 1 FROM (${fresh}) AS n WHERE ${isSame})`;
  const isFresh = oldMax === undefined ? "" : `t.${rowId} > ${oldMax} AND `;
  return `DELETE FROM ${landing} AS t USING (${met}) AS r WHERE ${isFresh}${match(quote, keys, "r")} AND t.${quote(sequence)} < r.sequence_number`;
}

/**
 * Copies columns that the stream lacks from old rows to the new rows with the same key. To be run after the dedupe. The newest old row
 * counts, as a table that was loaded without keys may hold a key several times. `mark`: a quoted column that becomes true in these rows.
 */
export function planKeep(
  { quote, rowId, tableOrder = rowId }: MergeWords,
  { table, landing, keys, oldMax }: MergeTables,
  columns: readonly string[],
  mark?: string,
): string | undefined {
  if (columns.length === 0) return undefined;
  const [isNew, isOld] = oldMax === undefined ? ["", ""] : [` WHERE ${rowId} > ${oldMax}`, ` WHERE ${rowId} <= ${oldMax}`];
  const fresh = `SELECT ${numbered(quote, keys)} FROM ${landing}${isNew}`;
  const kept = columns.map((column, index) => `${quote(column)} AS c${index}`).join(", ");
  const old = `SELECT ${numbered(quote, keys)}, ${kept}, ${tableOrder} AS row_id FROM ${table}${isOld}`;
  const isSame = keys.map((_, index) => `n.k${index} = o.k${index}`).join(" AND ");
  const place = `row_number() OVER (PARTITION BY ${keys.map((_, index) => `o.k${index}`).join(", ")} ORDER BY o.row_id DESC) AS place`;
  const replaced = `SELECT o.*, ${place} FROM (${old}) AS o WHERE EXISTS (SELECT 1 FROM (${fresh}) AS n WHERE ${isSame})`;
  const copied = columns.map((column, index) => `${quote(column)} = r.c${index}`);
  const set = [...copied, ...(mark === undefined ? [] : [`${mark} = TRUE`])].join(", ");
  const isFresh = oldMax === undefined ? "" : `t.${rowId} > ${oldMax} AND `;
  return `UPDATE ${landing} AS t SET ${set} FROM (${replaced}) AS r WHERE ${isFresh}r.place = 1 AND ${match(quote, keys, "r")}`;
}

/**
 * The keys under names that no stream has. DuckDB reads `n.id` as the field `id` of a column `n` where the nearest table has one, so
 * no column of a stream may be visible where one of these aliases is used.
 */
export function numbered(quote: Names["quote"], keys: readonly string[]): string {
  return keys.map((key, index) => `${quote(key)} AS k${index}`).join(", ");
}

export function match(quote: Names["quote"], keys: readonly string[], other: string): string {
  return keys.map((key, index) => `t.${quote(key)} = ${other}.k${index}`).join(" AND ");
}

/** `owner`: what stands before the names of columns. */
export function between(quote: Names["quote"], ends: readonly KeyEnds[], owner: string): string[] {
  return ends.map(({ key, low, high }) => `${owner}${quote(key)} BETWEEN ${low} AND ${high}`);
}
