/** Statements about DuckDB's threads. */

/** A query for how many threads DuckDB has. */
export const threadCount = "SELECT current_setting('threads')::INTEGER";

export function setThreads(count: number): string {
  return `SET GLOBAL threads = ${count}`;
}
