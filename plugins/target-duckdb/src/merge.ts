/**
 * The SQL of an upsert into a table without a primary key: rows are appended first; then, among the new rows, all but the
 * last of a key go, and old rows whose key came again go. Pure.
 *
 * It rests on row ids: within a transaction, new rows have larger ids than all committed ones, rising in the order they
 * were inserted (DuckDB 1.5; `merge.test.ts` guards it, and every commit compares row counts).
 */
import { quote } from "./dialect.ts";

export interface MergePlan {
  /** One row if some key comes twice among the new rows, else none. */
  findRepeated: string;
  /** Deletes all new rows but the last of each key. */
  deleteSuperseded: string;
  /** How many new rows replace old ones; asked after `deleteSuperseded`. */
  countUpdated: string;
  /** Deletes the old rows that are replaced. */
  deleteReplaced: string;
}

/** `table` is quoted; `keys` are column names. Rows with ids above `oldMax` are the new ones (-1: all of them). */
export function planMerge(table: string, keys: readonly string[], oldMax: bigint): MergePlan {
  const list = keys.map(quote).join(", ");
  const match = (a: string, b: string) => keys.map((key) => `${a}.${quote(key)} = ${b}.${quote(key)}`).join(" AND ");
  const fresh = `SELECT ${list} FROM ${table} WHERE rowid > ${oldMax}`;
  const repeated = `SELECT ${list}, max(rowid) AS last_rowid FROM ${table} WHERE rowid > ${oldMax} GROUP BY ${list} HAVING count(*) > 1`;
  return {
    findRepeated: `SELECT 1 FROM ${table} WHERE rowid > ${oldMax} GROUP BY ${list} HAVING count(*) > 1 LIMIT 1`,
    deleteSuperseded: `DELETE FROM ${table} AS t USING (${repeated}) AS r WHERE t.rowid > ${oldMax} AND ${match("t", "r")} AND t.rowid < r.last_rowid`,
    countUpdated: `SELECT count(*) FROM (${fresh}) AS n SEMI JOIN (SELECT ${list} FROM ${table} WHERE rowid <= ${oldMax}) AS o ON ${match("n", "o")}`,
    deleteReplaced: `DELETE FROM ${table} AS t USING (${fresh}) AS n WHERE t.rowid <= ${oldMax} AND ${match("t", "n")}`,
  };
}
