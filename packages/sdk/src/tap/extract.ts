/**
 * The path of a tap: streams -> selection -> read -> encode -> bytes. A generator of pieces of the Singer stream, so that
 * back-pressure, stopping and clean-up are the language's own. It does no I/O; `bin/tap-main` writes what it yields.
 */
import {
  bookmarkOf,
  type CatalogStream,
  encodeMessage,
  type Json,
  type JsonSchema,
  type Row,
  readCatalog,
  type State,
  withBookmark,
} from "@tapline/protocol";
import type { Static, TObject } from "typebox";
import { errors } from "../errors.ts";
import { bookmarkFor, compareValues, laterOf, startValue } from "./bookmark.ts";
import { Checkpoint, type Chunk, Lines, type ReadContext, type Stream, type Tap } from "./define.ts";
import { catalogEntry } from "./discover.ts";
import { LineBuffer } from "./line-buffer.ts";
import { isStreamSelected, selectedColumns } from "./select.ts";

export interface ExtractOptions {
  catalog?: unknown;
  state?: State | undefined;
  signal?: AbortSignal;
  /** Called with what was encoded since the last call. */
  onCount?: (stream: string, rows: number, bytes: number) => void;
  warn?: (message: string) => void;
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
  for (const [stream, entry] of await select(tap, config, options.catalog)) {
    if (signal.aborted) return;
    options.onStream?.("start", stream.name);
    state = yield* extractStream(stream, entry, state, signal, options);
    if (signal.aborted) return;
    options.onStream?.("end", stream.name);
  }
}

/** The streams to read, each with its catalog entry. @throws catalog_invalid, stream_not_offered and what discovery throws */
async function select<C extends TObject>(tap: Tap<C>, config: Static<C>, given: unknown): Promise<[Stream, CatalogStream][]> {
  if (given === undefined) return (await tap.streams(config)).map((stream) => [stream, catalogEntry(stream)]);
  const entries = readCatalog(given).streams.filter(isStreamSelected);
  const streams = await tap.streams(config, new Set(entries.map((entry) => entry.tap_stream_id)));
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
  const context = readContext(stream, entry, before, signal, lines);
  const key = context.replicationMethod === "INCREMENTAL" ? context.replicationKey : undefined;
  let state = before;
  let maximum = context.startValue;
  let sinceState = 0;
  const told = (rows: number, bytes: number): void => options.onCount?.(stream.name, rows, bytes);
  const bookmark = (value: State): Uint8Array => {
    state = value;
    sinceState = 0;
    return Buffer.from(encodeMessage({ type: "STATE", value: value as Json }));
  };
  const wanted = (row: Row): boolean => {
    if (key === undefined) return true;
    const value = row[key];
    if (value !== null && value !== undefined && compareValues(value, context.startValue) < 0) return false;
    maximum = laterOf(maximum, value);
    return true;
  };

  yield schemaLine(entry, context);
  const encode = lines.encoder(context.columns);
  const noticeUnknown = unknownColumns(stream, options.warn);
  for await (const chunk of promptly(stream.read(context), () => lines.count > 0)) {
    if (signal.aborted) break;
    if (chunk instanceof Lines) {
      maximum = laterOf(maximum, chunk.maximum);
      sinceState += chunk.count;
      told(chunk.count, chunk.bytes.byteLength);
      yield chunk.bytes;
    } else if (!(chunk instanceof Checkpoint) && chunk !== waiting) {
      for (const row of Array.isArray(chunk) ? (chunk as Row[]) : [chunk as Row]) {
        if (!wanted(row)) continue;
        noticeUnknown(row);
        encode(row);
        sinceState++;
      }
    }
    const mark = chunk instanceof Checkpoint || (stream.sorted === true && key !== undefined && sinceState >= stateEveryRows);
    if (lines.count > 0 && (mark || lines.isFull || chunk === waiting)) {
      told(lines.count, lines.byteLength);
      yield lines.take();
    }
    if (chunk instanceof Checkpoint) yield bookmark(withBookmark(state, stream.name, chunk.value));
    else if (mark && key !== undefined) yield bookmark(withBookmark(state, stream.name, bookmarkFor(key, maximum)));
  }
  if (lines.count > 0) {
    told(lines.count, lines.byteLength);
    yield lines.take();
  }
  if (signal.aborted) return state;
  yield bookmark(withBookmark(state, stream.name, key === undefined ? endOfFullTable(state, stream.name) : bookmarkFor(key, maximum)));
  return state;
}

/** A stream that made checkpoints of its own keeps the last one; else there is nothing to remember. */
const endOfFullTable = (state: State, stream: string) => bookmarkOf(state, stream);

function readContext(stream: Stream, entry: CatalogStream, state: State, signal: AbortSignal, lines: LineBuffer): ReadContext {
  const columns = selectedColumns(entry);
  const properties = entry.schema.properties ?? {};
  const schema: JsonSchema = { ...entry.schema, properties: Object.fromEntries(columns.map((name) => [name, properties[name] ?? {}])) };
  const replicationKey = entry.replication_key ?? stream.replicationKey;
  const replicationMethod =
    entry.replication_method ?? stream.replicationMethod ?? (replicationKey === undefined ? "FULL_TABLE" : "INCREMENTAL");
  if (replicationMethod === "INCREMENTAL" && (replicationKey === undefined || !columns.includes(replicationKey))) {
    throw errors.replication_key_missing({ stream: stream.name }, { stream: stream.name });
  }
  const bookmark = bookmarkOf(state, stream.name);
  return {
    state: bookmark,
    replicationMethod,
    replicationKey,
    startValue: replicationMethod === "INCREMENTAL" ? startValue(bookmark, replicationKey) : null,
    columns,
    schema,
    head: lines.head,
    tail: lines.tail,
    signal,
  };
}

/** A row's column that the schema lacks can't be sent: say so once, for nobody would miss it otherwise. */
function unknownColumns(stream: Stream, warn: ExtractOptions["warn"]): (row: Row) => void {
  const known = new Set(Object.keys(stream.schema.properties ?? {}));
  return (row) => {
    for (const name in row) {
      if (known.has(name)) continue;
      known.add(name);
      warn?.(`stream ${JSON.stringify(stream.name)} has rows with a column ${JSON.stringify(name)} that its schema lacks; it is not sent`);
    }
  };
}

function schemaLine(entry: CatalogStream, context: ReadContext): Uint8Array {
  const isIncremental = context.replicationMethod === "INCREMENTAL" && context.replicationKey !== undefined;
  const bookmarks = isIncremental ? { bookmark_properties: [context.replicationKey as string] } : {};
  return Buffer.from(
    encodeMessage({ type: "SCHEMA", stream: entry.stream, schema: context.schema, key_properties: entry.key_properties, ...bookmarks }),
  );
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
