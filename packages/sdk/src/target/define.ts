/**
 * What the author of a target writes: verbs that the load loop calls. Buffering, cuts and STATE are the SDK's.
 *
 * Order of calls: `open` once a stream (at its first SCHEMA), `alter` when a later SCHEMA differs, `write` with rows in
 * the order they came, `commit` when everything written so far, over all streams, must become durable at once.
 * After any throw the SDK calls `rollback` and nothing else but dispose. After `rollback` nothing written since the
 * last `commit` may remain.
 */
import type { JsonSchema, Row } from "@tapline/protocol";
import type { Static, TObject } from "typebox";
import type { SettingAliases } from "../config/define.ts";

export type LoadMethod = "append-only" | "upsert";

/** A stream as a target sees it: the schema has the `_sdc_` metadata columns in it where they are wanted. */
export interface TargetStream {
  name: string;
  schema: JsonSchema;
  keys: readonly string[];
  loadMethod: LoadMethod;
}

/** Rows of one stream in the order they came, decoded when asked for. Rows may be kept and changed by the target. */
export interface RowBatch {
  readonly stream: string;
  readonly count: number;
  /** Bytes of the lines that hold these rows. */
  readonly byteLength: number;
  /** Arrays of at most a few thousand validated rows. `firstLine` is the input line of the first one; the rest follow in `lines`. */
  rows(): Iterable<RowChunk>;
}

export interface RowChunk {
  readonly rows: Row[];
  /** Input line number of rows[i] at lines[i]; for messages. */
  readonly lines: readonly number[];
}

/** What a commit did to one stream. `inserted + updated + superseded` is what was written since the last commit. */
export interface StreamCounts {
  inserted: number;
  updated: number;
  /** Rows that a later row with the same key replaced before they were durable. */
  superseded: number;
}

export interface Writer {
  write(batch: RowBatch): Promise<void>;
  alter(next: TargetStream): Promise<void>;
}

export interface Sink extends AsyncDisposable {
  open(stream: TargetStream): Promise<Writer>;
  /** Durable when it resolves. Counts for each stream that had rows. */
  commit(): Promise<Map<string, StreamCounts>>;
  rollback(): Promise<void>;
  /** Rows in the stream's table (or file) now; asked once at the end. */
  countRows(stream: string): Promise<number>;
}

/** A place only one process can write at a time, for example a database file: the runner never lets two steps in at once. */
export interface SingleWriter {
  setting: string;
}

export interface Target<C extends TObject = TObject> {
  name: string;
  version: string;
  description: string;
  config: C;
  aliases?: SettingAliases;
  singleWriter?: SingleWriter;
  /** Default: both. */
  loadMethods?: readonly LoadMethod[];
  open(config: Static<C>): Promise<Sink>;
}

/** Identity at run time; at compile time the config that `open` gets is typed from the schema. */
export function defineTarget<C extends TObject>(target: Target<C>): Target<C> {
  return target;
}
