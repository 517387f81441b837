/**
 * Turns the chunks of one stream into Singer lines: it filters and encodes rows, collects them until they are worth a write, and
 * adds SCHEMA, STATE and ACTIVATE_VERSION lines. It reads nothing itself, so a driver may feed several writers in turns.
 */
import { pathToFileURL } from "node:url";
import {
  type BatchMessage,
  type CatalogStream,
  encodeMessage,
  type Json,
  type Row,
  type StreamState,
  type TargetFacts,
} from "@tapline/protocol";
import { bookmarkFor, compareValues, laterOf } from "./bookmark.ts";
import { type KnownColumns, knownColumns, warnOfNewColumns } from "./column-warnings.ts";
import {
  Activate,
  Checkpoint,
  type Chunk,
  Lines,
  type Log,
  PartialRow,
  type ReadContext,
  type RejectDetails,
  ReplaceSource,
  RowFiles,
  RowVersion,
  SchemaChange,
  type Stream,
} from "./define.ts";
import { LineBuffer } from "./line-buffer.ts";
import { unchangedNames } from "./partial-row.ts";
import { StreamContext } from "./stream-context.ts";
import type { TapState } from "./tap-state.ts";

export interface StreamWriterOptions {
  /** Shared by all streams of the tap. */
  state: TapState;
  signal: AbortSignal;
  log: Log;
  target?: TargetFacts | undefined;
  files?: ReadContext["files"];
  /** Called with rows that went in files. */
  onFiles?: ((stream: string, rows: number) => void) | undefined;
  /** The stream is read together with others: STATEs are of all of them, and the writer sends none. */
  isInGroup?: boolean;
  /** Pieces are used before the next chunk is taken. Without it, bytes of the tap's own buffer are copied. */
  usesPiecesAtOnce?: boolean | undefined;
  /** Called with what was encoded since the last call. */
  onCount?: ((stream: string, rows: number, bytes: number) => void) | undefined;
  /** Called with rows that the tap did not send, by a policy the user chose. */
  onReject?: ((stream: string, rows: number, details?: RejectDetails) => void) | undefined;
  /** Called with how many bytes of a stream are read. */
  onProgress?: ((stream: string, doneBytes: number) => void) | undefined;
  /** Called with rows of the source that are not data. */
  onSkip?: ((stream: string, rows: number) => void) | undefined;
}

/** Pieces of whole Singer lines. With `usesPiecesAtOnce`: use them before the producer is resumed, which may use its buffer again. */
export type Pieces = readonly Uint8Array[];

/** Rows of a sorted incremental stream between two STATE messages. */
const stateEveryRows = 10_000;

const none: Pieces = [];

export class StreamWriter {
  /** What the stream's `read` receives. */
  readonly context: ReadContext;
  readonly #context: StreamContext;
  readonly #stream: Stream;
  readonly #entry: CatalogStream;
  readonly #options: StreamWriterOptions;
  readonly #lines: LineBuffer;
  readonly #columns: KnownColumns;
  /** The column that rows are filtered by; undefined when all rows are sent. */
  readonly #key: string | undefined;
  /** The largest value of that column so far. */
  #maximum: Json;
  #rowsSinceState = 0;
  #hasSentRows = false;
  #endsWithCheckpoint = false;
  #encode: (row: Row, unchanged?: readonly string[]) => void;

