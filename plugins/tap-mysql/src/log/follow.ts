/**
 * Follows the log from a place: changes become lines in the order of their commits, whole transactions only, with one STATE for all streams
 * at commits. It ends where the log stood when the run began; a run that stays reads on until it shall end, or a table must be read again.
 */
import { activate, type Checkpoints, checkpoints, type Follow, type GroupChunk, rowVersion, type StreamState } from "@tapline/sdk";
import { nextVersion } from "@tapline/sql-tap";
import { errors } from "../errors.ts";
import { findValues, type LogRow } from "./change-lines.ts";
import { effectOf } from "./ddl.ts";
import { type LogEvent, type RowsBody, UnreadableEvent } from "./events.ts";
import type { LogFeed } from "./feed.ts";
import type { LogPlace, LogStream } from "./log-stream.ts";
import { comparePositions, type LogPosition, positionText } from "./position.ts";
import type { TableMap } from "./table-map.ts";

export type LogItem = readonly [stream: string, chunk: GroupChunk] | Checkpoints;

export interface FollowOptions {
  feed: LogFeed;
  start: LogPlace;
  end: LogPosition;
  streams: readonly LogStream[];
  server: string;
  signal: AbortSignal;
  /** Set where the run stays: `end` does not count then. */
  stay: Follow | undefined;
}

/** Lines are handed over when so many bytes wait. */
const fullAt = 128 * 1024;
/** A STATE at the first commit after so long, also where little was sent. */
const stateEveryMs = 1000;
const lagEveryMs = 1000;

/** The transaction that the log is in. */
interface Transaction {
  /** Its rows count only when XA COMMIT comes, which may be long after. */
  isXa: boolean;
  /** Streams that have rows of it. */
  touched: Set<LogStream>;
}

/** Returns how far the log was read. @throws binlog_unreadable and errors of the connection */
export async function* follow(options: FollowOptions): AsyncGenerator<LogItem, LogPlace> {
  const { feed, streams, server, signal, end, stay } = options;
  // Inside a transaction it is read to its end first.
  const ends = stay === undefined ? signal : AbortSignal.any([signal, stay.ends]);
  const byTable = new Map(streams.map((stream) => [tableId(stream.table.schema, stream.table.name), stream]));
  const tables = new Map<number, { map: TableMap; stream: LogStream | undefined }>();
  /** What prepared transactions of this run touched, by the words that name them. */
  const prepared = new Map<string, Set<LogStream>>();
  let read = options.start;
  let gtid = read.gtid;
  let file = read.file;
  let transaction: Transaction | undefined;
  let xaName = "";
  let lastState = performance.now();
  let lastLag = 0;
  /** STATEs stand for all before this. */
  let stated = read;

  for (let event = await next(); event !== undefined; event = await next()) {
    tellLag(event);
    switch (event.kind) {
      case "rotate":
        file = event.file;
        // Between two transactions, or at the start of the feed.
        if (transaction === undefined && comparePositions(event, read) > 0) read = { file, position: event.position, gtid };
        break;
      case "gtid":
        gtid = event.gtid;
        transaction = event.begins ? { isXa: event.isXa, touched: new Set() } : undefined;
        break;
      case "query":
        yield* onQuery(event);
        break;
      case "commit":
        yield* onCommit(event.end);
        break;
      case "xa prepare":
        prepared.set(xaName, new Set([...(prepared.get(xaName) ?? []), ...(transaction?.touched ?? [])]));
        yield* onCommit(event.end);
        break;
      case "table":
        onTable(event.table);
        break;
      case "rows":
        yield* onRows(event);
        break;
      case "format":
      case "other":
        if (transaction !== undefined) break;
        // The next transaction begins after it.
        if (event.end > read.position && file === read.file) read = { file, position: event.end, gtid };
        // Nothing came for a while.
        if (stay !== undefined && comparePositions(read, stated) > 0) yield* state();
        break;
      case "unreadable":
        throw errors.binlog_unreadable({ place: `${file}, after ${positionText(read)}`, why: event.why });
    }
    if (transaction !== undefined) continue;
    if (stay === undefined ? comparePositions(read, end) >= 0 : ends.aborted || streams.some(({ resync }) => resync !== undefined)) break;
  }
  return read;

  async function* onQuery({ sql, schema, end: place }: LogEvent & { kind: "query" }): AsyncGenerator<LogItem> {
    const words = sql.trimStart().slice(0, 40).toUpperCase();
    if (words.startsWith("BEGIN")) {
      transaction ??= { isXa: false, touched: new Set() };
      return;
    }
    if (words.startsWith("XA START")) {
      transaction = { isXa: true, touched: transaction?.touched ?? new Set() };
      xaName = sql.trim().slice("XA START".length).trim();
      return;
    }
    if (words.startsWith("XA END") || words.startsWith("SAVEPOINT")) return;
    if (words.startsWith("XA COMMIT") || words.startsWith("XA ROLLBACK")) {
      const name = sql
        .trim()
        .slice(words.startsWith("XA COMMIT") ? 9 : 11)
        .trim();
      // Prepared in an earlier run, it may have rows of any table.
      if (words.startsWith("XA COMMIT"))
        for (const stream of prepared.get(name) ?? streams) lose(stream, "a prepared transaction (XA) was committed");
      prepared.delete(name);
      yield* onCommit(place);
      return;
    }
    if (words.startsWith("ROLLBACK")) {
      // The log has it where a table without transactions took part: the rows before it may be none.
      for (const stream of transaction?.touched ?? []) lose(stream, "a transaction was rolled back in the log");
      if (!words.startsWith("ROLLBACK TO")) yield* onCommit(place);
      return;
    }
    if (words.startsWith("COMMIT")) {
      yield* onCommit(place);
      return;
    }
    const effect = effectOf(sql, schema);
    for (const stream of effect.kind === "none" ? [] : streams) {
      if (stream.resync !== undefined || isOld(stream) || !effect.mentions(stream.table.schema, stream.table.name)) continue;
      yield* drain(stream);
      if (effect.kind === "truncate") yield* truncate(stream);
      else if (effect.kind !== "columns") lose(stream, reasons[effect.kind] as string);
    }
    // A statement of its own is a transaction, unless it is inside one.
    if (transaction === undefined) yield* onCommit(place);
  }

  async function* onCommit(place: number): AsyncGenerator<LogItem> {
    transaction = undefined;
    tables.clear();
    // Files of more than 4 GiB have places that the server can't number; the next file begins right after.
    if (file === read.file && place <= read.position) return;
    read = { file, position: place, gtid };
    yield* state();
  }

  /** Where it is due. */
  function* state(): Generator<LogItem> {
    if (performance.now() - lastState < stateEveryMs && !streams.some(({ context }) => context.isStateDue())) return;
    yield* drainAll(streams);
    yield stateOf(streams, server, read);
    lastState = performance.now();
    stated = read;
  }

  function next(): Promise<LogEvent | undefined> {
    return feed.next(transaction === undefined ? ends : signal);
  }

  /** An event outside of all transactions says that nothing came. */
  function tellLag({ kind, at }: LogEvent): void {
    if (stay === undefined || performance.now() - lastLag < lagEveryMs) return;
    lastLag = performance.now();
    const isIdle = kind === "other" && transaction === undefined;
    stay.lag({ seconds: isIdle || at === 0 ? 0 : Math.max(0, Date.now() / 1000 - at), bytes: isIdle ? 0 : null });
  }

  function onTable(map: TableMap): void {
    const stream = byTable.get(tableId(map.schema, map.name));
    tables.set(map.id, { map, stream });
    if (stream === undefined || stream.resync !== undefined || isOld(stream)) return;
    if (!map.hasNames) {
      lose(stream, "the log lacks the names of its columns (binlog_row_metadata was not FULL)");
      return;
    }
    const lacks = stream.context.keyProperties.filter((key) => !map.columns.some(({ name }) => name === key));
    if (lacks.length > 0) lose(stream, `the log has rows of it without ${lacks.join(", ")}`);
  }

  async function* onRows({ change, tableId: id, rows, at }: LogEvent & { kind: "rows" }): AsyncGenerator<LogItem> {
    const found = tables.get(id);
    const stream = found?.stream;
    if (found === undefined || stream === undefined || stream.resync !== undefined || isOld(stream)) return;
    transaction?.touched.add(stream);
    if (transaction?.isXa === true) return;
    stream.lines.describe(found.map);
    try {
      putRows(stream, change, found.map, rows, at);
    } catch (error) {
      if (error instanceof UnreadableEvent)
        throw errors.binlog_unreadable({ place: `${file}, after ${positionText(read)}`, why: error.message }, {}, error);
      throw error;
    }
    if (stream.lines.size >= fullAt) yield* drain(stream);
  }

  /** The rows of the stream have the transaction already, which begins where `read` is. */
  function isOld({ place }: LogStream): boolean {
    return comparePositions(read, place) < 0;
  }
}

