/** The statement that inserts or updates, and how a temporary table is named in it. Pure. */
import { quoteName as quote } from "@tapline/columns";

/** The name as CREATE TEMPORARY TABLE takes it. */
export const bareName = (temporary: string): string => temporary.replace(/^pg_temp\./, "");

/**
 * A row that was updated carries this transaction's lock in xmax; one that was inserted carries none. `reset`: columns that get their
 * default in rows that are updated.
 */
export function upsert(insert: string, columns: readonly string[], keys: readonly string[], reset: readonly string[]): string {
  const others = columns.filter((column) => !keys.includes(column));
  // A table of keys alone must still return every row, which DO NOTHING does not.
  const written = (others.length > 0 ? others : keys.slice(0, 1)).map((column) => `${quote(column)} = excluded.${quote(column)}`);
  const set = [...written, ...reset.map((column) => `${quote(column)} = DEFAULT`)].join(", ");
  const write = `${insert} ON CONFLICT (${keys.map(quote).join(", ")}) DO UPDATE SET ${set} RETURNING t.xmax <> 0 AS is_update`;
  return `WITH written AS (${write}) SELECT count(*), count(*) FILTER (WHERE is_update) FROM written`;
}
