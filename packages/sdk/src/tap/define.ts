/** What the author of a tap writes for a stream: its schema and how it is read, and the signals that may stand between rows. */
import type {
  BatchEncoding,
  BatchFileFacts,
  Json,
  JsonSchema,
  MetadataEntry,
  Position,
  ReplicationMethod,
  Row,
  StreamState,
  TargetFacts,
} from "@tapline/protocol";

/** A point in the stream from which a later run can continue; it becomes the stream's bookmark in a STATE message. */
export class Checkpoint {
  readonly value: StreamState;
  constructor(value: StreamState) {
    this.value = value;
  }
}

/**
 * Yield it from `read` when a later run can continue from `value` without losing rows.
 * @example yield { id: 7 };
 * yield checkpoint({ last_id: 7 });
 */
export function checkpoint(value: StreamState): Checkpoint {
  return new Checkpoint(value);
}

/**
 * Whole RECORD lines that the tap encoded itself (each ends with "\n"), for taps that turn bytes into bytes without rows.
 * `bytes` is written or copied before the generator is resumed, so the tap may use its buffer again.
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

/** From here on the stream has another schema. */
export class SchemaChange {
  readonly schema: JsonSchema;
  constructor(schema: JsonSchema) {
    this.schema = schema;
  }
}

/**
 * Yield it when the source has other columns or types than the schema. A new SCHEMA line is sent, with the same selection; a column
 * that the catalog lacks is selected. No line is sent when nothing that is selected changed. When `read` continues, the context's
 * `columns` and `schema` are the new ones: a tap that yields `Lines` must use them from then on.
 * @example yield schemaChange({ type: "object", properties: { id: { type: "integer" }, name: { type: "string" } } });
 */
export function schemaChange(schema: JsonSchema): SchemaChange {
  return new SchemaChange(schema);
}

/** Rows after this carry a version, or none any more. */
export class RowVersion {
  readonly version: number | undefined;
  constructor(version: number | undefined) {
    this.version = version;
  }
}

/**
 * Yield it before the rows of a full read of the source. For `Lines`, the context's `tail` contains the version from then on.
 * @example yield rowVersion(Date.now());
 */
export function rowVersion(version: number | undefined): RowVersion {
  return new RowVersion(version);
}

/** All rows of this version were sent: rows of older ones are gone from the source. */
export class Activate {
  readonly version: number;
  constructor(version: number) {
    this.version = version;
  }
}

/**
 * Yield it after the last row of a version: it becomes ACTIVATE_VERSION, and targets remove or mark older rows.
 * @example yield rowVersion(2);
 * yield* rows;
 * yield activate(2);
 */
export function activate(version: number): Activate {
  return new Activate(version);
}

/** The rows that were loaded from one source are replaced by those that follow, up to the next checkpoint. */
export class ReplaceSource {
  readonly column: string;
  readonly value: string;
  constructor(column: string, value: string) {
    this.column = column;
    this.value = value;
  }
}

/**
 * Yield it before the rows of a source, such as a file, that was loaded before and has changed. It becomes REPLACE_SOURCE: the target
 * deletes the rows whose `column` has this `value` in the commit that holds the rows after it, up to the next checkpoint. So yield no checkpoint
 * before the source's last row, and only where `context.target` lists the capability `replace-source`, or is not known.
 * @example yield replaceSource("_sdc_source_file", "a.csv");
 * yield* rows;
 * yield checkpoint({ files: ["a.csv"] });
 */
export function replaceSource(column: string, value: string): ReplaceSource {
  return new ReplaceSource(column, value);
}

/** Of files that taps hand over: canonical CSV, or PostgreSQL's binary COPY. */
export type FileFormat = "csv" | "pgcopy";

/** Where a tap may put files with rows, which the target then reads, in place of records. */
export interface FileOutput {
  readonly format: FileFormat;
  /** A folder of this run. It exists. */
  readonly folder: string;
  /** So many rows a file. Default: the tap decides. */
  readonly rowsPerFile?: number | undefined;
}

/** A file that is whole. `bytes`: its size. */
export interface WrittenFile extends BatchFileFacts {
  path: string;
  rows: number;
  bytes: number;
}

/** Files with rows of the stream. */
export class RowFiles {
  readonly encoding: BatchEncoding;
  readonly files: readonly WrittenFile[];
  constructor(encoding: BatchEncoding, files: readonly WrittenFile[]) {
    this.encoding = encoding;
    this.files = files;
  }
}

/**
 * Yield it for rows that are in files of `context.files.folder`: it becomes a BATCH message. Yield it only where `context.files` is there, and a
 * checkpoint soon after it, because the files are deleted after the commit. A file must not change any more.
 * @example yield rowFiles({ format: "csv", columns: ["id", "name"] }, [{ path, rows: 1000, bytes: 20_480 }]);
 * yield checkpoint({ line: 1000 });
 */
export function rowFiles(encoding: BatchEncoding, files: readonly WrittenFile[]): RowFiles {
  return new RowFiles(encoding, files);
}

/** Names of columns that the type has; any text where it names none. */
type ColumnName<R> = [NamedKey<R>] extends [never] ? string : NamedKey<R>;
type NamedKey<R> = keyof { [K in keyof R as string extends K ? never : K]: R[K] } & string;

