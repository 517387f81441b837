/** What a commit makes of a stream's files: those that are there, and those with new rows. */
import { activate } from "./activate.ts";
import type { MergeContext, Merged, MergeInput, Merger } from "./merge-input.ts";
import { upsert } from "./upsert.ts";

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
