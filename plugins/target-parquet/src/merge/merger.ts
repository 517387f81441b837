/** What a commit makes of the files that are there and those with new rows. */
import type { Activation, StreamCounts, TargetStream } from "@tapline/sdk";
import type { FileEntry, StreamEntry } from "../manifest/manifest.ts";
import type { PendingFile } from "../stream/stream-files.ts";

export interface MergeInput {
  /** With the columns and keys that it gets. */
  entry: StreamEntry;
  stream: TargetStream;
  old: readonly FileEntry[];
  /** In the order of their rows. */
  pending: readonly PendingFile[];
  activations: readonly Activation[];
  /** Rows among the new ones delete the row of their key. */
  hasDeletes: boolean;
  hardDelete: boolean;
}

export interface Merged {
  /** All files that the stream has then. */
  files: readonly (FileEntry | PendingFile)[];
  counts: StreamCounts;
}

export type Merger = (input: MergeInput) => Promise<Merged>;

export const append: Merger = async ({ old, pending }) => ({
  files: [...old, ...pending],
  counts: { inserted: pending.reduce((sum, { rows }) => sum + rows, 0), updated: 0, superseded: 0 },
});
