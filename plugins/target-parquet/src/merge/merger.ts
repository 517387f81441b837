/** What a commit makes of a stream's files: those that are there, and those with new rows. */
import type { StreamCounts } from "@tapline/sdk";
import { activate } from "./activate.ts";
import type { AnyFile } from "./any-file.ts";
import type { MergeContext, Merged, MergeInput, Merger } from "./merge-input.ts";
import { dropSource } from "./replace-source.ts";
import { upsert } from "./upsert.ts";

const none: StreamCounts = { inserted: 0, updated: 0, superseded: 0 };

/** @throws rewrite_failed, rows_lost */
export function merger(context: MergeContext): Merger {
  return async (input) => {
    const { stream, pending, replacements } = input;
    const isKeyed = stream.loadMethod !== "append-only" && stream.keys.length > 0;
    let files: readonly AnyFile[] = input.old;
    let counts = none;
    const add = (more: StreamCounts): void => {
      counts = sum(counts, more);
    };
    let from = 0;
    for (const end of [...replacements, undefined]) {
      const part: MergeInput = { ...input, old: files, pending: pending.slice(from, end?.at) };
      const merged = isKeyed ? await upsert(context, part) : append(part);
      add(merged.counts);
      files = merged.files;
      if (end === undefined) break;
      const dropped = await dropSource(context, input, files, end);
      add({ ...none, deleted: dropped.count });
      files = dropped.files;
      from = end.at;
    }
    for (const activation of input.activations) {
      const done = await activate(context, input, files, activation);
      add({ ...none, deleted: done.count });
      files = done.files;
    }
    return { files, counts };
  };
}

function append({ old, pending }: MergeInput): Merged {
  return { files: [...old, ...pending], counts: { inserted: pending.reduce((sum, { rows }) => sum + rows, 0), updated: 0, superseded: 0 } };
}

function sum(a: StreamCounts, b: StreamCounts): StreamCounts {
  const total = (name: "deleted" | "deleteRecords"): object =>
    a[name] === undefined && b[name] === undefined ? {} : { [name]: (a[name] ?? 0) + (b[name] ?? 0) };
  return {
    inserted: a.inserted + b.inserted,
    updated: a.updated + b.updated,
    superseded: a.superseded + b.superseded,
    ...total("deleted"),
    ...total("deleteRecords"),
  };
}
