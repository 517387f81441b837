/**
 * Keeps memory flat over a long load. DuckDB keeps every block it wrote in its cache until memory_limit is reached, though a
 * load never reads them again: 10M rows took 633 MB; with the cache emptied now and then 150 MB, and no longer.
 */

import type { DuckDBInstance } from "@duckdb/node-api";
import { quoteText } from "@tapline/columns";

/** Looking and trimming takes about 5 ms. */
const bytesBetween = 16 << 20;
const slackBytes = 8 << 20;
/** Of rows that are in no block yet: about 500 tables' worth, which a checkpoint takes a second for. */
const mostUnwrittenBytes = 96 << 20;

export interface CacheTrimmer {
  /** Trims when enough was written since the last time. No other statement may be running: it would meet the low limit. */
  wrote(bytes: number): Promise<void>;
  /** After a commit: rows of many small tables stay in memory, 20 KB a column, until a checkpoint writes them. */
  committed(): Promise<void>;
  close(): void;
}

/** Has a connection of its own: a statement that fails in the loading one would take its transaction along. */
export async function cacheTrimmer(instance: DuckDBInstance, memoryLimit: string): Promise<CacheTrimmer> {
  const connection = await instance.connect();
  const setLimit = (limit: string) => connection.run(`SET GLOBAL memory_limit = ${quoteText(limit)}`);
  let written = 0;
  return {
    async wrote(bytes) {
      written += bytes;
      if (written < bytesBetween) return;
      written = 0;
      const result = await connection.run(
        `SELECT coalesce(sum(memory_usage_bytes), 0)::DOUBLE, coalesce(sum(memory_usage_bytes) FILTER (tag = 'BASE_TABLE'), 0)::DOUBLE
           FROM duckdb_memory()`,
      );
      const [[total, cached]] = (await result.getRows()) as [[number, number]];
      if (cached < bytesBetween) return;
      // Lowering the limit to what is in use besides the cache makes DuckDB drop the cache and spill nothing.
      try {
        await setLimit(`${Math.ceil((total - cached + slackBytes) / 1000)}KB`);
      } catch (error) {
        if (!(error instanceof Error && /could not free up enough memory/.test(error.message))) throw error;
      } finally {
        await setLimit(memoryLimit);
      }
    },
    async committed() {
      const unwritten = "SELECT coalesce(sum(memory_usage_bytes), 0)::DOUBLE FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'";
      const [[bytes]] = (await (await connection.run(unwritten)).getRows()) as [[number]];
      // What is committed is durable all the same; one that fails leaves it to the next.
      if (bytes > mostUnwrittenBytes) await connection.run("CHECKPOINT").catch(() => {});
    },
    close: () => connection.closeSync(),
  };
}