/** A row of which the tap does not know all values: those of `unchanged` are as they were. */
export class PartialRow<P extends Row = Row, U extends string = string> {
  readonly row: P;
  readonly unchanged: readonly U[];
  constructor(row: P, unchanged: readonly U[]) {
    this.row = row;
    this.unchanged = unchanged;
  }
}

/**
 * Yield it for a row that the source sends without the values of some columns, as a log of changes does with large ones that did not
 * change: the target keeps what its row of the key has there. `unchanged` names columns that are no keys and not in `row`. Yield it only
 * where `takesPartialRows(context.target)` is not false; elsewhere read the row again.
 * @example yield partialRow({ id: 7, title: "new" }, ["body"]);
 */
export function partialRow<P extends Row, const U extends string>(row: P, unchanged: readonly U[]): PartialRow<P, U> {
  return new PartialRow(row, unchanged);
}

/** What `read` may yield beside rows. */
export type Signal = Lines | RowFiles | Checkpoint | SchemaChange | RowVersion | Activate | ReplaceSource;

/** What `read` may yield: a row, several rows, encoded lines, a checkpoint, … A row is a batch of one. */
export type Chunk<R extends Row = Row> = R | readonly R[] | PartialRow<Partial<R>, ColumnName<R>> | Signal;

/**
 * Writes a message for the person who runs the tap to stderr. `debug` is for details: a terminal shows them only under `--verbose`, a log
 * file has them. A warning with a `stream` is also in the summary of that stream.
 */
export type Log = (level: "debug" | "info" | "warning", message: string, stream?: string) => void;

/** What a person needs to find rejected rows. */
export interface RejectDetails {
  /** Of the first row: its place in the source. */
  position?: Position;
  /** Why the first row was rejected. */
  reason?: string;
  /** Where the tap keeps the rows, such as the path of a file. */
  keptIn?: string;
}

export interface ReadContext {
  /** The stream's bookmark from the last run, {} at the first. */
  readonly state: StreamState;
  /**
   * FULL_TABLE, LOG_BASED (in a group that reads a log of changes), or INCREMENTAL: then only rows whose `replicationKey` is at or past `startValue` are wanted, or (without a
   * replication key) what is new by the tap's own checkpoints in `state`.
   */
  readonly replicationMethod: ReplicationMethod;
  readonly replicationKey: string | undefined;
  readonly startValue: Json;
  /**
   * The selected columns in schema order, and the schema of only those (from the catalog where one was given). Both match the last
   * SCHEMA line: a `schemaChange` changes them.
   */
  readonly columns: readonly string[];
  readonly schema: JsonSchema;
  /** The columns that identify a row, as in the SCHEMA line: those of the catalog. */
  readonly keyProperties: readonly string[];
  /** The catalog's metadata of the stream and its columns; without a catalog, that of discovery. Read it with `metadataAt`. */
  readonly metadata: readonly MetadataEntry[];
  /** The target, in a run by tapline; undefined in a shell pipe, where the tap can't know it. */
  readonly target: TargetFacts | undefined;
  /** Set where the target takes files in place of records; see `rowFiles`. Only for taps that say `files` in their definition. */
  readonly files: FileOutput | undefined;
  /** For taps that yield `Lines`, the bytes around a record's object: head + `{…}` + tail() is one whole line. */
  readonly head: Uint8Array;
  readonly tail: () => Uint8Array;
  /** Aborted when the run stops: return soon. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Call it with the number of rows that were not sent, by a policy the user chose. The stream's summary and a warning report them. */
  readonly rejected: (count: number, details?: RejectDetails) => void;
  /** Call it with the number of rows that are not data, such as a repeated header, and were not sent. The stream's summary reports them. */
  readonly skipped: (count: number) => void;
  /**
   * Call it as often as you like with how many of the stream's `totalBytes` are read. A run then shows the share that is done and the
   * time that is left.
   */
  readonly progress: (doneBytes: number) => void;
  /**
   * Whether 4 MiB were sent since the last STATE, or more where the state is long. Ask between two rows, and yield a checkpoint when it is
   * true: more often costs speed, less often means that more is read again after a kill.
   */
  readonly isStateDue: () => boolean;
}

export interface Stream<R extends Row = Row> {
  name: string;
  schema: JsonSchema;
  /** Columns that identify a row (key_properties). */
  keys?: readonly string[];
  /** The column whose value only grows; with it a stream can be read INCREMENTAL. */
  replicationKey?: string;
  /**
   * Default: INCREMENTAL where there is a replication key, else FULL_TABLE. INCREMENTAL without a replication key: the tap continues
   * from the stream's checkpoints, and a catalog may choose FULL_TABLE instead.
   */
  replicationMethod?: ReplicationMethod;
  /** Rows are in the order of the replication key, so a bookmark in mid-stream is safe. */
  sorted?: boolean;
  /** The value from which rows are wanted, by the bookmark (null: there is none), such as a day before it. Default: the bookmark. */
  startFrom?(bookmark: Json): Json;
  /** More metadata for the catalog, for example how a file is read. */
  metadata?: readonly MetadataEntry[];
  /** How many bytes there are to read at most; undefined where that is not known. Asked only in a run, while it reads. */
  totalBytes?(): Promise<number | undefined>;
  read(context: ReadContext): AsyncIterable<Chunk<R>> | Iterable<Chunk<R>>;
}
