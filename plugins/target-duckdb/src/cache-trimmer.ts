/**
 * Keeps memory flat over a long load. DuckDB keeps every block it wrote in its cache until memory_limit is reached, although a load never
 * reads them again: 10M rows took 633 MB, and 150 MB in the same time where the cache was emptied now and then.
 */

import type { DuckDBConnection } from "@duckdb/node-api";
import { checkpoint, memoryInUse, memoryUnwritten, setMemoryLimit } from "./dialect/memory.ts";

/** A look and a trim take about 5 ms. */
const bytesBetween = 16 << 20;
const slackBytes = 8 << 20;
/** Of rows that are in no block yet: those of about 500 tables, for which a checkpoint takes a second. */
const mostUnwrittenBytes = 96 << 20;

export interface CacheTrimmer {
  /** Trims when enough was written since the last time. No other statement may run: it would be subject to the low limit. */
  wrote(bytes: number): Promise<void>;
  /** Call after a commit: rows of many small tables stay in memory, 20 KB a column, until a checkpoint writes them. */
  committed(): Promise<void>;
}

/** @param connection not the loading one, whose transaction a failed statement would end */
export function cacheTrimmer(connection: DuckDBConnection, memoryLimit: string): CacheTrimmer {
  const setLimit = (limit: string) => connection.run(setMemoryLimit(limit));
  let written = 0;
  return {
    async wrote(bytes) {
      written += bytes;
      if (written < bytesBetween) return;
      written = 0;
      const result = await connection.run(memoryInUse);
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
      const [[bytes]] = (await (await connection.run(memoryUnwritten)).getRows()) as [[number]];
      // Committed rows are durable without it; if it fails, the next one writes them.
      if (bytes > mostUnwrittenBytes) await connection.run(checkpoint).catch(() => {});
    },
  };
}
