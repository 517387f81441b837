/**
 * Inserts run on one thread, all other statements on all. With several threads DuckDB keeps the order of rows by writing many small batches
 * and merging them again, which takes twice the processor time of one thread that appends (1M rows of 23 columns: 8 s against 4 s).
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import { setThreads, threadCount } from "./dialect/threads.ts";

export interface InsertThreads {
  /** Call it before an INSERT of so many bytes. No other statement may run. */
  beforeInsert(bytes: number): Promise<void>;
  beforeOther(): Promise<void>;
}

/** A change takes a millisecond, more than the INSERT of a few rows. */
const worthwhileBytes = 1 << 20;

/** @param connection not the one that inserts, whose transaction a failed statement would end */
export async function insertThreads(connection: DuckDBConnection): Promise<InsertThreads> {
  const [[all]] = (await (await connection.run(threadCount)).getRows()) as [[number]];
  let used = all;
  const use = async (count: number): Promise<void> => {
    if (used === count) return;
    await connection.run(setThreads(count));
    used = count;
  };
  return {
    beforeInsert: async (bytes) => (bytes >= worthwhileBytes ? use(1) : undefined),
    beforeOther: () => use(all),
  };
}