  /** @throws replication_key_missing */
  constructor(stream: Stream, entry: CatalogStream, options: StreamWriterOptions) {
    const { state, signal, target, onReject, onSkip, onProgress } = options;
    const log: Log = (level, message) => options.log(level, message, stream.name);
    const rejected: ReadContext["rejected"] = (count, details) => onReject?.(stream.name, count, details);
    const skipped = (count: number): void => onSkip?.(stream.name, count);
    const progress = (doneBytes: number): void => onProgress?.(stream.name, doneBytes);
    this.#stream = stream;
    this.#entry = entry;
    this.#options = options;
    this.#lines = new LineBuffer(entry.stream);
    const bookmark = state.bookmarkOf(stream.name);
    const isStateDue = (): boolean => state.isDue;
    this.#context = new StreamContext(stream, entry, {
      bookmark,
      signal,
      lines: this.#lines,
      log,
      rejected,
      skipped,
      progress,
      isStateDue,
      target,
      files: options.files,
    });
    this.context = this.#context;
    this.#columns = knownColumns(stream, log);
    this.#key = this.#context.incrementalKey;
    this.#maximum = this.#context.bookmarkValue;
    this.#encode = this.#lines.encoder(this.#context.columns);
  }

  /** Rows are waiting in the buffer. */
  get holdsRows(): boolean {
    return this.#lines.count > 0;
  }

  /** Call it first: the SCHEMA line. */
  start(): Pieces {
    // A group has what the log has, and says so by another SCHEMA.
    if (this.#options.isInGroup !== true) warnOfNewColumns(this.#stream, this.#entry, this.#options.log);
    return [this.#context.schemaLine()];
  }

  /**
   * What is to be written now; rows may stay in the buffer. What is no row pushes them out, so the order is that of the chunks.
   * @throws value_unencodable, partial_row_invalid, partial_rows_unsupported
   */
  take(chunk: Chunk): Pieces {
    this.#endsWithCheckpoint = chunk instanceof Checkpoint;
    if (chunk instanceof Checkpoint) return [...this.flush(), this.#bookmark(chunk.value)];
    if (chunk instanceof Lines) return [...this.flush(), ...this.#takeLines(chunk)];
    if (chunk instanceof RowFiles) return [...this.flush(), this.#takeFiles(chunk)];
    if (chunk instanceof SchemaChange) return [...this.flush(), ...this.#changeSchema(chunk)];
    if (chunk instanceof Activate) return [...this.flush(), this.#activateLine(chunk.version)];
    if (chunk instanceof ReplaceSource) return [...this.flush(), this.#replaceLine(chunk)];
    if (chunk instanceof RowVersion) {
      const pieces = this.flush();
      this.#lines.version = chunk.version;
      return pieces;
    }
    if (chunk instanceof PartialRow) return this.#takePartial(chunk);
    return this.#takeRows(Array.isArray(chunk) ? (chunk as Row[]) : [chunk as Row]);
  }

  /** The rows in the buffer. */
  flush(): Pieces {
    if (this.#lines.count === 0) return none;
    const count = this.#lines.count;
    const bytes = this.#lines.take();
    this.#count(count, bytes.byteLength);
    return [bytes];
  }

  /** Call it last. The stream was read to its end unless the signal is aborted: then there is no STATE for it. */
  end(): Pieces {
    const { state, signal } = this.#options;
    if (signal.aborted) return this.flush();
    // With a replication key, a checkpoint after the last row is the bookmark.
    if (this.#key !== undefined && this.#endsWithCheckpoint) return none;
    // A stream that yielded checkpoints keeps the last one.
    const last = this.#key === undefined ? state.bookmarkOf(this.#stream.name) : bookmarkFor(this.#key, this.#maximum);
    return [...this.flush(), this.#bookmark(last)];
  }

  #takeRows(rows: readonly Row[]): Pieces {
    for (const row of rows) {
      if (!this.#isWanted(row)) continue;
      this.#columns.check(row);
      this.#encode(row);
      this.#rowsSinceState++;
    }
    return this.#written();
  }

  #takePartial(partial: PartialRow): Pieces {
    const { row } = partial;
    if (!this.#isWanted(row)) return none;
    this.#columns.check(row);
    const { name, schema } = this.#stream;
    const properties = { ...schema.properties, ...this.#context.schema.properties };
    this.#encode(row, unchangedNames(partial, { name, properties }, this.#context));
    this.#rowsSinceState++;
    return this.#written();
  }

  #written(): Pieces {
    if (this.#isStateDue) return [...this.flush(), ...this.#stateWhenDue()];
    return this.#lines.isFull ? this.flush() : none;
  }

  #takeLines({ bytes, count, maximum }: Lines): Pieces {
    this.#maximum = laterOf(this.#maximum, maximum);
    this.#rowsSinceState += count;
    this.#count(count, bytes.byteLength);
    return [this.#options.usesPiecesAtOnce ? bytes : new Uint8Array(bytes), ...this.#stateWhenDue()];
  }

  #takeFiles({ encoding, files }: RowFiles): Uint8Array {
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    this.#rowsSinceState += rows;
    this.#count(
      rows,
      files.reduce((sum, file) => sum + file.bytes, 0),
    );
    this.#options.onFiles?.(this.#stream.name, rows);
    const { version } = this.#lines;
    const message: BatchMessage = {
      type: "BATCH",
      stream: this.#entry.stream,
      encoding,
      manifest: files.map(({ path }) => pathToFileURL(path).href),
      files: files.map(({ path: _, bytes: __, ...facts }) => facts),
      time_extracted: new Date().toISOString(),
      ...(version !== undefined && { version }),
    };
    return Buffer.from(encodeMessage(message));
  }

  #count(rows: number, bytes: number): void {
    this.#hasSentRows = true;
    this.#options.state.sent(bytes);
    this.#options.onCount?.(this.#stream.name, rows, bytes);
  }

  #isWanted(row: Row): boolean {
    if (this.#key === undefined) return true;
    const value = row[this.#key];
    if (value !== null && value !== undefined && compareValues(value, this.#context.startValue) < 0) return false;
    this.#maximum = laterOf(this.#maximum, value);
    return true;
  }

  #changeSchema({ schema }: SchemaChange): Pieces {
    const line = this.#context.change(schema);
    this.#encode = this.#lines.encoder(this.#context.columns);
    this.#columns.add(schema);
    return line === undefined ? none : [line];
  }

  get #isStateDue(): boolean {
    if (this.#key === undefined || this.#stream.sorted !== true || this.#options.isInGroup === true) return false;
    return this.#rowsSinceState >= stateEveryRows || this.#options.state.isDue;
  }

  #stateWhenDue(): Pieces {
    return this.#isStateDue ? [this.#bookmark(bookmarkFor(this.#key as string, this.#maximum))] : none;
  }

  #bookmark(value: StreamState): Uint8Array {
    this.#rowsSinceState = 0;
    return this.#options.state.advance(this.#stream.name, value);
  }

  #replaceLine({ column, value }: ReplaceSource): Uint8Array {
    return Buffer.from(encodeMessage({ type: "REPLACE_SOURCE", stream: this.#entry.stream, column, value }));
  }

  #activateLine(version: number): Uint8Array {
    const afterRows = this.#options.isInGroup === true && !this.#hasSentRows;
    return Buffer.from(
      encodeMessage({ type: "ACTIVATE_VERSION", stream: this.#entry.stream, version, ...(afterRows && { after_rows: true }) }),
    );
  }
}
