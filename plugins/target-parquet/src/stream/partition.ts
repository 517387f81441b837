/** Hive-style partitions: which folder a row belongs in. Each row is routed by its own values. Pure. */
import type { RowChunk } from "@tapline/sdk";

export interface Partitioner {
  /** The rows of a chunk by folder, such as `country=DE/created_at_month=2024-05`; each in the order they arrived. */
  split(chunk: RowChunk): Map<string, RowChunk>;
}
