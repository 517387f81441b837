/**
 * What the author of a target writes: methods that the load loop calls. The SDK does buffering, cuts and STATE.
 *
 * Order of calls: `open` once for each stream (at its first SCHEMA), `alter` when a later SCHEMA differs, `write` with rows in the
 * order they arrived, `keepRejects` with rejected rows, `activate` after a stream's rows, `commit` when everything so far, over all
 * streams, must become durable at once. After any throw the SDK calls `rollback` and then only dispose. After `rollback` nothing
 * since the last `commit` may remain.
 */
import type {
  Check,
  CheckFound,
  CostPart,
  CutoverAnswer,
  CutoverQuestion,
  JsonSchema,
  LastState,
  Opening,
  Query,
  Row,
  ScratchAnswer,
  ScratchQuestion,
  Static,
  TableChange,
  TaplineError,
  TObject,
  Tolerated,
} from "@tapline/protocol";
import type { SettingAliases } from "../config/define.ts";
import type { DigestSource } from "../digest.ts";
import type { CellChunk, RowChunk } from "./cells/chunk.ts";
import type { FileMetadata, RowFile } from "./files/row-file.ts";
import type { KeptRejects, Reject } from "./kept-rejects.ts";
import type { RowReader } from "./query.ts";
import type { RowRange } from "./range-settings.ts";

export type { Reject } from "./kept-rejects.ts";

/** `overwrite`: there is one commit, at the end of a whole input; the table then holds the stream's rows and no others. */
export type LoadMethod = "append-only" | "upsert" | "overwrite";

/**
 * A stream as a target sees it. Its schema has no `$ref`, only well-formed keywords (see `resolveSchema`), and the `_sdc_` metadata
 * columns unless `add_record_metadata` is off.
 */
export interface TargetStream {
  name: string;
  schema: JsonSchema;
  keys: readonly string[];
  loadMethod: LoadMethod;
  /**
   * Rejects a row of an earlier `write` because of an error about that row alone (recovery `skip`); `record` is the row as JSON
   * text, by the names of properties. Undefined where the user chose to fail.
   * @throws too_many_rejects
   */
  reject?: (error: TaplineError, record: string) => void;
  /** Call it for each change of the stream's table or names. It is reported after the commit that makes it durable. */
  changed?: (change: TableChange) => void;
  /**
   * Call it for values or rows of this stream that could not be stored as they were sent, in parts of any size: the sums are reported
   * in the stream's summary. Only what is in a commit counts.
   */
  tolerated?: (tolerated: Tolerated) => void;
}

/** Rows of one stream in the order they arrived; they are decoded when `rows` is called. The target may keep and change them. */
export interface RowBatch {
  readonly stream: string;
  readonly count: number;
  /** Bytes of the lines that hold these rows. */
  readonly byteLength: number;
  /** Chunks of about a thousand validated rows, or of about 1 MiB where rows are wide; the last one may be smaller. Rows that were rejected before are left out. */
  rows(): Iterable<RowChunk>;
  /**
   * The same rows, in the same order, as cells where that is possible: they cost a fraction of what objects cost. Undefined where there are
   * only objects. Take the whole of a chunk before asking for the next one.
   */
  chunks?(): Iterable<RowChunk | CellChunk>;
  /** Set where the writer took the rows as a file (`takesFile`): then they are nowhere else. */
  readonly file?: WrittenRows;
  /** The user chose `on_error: reject`. */
  readonly mayReject: boolean;
  /**
   * Rejects a row because of an error about that row alone (recovery `skip`). The same row again counts once.
   * @throws that error where the user chose to fail
   */
  reject(row: Row, error: TaplineError): void;
  /** Rows rejected so far; `count` minus these were loaded. */
  readonly rejected: number;
  /**
   * Call it in `write` where rows are read after `write` has ended; until what it returns was called, they can be. Undefined where they can
   * be read at any time.
   * @example const release = batch.hold?.();
   */
  hold?(): () => void;
}

