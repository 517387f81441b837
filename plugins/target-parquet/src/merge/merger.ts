/** What a commit makes of a stream's files: those that are there, and those with new rows. */
import type { Activation, StreamCounts, TargetStream } from "@tapline/sdk";
import type { FileEntry, StreamEntry } from "../manifest/manifest.ts";
import type { PendingFile } from "../stream/stream-files.ts";
import { activate } from "./activate.ts";
import { type MergeContext, upsert } from "./upsert.ts";

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

/** @throws rewrite_failed, rows_lost */
export function merger(context: MergeContext): Merger {
  return async (input) => {
    const { stream } = input;
    const isKeyed = stream.loadMethod !== "append-only" && stream.keys.length > 0;
    let { files, counts } = isKeyed ? await upsert(context, input) : append(input);
    for (const activation of input.activations) {
      const done = await activate(context, input, files, activation);
      files = done.files;
      counts = { ...counts, deleted: (counts.deleted ?? 0) + done.deleted };
    }
    return { files, counts };
  };
}

function append({ old, pending }: MergeInput): Merged {
  return { files: [...old, ...pending], counts: { inserted: pending.reduce((sum, { rows }) => sum + rows, 0), updated: 0, superseded: 0 } };
}
