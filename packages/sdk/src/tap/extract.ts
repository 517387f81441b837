/**
 * The path of a tap: streams -> selection -> read -> encode -> bytes. A generator of pieces of the Singer stream, so that
 * back-pressure, stopping and clean-up are the language's own. It does no I/O; `bin/tap-main` writes what it yields.
 */

import type { Static, TObject } from "@tapline/protocol";
import {
  bookmarkOf,
  type CatalogStream,
  encodeMessage,
  type Json,
  type JsonSchema,
  type Row,
  readCatalog,
  type State,
  type StreamState,
  withBookmark,
} from "@tapline/protocol";
import { errors } from "../errors.ts";
import { bookmarkFor, compareValues, laterOf } from "./bookmark.ts";
import { Activate, Checkpoint, type Chunk, Lines, type Log, RowVersion, SchemaChange, type Stream, type Tap } from "./define.ts";
import { catalogEntry } from "./discover.ts";
import { LineBuffer } from "./line-buffer.ts";
import { isStreamSelected } from "./select.ts";
import { StreamContext } from "./stream-context.ts";

export interface ExtractOptions {
  catalog?: unknown;
  state?: State | undefined;
  signal?: AbortSignal;
  /** Called with what was encoded since the last call. */
  onCount?: (stream: string, rows: number, bytes: number) => void;
  /** Called with rows that the tap did not send, by a policy the user chose. */
  onReject?: (stream: string, rows: number) => void;
  log?: Log;
  /** Called once for every selected stream, before its first and after its last row. */
  onStream?: (event: "start" | "end", stream: string) => void;
}

/** Rows of a sorted incremental stream between two STATE messages. */
const stateEveryRows = 10_000;

/** Yields bytes of whole Singer lines; each piece must be used before the next is asked for. */
export async function* extract<C extends TObject>(
  tap: Tap<C>,
  config: Static<C>,
  options: ExtractOptions = {},
): AsyncGenerator<Uint8Array> {
  const signal = options.signal ?? new AbortController().signal;
  let state: State = options.state ?? {};
  for (const [stream, entry] of await select(tap, config, options)) {
    if (signal.aborted) return;
    options.onStream?.("start", stream.name);
    state = yield* extractStream(stream, entry, state, signal, options);
    if (signal.aborted) return;
    options.onStream?.("end", stream.name);
  }
}

/** The streams to read, each with its catalog entry. @throws catalog_invalid, stream_not_offered and what discovery throws */
async function select<C extends TObject>(
  tap: Tap<C>,
  config: Static<C>,
  { catalog, log }: ExtractOptions,
): Promise<[Stream, CatalogStream][]> {
  if (catalog === undefined) return (await tap.streams(config, undefined, log)).map((stream) => [stream, catalogEntry(stream)]);
  const entries = readCatalog(catalog).streams.filter(isStreamSelected);
  const streams = await tap.streams(config, new Set(entries.map((entry) => entry.tap_stream_id)), log);
  return entries.map((entry) => {
    const stream = streams.find((s) => s.name === entry.tap_stream_id);
    if (stream === undefined) throw errors.stream_not_offered({ stream: entry.tap_stream_id, offered: streams.map((s) => s.name) });
    return [stream, entry];
  });
}