/** What a commit did to one stream. `inserted + updated + superseded + deleteRecords` is what was written and not rejected since the last commit. */
export interface StreamCounts {
  inserted: number;
  updated: number;
  /** Rows that a later row with the same key replaced before they were durable. */
  superseded: number;
  /**
   * Rows that were marked deleted, removed, or given a tombstone: those of older versions, of replaced sources, and of keys that records
   * with `_sdc_deleted_at` name. Not rows that were received.
   */
  deleted?: number;
  /** Records with `_sdc_deleted_at` that were the last of their key, whether or not there was a row to delete. */
  deleteRecords?: number;
}

/** What a commit made durable. */
export interface Committed {
  /** For each stream that had rows. */
  counts: ReadonlyMap<string, StreamCounts>;
  /** The target's ledger now names this run and the STATE of this commit. */
  recorded: boolean;
}

/** Rows of a stream that are older than `version` are gone from the source. */
export interface Activation {
  version: number;
  /** When the message arrived, RFC 3339. */
  at: string;
  /** The _sdc_sync_started_at of this run's rows, and a _sdc_sequence after all of them. */
  syncStartedAt: number;
  sequence: number;
  /** Remove rows instead of marking them. */
  hardDelete: boolean;
}

export type WrittenRows<F extends RowFile = RowFile> = F & {
  /** The `_sdc_` columns of its rows, of which the first call decides the sequence: call it when rows of a batch would be read. Undefined where rows get none. */
  readonly metadata: (() => FileMetadata) | undefined;
};

export interface Writer {
  write(batch: RowBatch): Promise<void>;
  /**
   * Whether the next `write` can be of this file as a whole, which a database reads itself. It must read each row exactly as from records, and accept
   * all. The file stays until the commit. Where it is missing or false, the rows are written as records.
   */
  takesFile?(file: RowFile): Promise<boolean>;
  alter(next: TargetStream): Promise<void>;
  /** Where it is missing, `on_error: reject` is refused. */
  keepRejects?(rejects: readonly Reject[]): Promise<void>;
  /** Where it is missing, ACTIVATE_VERSION is ignored with a warning. */
  activate?(activation: Activation): Promise<void>;
  /**
   * Deletes the stream's rows whose `column` is `value`, also those written since the last commit, and counts them as `deleted`. Rows
   * written after the call stay. `column` is a property of the schema. Where it is missing, REPLACE_SOURCE is an error.
   */
  replaceSource?(column: string, value: string): Promise<void>;
  /**
   * Deletes the stream's rows of the range, and counts them as `deleted`. Called before the first `write`, in runs that commit once.
   * `column` is a property of the schema. Where it is missing, the setting `replace_range` is an error.
   */
  replaceRange?(range: RowRange): Promise<void>;
}

/** Whether appends survive any kill without a loss or a double, and if not, why. */
export type Guarantee = { exactly_once: true } | { exactly_once: false; reason: string };

export interface Sink extends AsyncDisposable {
  /** The rejected rows of earlier loads. Where it is missing, they can't be listed or replayed. */
  readonly rejects?: KeptRejects | undefined;
  /** Undefined where no state id was given. */
  readonly guarantee?: Guarantee | undefined;
  open(stream: TargetStream): Promise<Writer>;
  /** The schema that a stream's records are checked against, where the target takes more than the SCHEMA allows. Default: the SCHEMA's. */
  checkedSchema?(schema: JsonSchema, stream: TargetStream): JsonSchema;
  /** Called before each commit. When it resolves, every row handed over is written or rejected. */
  settle?(): Promise<void>;
  /**
   * Durable when it resolves.
   * @param state JSON text of the STATE this commit reaches; undefined where it reaches none (rows after the last STATE)
   */
  commit(state?: string): Promise<Committed>;
  rollback(): Promise<void>;
  /**
   * For targets with the capability `commit-checks`: what each check finds in the tables as the next commit would leave them. Called after
   * `settle` and `activate`, before `commit`. It must not be able to change anything, as `query`.
   */
  check?(checks: readonly Check[]): AsyncIterable<CheckFound>;
  /** Where the stream's rows go. Works at any time, also after the sink was disposed. */
  destination(stream: string): StreamDestination;
  /**
   * Called at the end of a whole input, before its last commit. @returns what is odd about the settings now that all streams are known, as
   * sentences for the log. @throws where a setting is wrong: then nothing since the commit before is kept
   */
  review?(): readonly string[];
  /** What the load cost so far, where the database is paid by use. Works at any time before it is disposed. */
  spent?(): readonly CostPart[] | undefined;
  /** Rows of the stream's table; called once, after the last commit of a whole input. */
  countRows(stream: string): Promise<number>;
}

