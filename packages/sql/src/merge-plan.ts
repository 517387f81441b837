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
  const repeated = `SELECT ${list}, max(${rowId}) AS last_row FROM ${landing}${fresh} GROUP BY ${list} HAVING count(*) > 1`;
  const isFresh = oldMax === undefined ? "" : `t.${rowId} > ${oldMax} AND `;
  return {
    findRepeated: `SELECT 1 FROM ${landing}${fresh} GROUP BY ${list} HAVING count(*) > 1 LIMIT 1`,
    deleteSuperseded: `DELETE FROM ${landing} AS t USING (${repeated}) AS r WHERE ${isFresh}${match(quote, keys, "t", "r")} AND t.${rowId} < r.last_row`,
  };
}

/** Old rows of the table whose key is among the new rows; asked and run after the dedupe. */
export function planReplace({ quote, rowId }: Words, { table, landing, keys, oldMax }: MergePlace): NonNullable<ReplaceRows["replaced"]> {
  const list = keys.map(quote).join(", ");
  const [isNew, isOld] = oldMax === undefined ? ["", ""] : [` WHERE ${rowId} > ${oldMax}`, `${rowId} <= ${oldMax}`];
  const fresh = `SELECT ${list} FROM ${landing}${isNew}`;
  const old = `SELECT 1 FROM ${table} AS o WHERE ${isOld === "" ? "" : `o.${isOld} AND `}${match(quote, keys, "n", "o")}`;
  return {
    count: `SELECT count(*) FROM (${fresh}) AS n WHERE EXISTS (${old})`,
    remove: `DELETE FROM ${table} AS t USING (${fresh}) AS n WHERE ${isOld === "" ? "" : `t.${isOld} AND `}${match(quote, keys, "t", "n")}`,
  };
}

function match(quote: Words["quote"], keys: readonly string[], a: string, b: string): string {
  return keys.map((key) => `${a}.${quote(key)} = ${b}.${quote(key)}`).join(" AND ");
}
