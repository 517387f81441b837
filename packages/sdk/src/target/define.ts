/**
 * What the author of a target writes: verbs that the load loop calls. Buffering, cuts and STATE are the SDK's.
 *
 * Order of calls: `open` once a stream (at its first SCHEMA), `alter` when a later SCHEMA differs, `write` with rows in
 * the order they came, `keepRejects` with rows that were refused, `activate` behind a stream's rows, `commit` when everything
 * so far, over all streams, must become durable at once. After any throw the SDK calls `rollback` and nothing else but
 * dispose. After `rollback` nothing since the last `commit` may remain.
 */
import type { JsonSchema, Position, Row, Static, TableChange, TaplineError, TObject } from "@tapline/protocol";
import type { SettingAliases } from "../config/define.ts";

/** `overwrite`: a commit comes only once, at the end of a whole input, and the stream's rows are then all there is. */
export type LoadMethod = "append-only" | "upsert" | "overwrite";

/**
 * A stream as a target sees it: the schema has no `$ref` and only keywords of their right form (see `resolveSchema`), and the
 * `_sdc_` metadata columns in it where they are wanted.
 */
export interface TargetStream {
  name: string;
  schema: JsonSchema;
  keys: readonly string[];
  loadMethod: LoadMethod;
  /**
   * Keeps out a row that was handed over in an earlier `write` and is refused only now, for an error about it alone
   * (recovery `skip`); `record` is the row as JSON text. Undefined where the user chose to fail.
   * @throws too_many_rejects
   */
  reject?: (error: TaplineError, record: string) => void;
  /** Told of each thing the target does to the stream's table or names; people hear of it once the next commit has made it true. */
  changed?: (change: TableChange) => void;
}

/** Rows of one stream in the order they came, decoded when asked for. Rows may be kept and changed by the target. */
export interface RowBatch {
  readonly stream: string;
  readonly count: number;
  /** Bytes of the lines that hold these rows. */
  readonly byteLength: number;
  /** Arrays of at most a few thousand validated rows. `firstLine` is the input line of the first one; the rest follow in `lines`. */
  rows(): Iterable<RowChunk>;
  /** The user chose `on_error: reject`. */
  readonly mayReject: boolean;
  /**
   * Keeps a row out for an error about it alone (recovery `skip`); the same row again counts once.
   * @throws that error, where the user chose to fail
   */
  reject(row: Row, error: TaplineError): void;
  /** Rows kept out by now; what was loaded of the batch is `count` less these. */
  readonly rejected: number;
}

export interface RowChunk {
  readonly rows: Row[];
  /** Input line number of rows[i] at lines[i]; for messages. */
  readonly lines: readonly number[];
}

/** What a commit did to one stream. `inserted + updated + superseded` is what was written and not rejected since the last commit. */
export interface StreamCounts {
  inserted: number;
  updated: number;
  /** Rows that a later row with the same key replaced before they were durable. */
  superseded: number;
  /** Rows of older versions that were marked deleted, removed, or given a tombstone. */
  deleted?: number;
}

/** A row that was kept out, and why. */
export interface Reject {
  stream: string;
  /** In the source, where the tap tells it in _sdc_source_file and _sdc_source_lineno; else `line` is the input's. */
  position: Position;
  /** The error's code and message. */
  code: string;
  reason: string;
  /** The row as JSON text, every digit as it came. */
  record: string;
}

/** Rows of a stream that are older than `version` are gone from the source. */
export interface Activation {
  version: number;
  /** When the message came, RFC 3339. */
  at: string;
  /** The run, as its rows tell it in _sdc_sync_started_at, and a place behind all its rows in _sdc_sequence. */
  syncStartedAt: number;
  sequence: number;
  /** Remove rows instead of marking them. */
  hardDelete: boolean;
}

export interface Writer {
  write(batch: RowBatch): Promise<void>;
  alter(next: TargetStream): Promise<void>;
  /** Where it is missing, `on_error: reject` is refused. */
  keepRejects?(rejects: readonly Reject[]): Promise<void>;
  /** Where it is missing, ACTIVATE_VERSION is ignored with a warning. */
  activate?(activation: Activation): Promise<void>;
}

/** Whether appends survive any kill without a loss or a double, and if not, why. */
export type Guarantee = { exactly_once: true } | { exactly_once: false; reason: string };

export interface Sink extends AsyncDisposable {
  /** Undefined where nobody asked for it (no state id was given). */
  readonly guarantee?: Guarantee | undefined;
  open(stream: TargetStream): Promise<Writer>;
  /** Comes before each commit: when it resolves, every row handed over is in its place or rejected. */
  settle?(): Promise<void>;
  /**
   * Durable when it resolves. Counts for each stream that had rows.
   * @param state JSON text of the STATE this commit reaches; undefined when it reaches none (rows behind the last one)
   */
  commit(state?: string): Promise<Map<string, StreamCounts>>;
  rollback(): Promise<void>;
  /** The stream's place now; asked once at the end. */
  look(stream: string): Promise<Place>;
}

export interface Place {
  /** As a person would name it: a table or a file, and that of its rejected rows. */
  table: string;
  rejects?: string | undefined;
  rows: number;
}

/** What a target that keeps a ledger knows of a state id: the state of its last commit and the run that made it. */
export interface LastState {
  run_id: string | null;
  /** JSON text. */
  state: string | null;
  /** RFC 3339. */
  committed_at: string | null;
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
  /** More than every target can: activate-version, hard-delete, rejects. */
  capabilities?: readonly string[];
  /** Default: upsert and append-only. */
  loadMethods?: readonly LoadMethod[];
  open(config: Static<C>): Promise<Sink>;
  /** Of targets that keep a ledger: reads it, and takes it over for the config's `run_id` where there is one. */
  lastState?(config: Static<C>, stateId: string): Promise<LastState>;
}

/** Identity at run time; at compile time the config that `open` gets is typed from the schema. */
export function defineTarget<C extends TObject>(target: Target<C>): Target<C> {
  return target;
}
