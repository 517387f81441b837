/**
 * The SQL of an upsert that SQL databases share: among the rows that landed, all but the last of a key go; then old rows
 * whose key came again go. Pure.
 *
 * It rests on row ids: within a transaction, new rows have larger ids than all committed ones, rising in the order they were
 * inserted. Each dialect says why that holds for it, a test of each target guards it, and commits compare row counts.
 */
import type { Dialect, MergePlan, ReplaceRows } from "./dialect.ts";

export interface MergePlace {
  /** Quoted; keys are column names. */
  table: string;
  landing: string;
  keys: readonly string[];
  /** Where rows land in the table itself: only those with larger row ids are new. */
  oldMax?: bigint;
}

type Words = Pick<Dialect, "quote" | "rowId">;

/** Finds whether some key comes twice among the new rows (one row, else none), and deletes all but the last of each key. */
export function planDedupe({ quote, rowId }: Words, { landing, keys, oldMax }: MergePlace): NonNullable<MergePlan["dedupe"]> {
  const list = keys.map(quote).join(", ");
  const fresh = oldMax === undefined ? "" : ` WHERE ${rowId} > ${oldMax}`;
  const repeated = `SELECT ${numbered(quote, keys)}, max(${rowId}) AS last_row FROM ${landing}${fresh} GROUP BY ${list} HAVING count(*) > 1`;
  const isFresh = oldMax === undefined ? "" : `t.${rowId} > ${oldMax} AND `;
  return {
    findRepeated: `SELECT 1 FROM ${landing}${fresh} GROUP BY ${list} HAVING count(*) > 1 LIMIT 1`,
    deleteSuperseded: `DELETE FROM ${landing} AS t USING (${repeated}) AS r WHERE ${isFresh}${match(quote, keys, "r")} AND t.${rowId} < r.last_row`,
  };
}

/** Old rows of the table whose key is among the new rows; asked and run after the dedupe. */
export function planReplace({ quote, rowId }: Words, { table, landing, keys, oldMax }: MergePlace): NonNullable<ReplaceRows["replaced"]> {
  const [isNew, isOld] = oldMax === undefined ? ["", ""] : [` WHERE ${rowId} > ${oldMax}`, ` WHERE ${rowId} <= ${oldMax}`];
  const fresh = `SELECT ${numbered(quote, keys)} FROM ${landing}${isNew}`;
  const old = `SELECT ${numbered(quote, keys)} FROM ${table}${isOld}`;
  const isSame = keys.map((_, index) => `n.k${index} = o.k${index}`).join(" AND ");
  return {
    count: `SELECT count(*) FROM (${fresh}) AS n WHERE EXISTS (SELECT 1 FROM (${old}) AS o WHERE ${isSame})`,
    remove: `DELETE FROM ${table} AS t USING (${fresh}) AS n WHERE ${oldMax === undefined ? "" : `t.${rowId} <= ${oldMax} AND `}${match(quote, keys, "n")}`,
  };
}

/**
 * The keys under names of our own: to DuckDB `n.id` is a field of the column n where the nearest table has one, so no column of
 * a stream may be in sight where an alias of ours is used.
 */
function numbered(quote: Words["quote"], keys: readonly string[]): string {
  return keys.map((key, index) => `${quote(key)} AS k${index}`).join(", ");
}

function match(quote: Words["quote"], keys: readonly string[], other: string): string {
  return keys.map((key, index) => `t.${quote(key)} = ${other}.k${index}`).join(" AND ");
}