const reasons: Readonly<Record<string, string>> = {
  gone: "the table was dropped, renamed or made again",
  altered: "the table was altered, and the log does not tell what its rows have now",
  rows: "a statement changed it that the log has no rows of (binlog_format was not ROW)",
};

function lose(stream: LogStream, why: string): void {
  stream.resync ??= why;
}

function putRows(stream: LogStream, change: "insert" | "update" | "delete", map: TableMap, body: RowsBody, at: number): void {
  const { lines } = stream;
  const { bytes, end, present, presentAfter } = body;
  const row = newRow(map);
  const after = newRow(map);
  for (let place = body.start; place < end; ) {
    place = findValues(bytes, place, map, present, row);
    if (change === "update") place = findValues(bytes, place, map, presentAfter as Buffer, after);
    if (!lines.isWhole(row) || (change === "update" && !lines.isWhole(after))) {
      lose(stream, "the log has rows without all of their columns (binlog_row_image was not FULL)");
      return;
    }
    if (change === "insert") lines.put(row);
    else if (change === "delete") lines.putDelete(row, at);
    else {
      if (lines.keysDiffer(after, row)) lines.putDelete(row, at);
      lines.put(after);
    }
  }
}

function newRow({ columns }: TableMap): LogRow {
  return { bytes: Buffer.alloc(0), starts: new Int32Array(columns.length), ends: new Int32Array(columns.length) };
}

/** All rows that were there are of an older version. */
function* truncate(stream: LogStream): Generator<LogItem> {
  stream.version = nextVersion({ version: stream.version });
  yield [stream.name, rowVersion(stream.version)];
  yield [stream.name, activate(stream.version)];
}

function* drain(stream: LogStream): Generator<LogItem> {
  if (!stream.hasLines) return;
  for (const piece of stream.lines.drain()) yield [stream.name, piece];
}

export function* drainAll(streams: readonly LogStream[]): Generator<LogItem> {
  for (const stream of streams) yield* drain(stream);
}

export function stateOf(streams: readonly LogStream[], server: string, read: LogPlace): Checkpoints {
  const bookmarks = streams.map((stream): [string, StreamState] => [stream.name, stream.bookmark(server, read)]);
  return checkpoints(Object.fromEntries(bookmarks));
}

const tableId = (schema: string, name: string): string => JSON.stringify([schema, name]);
