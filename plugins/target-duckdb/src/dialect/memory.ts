/** Statements about DuckDB's memory. */
import { quoteText } from "@tapline/columns";

/** A query for the bytes of memory in use, and those of them that are the cache of table blocks. */
export const memoryInUse = `SELECT coalesce(sum(memory_usage_bytes), 0)::DOUBLE, coalesce(sum(memory_usage_bytes) FILTER (tag = 'BASE_TABLE'), 0)::DOUBLE
           FROM duckdb_memory()`;

/** A query for the bytes of committed rows that are in no block yet. */
export const memoryUnwritten = "SELECT coalesce(sum(memory_usage_bytes), 0)::DOUBLE FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'";

export const checkpoint = "CHECKPOINT";

/** `limit` as in DuckDB's setting: "512MB". */
export function setMemoryLimit(limit: string): string {
  return `SET GLOBAL memory_limit = ${quoteText(limit)}`;
}
