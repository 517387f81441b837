/**
 * What the author of a tap writes: one object with a name, a config schema and the streams it can read.
 * The SDK does the rest: discovery, selection, bookmarks, STATE, encoding, back-pressure, the command line.
 */
import type { Json, JsonSchema, MetadataEntry, ReplicationMethod, Row, StreamState } from "@tapline/protocol";
import type { Static, TObject } from "typebox";
import type { SettingAliases } from "../config/define.ts";

/** A place in the stream from which a later run can go on; it becomes the stream's bookmark in a STATE message. */
export class Checkpoint {
  readonly value: StreamState;
  constructor(value: StreamState) {
    this.value = value;
  }
}

/** Yield it from `read` when everything before it can be resumed from `value`. */
export function checkpoint(value: StreamState): Checkpoint {
  return new Checkpoint(value);
}

/**
 * Whole RECORD lines that the tap encoded itself (each ends with "\n"), for taps that go from bytes to bytes.
 * `bytes` is only read before the generator is resumed, so the tap may reuse its buffer.
 * `maximum` is the largest replication key value among these rows, where the stream is read incrementally.
 */
export class Lines {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly maximum: Json;
  constructor(bytes: Uint8Array, count: number, maximum: Json = null) {
    this.bytes = bytes;
    this.count = count;
    this.maximum = maximum;
  }
}

/** What `read` may yield: a row, several rows, encoded lines, or a checkpoint. A row is a batch of one. */
export type Chunk<R extends Row = Row> = R | readonly R[] | Lines | Checkpoint;

export interface ReadContext {
  /** The stream's bookmark from the last run, {} at the first. */
  readonly state: StreamState;
  /** FULL_TABLE, or INCREMENTAL: then only rows whose `replicationKey` is at or past `startValue` are wanted. */
  readonly replicationMethod: ReplicationMethod;
  readonly replicationKey: string | undefined;
  readonly startValue: Json;
  /** The selected columns in schema order, and the schema of just those (from the catalog where one was given). */
  readonly columns: readonly string[];
  readonly schema: JsonSchema;
  /** Bytes around a record's object for taps that yield `Lines`: head + `{…}` + tail() is one whole line. */
  readonly head: Uint8Array;
  readonly tail: () => Uint8Array;
  /** Aborted when the run stops: leave soon. */
  readonly signal: AbortSignal;
}

export interface Stream<R extends Row = Row> {
  name: string;
  schema: JsonSchema;
  /** Columns that identify a row (key_properties). */
  keys?: readonly string[];
  /** The column whose value only grows; with it a stream can be read INCREMENTAL. */
  replicationKey?: string;
  /** Default: INCREMENTAL where there is a replication key, else FULL_TABLE. */
  replicationMethod?: ReplicationMethod;
  /** Rows come in the order of the replication key, so a bookmark in mid-stream is safe. */
  sorted?: boolean;
  /** More metadata for the catalog, for example how a file is read. */
  metadata?: readonly MetadataEntry[];
  read(context: ReadContext): AsyncIterable<Chunk<R>> | Iterable<Chunk<R>>;
}

export interface Tap<C extends TObject = TObject> {
  name: string;
  version: string;
  description: string;
  config: C;
  /** Old or foreign names of settings, each with the name it stands for. */
  aliases?: SettingAliases;
  /**
   * The streams this config gives. May do I/O (discovery). With a catalog, `wanted` has the tap_stream_ids it selects:
   * others need not be looked at, and what discovery would find out about these (types) is in the catalog already.
   */
  streams(config: Static<C>, wanted?: ReadonlySet<string>): Promise<readonly Stream[]> | readonly Stream[];
}

/** Identity at run time; at compile time the config that `streams` gets is typed from the schema. */
export function defineTap<C extends TObject>(tap: Tap<C>): Tap<C> {
  return tap;
}
