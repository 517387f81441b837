/** What a merge is given, and what it gives back. */
import type { Activation, StreamCounts, TargetStream } from "@tapline/sdk";
import type { FileColumn, StreamEntry } from "../manifest/manifest.ts";
import type { Store } from "../store/store.ts";
import type { PendingFile } from "../stream/stream-files.ts";
import type { AnyFile } from "./any-file.ts";
import type { Engine } from "./engine.ts";
import type { ReadableFile } from "./relation.ts";
import type { Rewriter } from "./rewriter.ts";

export interface MergeInput {
  /** With the columns and keys that it gets. */
  entry: StreamEntry;
  stream: TargetStream;
  old: readonly AnyFile[];
  /** In the order of their rows. */
  pending: readonly PendingFile[];
  replacements: readonly Replacement[];
  activations: readonly Activation[];
  /** Rows among the new ones delete the row of their key. */
  hasDeletes: boolean;
  hardDelete: boolean;
}

/** Rows of one source leave: those that were there, and the new ones before `at`, an index into `pending`. */
export interface Replacement {
  column: string;
  value: string;
  at: number;
}

export interface Merged {
  /** All files that the stream has then. */
  files: readonly AnyFile[];
  counts: StreamCounts;
}

export type Merger = (input: MergeInput) => Promise<Merged>;

export interface MergeContext {
  engine: Engine;
  store: Store;
  rewrite: Rewriter;
}

/** What the steps of one merge share. */
export interface Upsert extends MergeContext {
  input: MergeInput;
  /** Names of columns, quoted. */
  keys: readonly string[];
  rangedKey: string;
  columns: readonly FileColumn[];
  /** Those that the new rows do not have: they keep what the old row of the key has. */
  absent: readonly FileColumn[];
  pending: readonly ReadableFile[];
}

/** As files have them. */
export function columnsOf({ columns }: StreamEntry): FileColumn[] {
  return columns.map(({ name, type }) => ({ name, type }));
}

/** The columns of the entry's keys, by name. */
export function keyColumns(entry: StreamEntry): string[] {
  return entry.keys.map((key) => columnOf(entry, key));
}

export function columnOf({ columns }: StreamEntry, wished: string): string {
  return columns.find(({ property }) => property === wished)?.name ?? wished;
}