async function* extractStream(
  stream: Stream,
  entry: CatalogStream,
  before: State,
  signal: AbortSignal,
  options: ExtractOptions,
): AsyncGenerator<Uint8Array, State> {
  const lines = new LineBuffer(entry.stream);
  const log = options.log ?? (() => {});
  const rejected = (count: number): void => options.onReject?.(stream.name, count);
  const context = new StreamContext(stream, entry, { state: before, signal, lines, log, rejected });
  const key = context.incrementalKey;
  let state = before;
  let maximum = context.startValue;
  let sinceState = 0;
  const told = (rows: number, bytes: number): void => options.onCount?.(stream.name, rows, bytes);
  const bookmark = (value: StreamState): Uint8Array => {
    state = withBookmark(state, stream.name, value);
    sinceState = 0;
    return Buffer.from(encodeMessage({ type: "STATE", value: state as Json }));
  };
  const wanted = (row: Row): boolean => {
    if (key === undefined) return true;
    const value = row[key];
    if (value !== null && value !== undefined && compareValues(value, context.startValue) < 0) return false;
    maximum = laterOf(maximum, value);
    return true;
  };

  yield context.schemaLine();
  let encode = lines.encoder(context.columns);
  warnOfNewColumns(stream, entry, log);
  const columns = knownColumns(stream, log);
  for await (const chunk of promptly(stream.read(context), () => lines.count > 0)) {
    if (signal.aborted) break;
    const rows = rowsIn(chunk);
    for (const row of rows ?? []) {
      if (!wanted(row)) continue;
      columns.notice(row);
      encode(row);
      sinceState++;
    }
    const isDue = stream.sorted === true && key !== undefined && sinceState >= stateEveryRows;
    if (lines.count > 0 && (rows === undefined || lines.isFull || isDue)) {
      told(lines.count, lines.byteLength);
      yield lines.take();
    }
    if (chunk instanceof Lines) {
      maximum = laterOf(maximum, chunk.maximum);
      sinceState += chunk.count;
      told(chunk.count, chunk.bytes.byteLength);
      yield chunk.bytes;
    } else if (chunk instanceof SchemaChange) {
      const line = context.change(chunk.schema);
      if (line !== undefined) yield line;
      encode = lines.encoder(context.columns);
      columns.add(chunk.schema);
    } else if (chunk instanceof RowVersion) lines.version = chunk.version;
    else if (chunk instanceof Activate) yield activateLine(entry.stream, chunk.version);
    else if (chunk instanceof Checkpoint) yield bookmark(chunk.value);
    if (key !== undefined && stream.sorted === true && sinceState >= stateEveryRows) yield bookmark(bookmarkFor(key, maximum));
  }
  if (lines.count > 0) {
    told(lines.count, lines.byteLength);
    yield lines.take();
  }
  if (signal.aborted) return state;
  // A stream that made checkpoints of its own keeps the last one; else there is nothing to remember.
  yield bookmark(key === undefined ? bookmarkOf(state, stream.name) : bookmarkFor(key, maximum));
  return state;
}

/** undefined for what is no row: then rows that are held back go first, so that everything arrives in the order it was yielded. */
function rowsIn(chunk: Chunk | typeof waiting): readonly Row[] | undefined {
  if (chunk === waiting || signals.some((signal) => chunk instanceof signal)) return undefined;
  return Array.isArray(chunk) ? (chunk as Row[]) : [chunk as Row];
}

const signals = [Lines, Checkpoint, SchemaChange, RowVersion, Activate];

function activateLine(stream: string, version: number): Uint8Array {
  return Buffer.from(encodeMessage({ type: "ACTIVATE_VERSION", stream, version }));
}

/** A row's column that the schema lacks can't be sent: say so once, for nobody would miss it otherwise. */
/** A catalog is made once and used for long: what the source has got since then would be left out in silence. */
function warnOfNewColumns(stream: Stream, entry: CatalogStream, log: Log): void {
  const known = entry.schema.properties ?? {};
  const added = Object.keys(stream.schema.properties ?? {}).filter((name) => !Object.hasOwn(known, name));
  if (added.length === 0) return;
  const columns = added.map((name) => JSON.stringify(name)).join(", ");
  log(
    "warning",
    `stream ${JSON.stringify(stream.name)} has columns that its catalog lacks, so they are not sent: ${columns}; discover it anew`,
  );
}

function knownColumns(stream: Stream, log: Log): { notice(row: Row): void; add(schema: JsonSchema): void } {
  const known = new Set(Object.keys(stream.schema.properties ?? {}));
  return {
    notice(row) {
      for (const name in row) {
        if (known.has(name)) continue;
        known.add(name);
        log(
          "warning",
          `stream ${JSON.stringify(stream.name)} has rows with a column ${JSON.stringify(name)} that its schema lacks; it is not sent`,
        );
      }
    },
    add(schema) {
      for (const name of Object.keys(schema.properties ?? {})) known.add(name);
    },
  };
}

/** Stands for "the producer makes us wait": what is buffered must not wait with it. */
const waiting = Symbol("waiting");

/** The producer's chunks, and `waiting` in between whenever the next one is not there at once while rows are held back. */
async function* promptly(source: AsyncIterable<Chunk> | Iterable<Chunk>, holdsRows: () => boolean): AsyncGenerator<Chunk | typeof waiting> {
  if (!(Symbol.asyncIterator in source)) return yield* source;
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = iterator.next();
      if (holdsRows() && !(await isThere(next))) yield waiting;
      const { done, value } = await next;
      if (done) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}

function isThere(next: Promise<unknown>): Promise<boolean> {
  return Promise.race([next.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
}