/** Where a stream's rows went. */
export interface StreamDestination {
  /** The table or file, as a person would name it. */
  table: string;
  /** The database of the table, as a person would name it, without secrets. */
  database?: string | undefined;
  /** The table or file of the rejected rows. */
  rejects?: string | undefined;
}

/** The setting that names what only one process can write at a time, for example a database file. The runner never lets two steps write it at once. */
export interface SingleWriter {
  setting: string;
}

export type OpenPurpose = "load" | "rejects";

export interface Target<C extends TObject = TObject> {
  name: string;
  version: string;
  description: string;
  config: C;
  aliases?: SettingAliases;
  singleWriter?: SingleWriter;
  /** Addresses that people may give to `tapline load`, such as URLs of databases. */
  opens?: readonly Opening[];
  /** Beyond those of every target: activate-version, hard-delete, partial-records, rejects. */
  capabilities?: readonly string[];
  /** Default: upsert and append-only. */
  loadMethods?: readonly LoadMethod[];
  /** `purpose` is `rejects` where kept rejected rows are read or replayed: then no row replaces one with a larger `_sdc_sequence`. */
  open(config: Static<C>, purpose?: OpenPurpose): Promise<Sink>;
  /** For targets with a ledger: reads it, and takes it over for the config's `run_id` where there is one. */
  lastState?(config: Static<C>, stateId: string): Promise<LastState>;
  /**
   * For targets that test themselves (`--test`): whether a load with this config could begin. It leaves nothing behind.
   * @returns a sentence for each check that passed. @throws the error that a load would meet
   */
  test?(config: Static<C>): Promise<readonly string[]>;
  /**
   * For targets that show rows (`--query`). It must not be able to change anything, whatever SQL the query has, nor create what is
   * missing. `signal` cancels it: then a call that waits rejects.
   */
  query?(config: Static<C>, query: Query, signal: AbortSignal): Promise<RowReader>;
  /** For targets that check their tables (`--check`): what each check found, one after another. It must not be able to change anything, as `query`. */
  check?(config: Static<C>, checks: readonly Check[], signal: AbortSignal): AsyncIterable<CheckFound>;
  /** For targets whose tables can be compared with those of other databases (`--digest`, `--rows`). `signal` cancels its statements. */
  digest?(config: Static<C>, signal: AbortSignal): Promise<DigestSource>;
  /**
   * For targets that rename schemas (`--cutover`): all of the question's renames or none, durable when it resolves. Called again after it was
   * killed at any moment, it tells by the names that are there which of the two it is. @throws where nothing was changed
   */
  cutover?(config: Static<C>, question: CutoverQuestion, signal: AbortSignal): Promise<CutoverAnswer>;
  /** For targets that make databases for a trial beside their own (`--scratch`), and drop them. None but those that it made may be dropped. */
  scratch?(config: Static<C>, question: ScratchQuestion): Promise<ScratchAnswer>;
}

/**
 * Identity at run time; at compile time the config that `open` gets is typed from the schema.
 * @example export default defineTarget({
 *   name: "target-count",
 *   version: "1.0.0",
 *   description: "Counts rows.",
 *   config: Type.Object({ path: Type.String() }),
 *   open: async ({ path }) => openSink(path),
 * });
 */
export function defineTarget<C extends TObject>(target: Target<C>): Target<C> {
  return target;
}
