/** Rows on the target's side: bytes of whole lines until the target asks for rows; then they are decoded, checked and given metadata. */
import {
  encodeRecord,
  mayHoldExactNumbers,
  parseLine,
  parseRefusedRecord,
  protocolErrors,
  type Records,
  type Row,
  type Suspicion,
  suspect,
  TaplineError,
  withPosition,
} from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Flattening } from "../flatten/plan.ts";
import type { RowBatch, RowChunk, TargetStream } from "./define.ts";
import { type OnHabit, type TolerantValidator, toleratingJson } from "./json-habits.ts";
import { type Arrival, type MetadataClock, metadataText } from "./metadata.ts";
import { type UnchangedReader, unchangedReader } from "./partial-records.ts";
import { rawField } from "./raw-field.ts";
import { type Rejects, sourceOf } from "./rejects.ts";
import { recordValidator, shorten } from "./validate.ts";

/** A run of lines and when it was received (RFC 3339). */
export interface Arrived extends Records {
  receivedAt: string;
}

/** Lines of one stream, in the order they arrived. Joining two batches copies no bytes. */
export class LineBatch {
  readonly stream: string;
  runs: Arrived[] = [];
  count = 0;
  byteLength = 0;

  constructor(stream: string) {
    this.stream = stream;
  }

  add(run: Arrived): void {
    this.runs.push(run);
    this.count += run.count;
    this.byteLength += run.bytes.length;
  }

  append(later: LineBatch): void {
    for (const run of later.runs) this.runs.push(run);
    this.count += later.count;
    this.byteLength += later.byteLength;
  }
}

export type RowReader = (batch: LineBatch) => RowBatch;

export interface RowReaderOptions {
  validate: boolean;
  /** Flattens records once they are checked. */
  flattening: Pick<Flattening, "flatten" | "columnsOf"> | undefined;
  /** The target has the capability `partial-records`. */
  takesPartialRecords: boolean;
  clock: MetadataClock | undefined;
  rejects: Rejects;
  definition: string | null;
  onReject: () => void;
}

/** Makes the function that turns a stream's lines into rows. What depends on the schema is compiled here, once. */
export function rowReader(stream: TargetStream, wireSchema: TargetStream["schema"], options: RowReaderOptions): RowReader {
  const problemOf: TolerantValidator = options.validate ? toleratingJson(wireSchema, recordValidator(wireSchema)) : () => undefined;
  const { flattening, takesPartialRecords, clock, rejects, definition, onReject } = options;
  const unchangedIn = unchangedReader(stream, wireSchema, { isSupported: takesPartialRecords, flattening });
  return (batch) => {
    let rejected = 0;
    const sentUnchanged = new WeakMap<Row, unknown>();
    const lines = new Set<number>();
    const habits = new Set<string>();
    /** Rows may be decoded more than once. */
    const onHabit: OnHabit = (line, kind, column, value) => {
      const known = `${line} ${column}`;
      if (!habits.has(known)) stream.tolerated?.({ kind, column, count: 1, first: shorten(JSON.stringify(value)) });
      habits.add(known);
    };
    const reject = (row: Row, error: TaplineError): void => {
      const { line } = error.position;
      if (line !== undefined && lines.has(line)) return;
      const position = { ...error.position, ...sourceOf(row), stream: stream.name };
      const metadata = rejects.isAllowed ? metadataText(clock === undefined ? {} : row, sentUnchanged.get(row)) : null;
      rejects.add(error, position, () => recordText(batch, row, line), { definition, metadata });
      rejected++;
      onReject();
      if (line !== undefined) lines.add(line);
    };
    return {
      stream: batch.stream,
      count: batch.count,
      byteLength: batch.byteLength,
      mayReject: rejects.isAllowed,
      reject,
      get rejected() {
        return rejected;
      },
      *rows() {
        const batchedAt = batch.runs[0]?.receivedAt ?? "";
        const checks = { problemOf, onHabit, unchangedIn, sentUnchanged, flattening, clock, reject };
        let chunk = newChunk();
        for (const run of batch.runs) {
          const rest: Rest = { run, suspicion: suspect(run.bytes), at: 0, line: run.firstLine };
          const arrival = { receivedAt: run.receivedAt, batchedAt };
          while (rest.at < run.bytes.length) {
            decode(rest, chunk, stream.name, checks, arrival);
            if (!isFull(chunk)) continue;
            yield chunk;
            chunk = newChunk();
          }
        }
        if (chunk.rows.length > 0) yield chunk;
      },
    };
  };
}

/**
 * A chunk ends at so many rows, or at so many bytes of their lines, whichever is first. Chunks of 512 KiB cost target-postgres 15 % more CPU
 * than these: the garbage collector copies rows that live that long.
 */
const chunkRows = 4000;
const chunkBytes = 128 << 10;

/**
 * The rows of the next chunk, which may be of many runs: a line that is split between two pieces of stdin is a run, and where
 * streams take turns each line is one. Without gathering, writers would do once a row what they should do once a chunk.
 */
interface GrowingChunk extends RowChunk {
  lines: number[];
  unchanged?: Map<Row, readonly string[]>;
  bytes: number;
}

const newChunk = (): GrowingChunk => ({ rows: [], lines: [], bytes: 0 });
const isFull = ({ rows, bytes }: GrowingChunk): boolean => rows.length >= chunkRows || bytes >= chunkBytes;

interface RowChecks extends Pick<RowReaderOptions, "flattening" | "clock"> {
  problemOf: TolerantValidator;
  onHabit: OnHabit;
  unchangedIn: UnchangedReader;
  /** Takes `unchanged` of the records that have it, as it was sent: a replay needs it. */
  sentUnchanged: WeakMap<Row, unknown>;
  reject: RowBatch["reject"];
}

interface RecordFields {
  type: unknown;
  stream: unknown;
  record: Row;
  unchanged?: unknown;
  time_extracted?: unknown;
  version?: unknown;
  /** Only in a replay. */
  metadata?: unknown;
}

/** What is not decoded yet of a run: from byte `at`, which is on input line `line`. */
interface Rest {
  run: Arrived;
  suspicion: Suspicion;
  at: number;
  line: number;
}

const none: readonly string[] = [];

/** Moves rows from the rest of a run to the chunk, until that is full or the run ends. @throws protocol errors, record_invalid */
function decode(rest: Rest, chunk: GrowingChunk, stream: string, checks: RowChecks, arrival: Arrival): void {
  const { problemOf, flattening, clock, reject } = checks;
  const { suspicion } = rest;
  const { bytes } = rest.run;
  const { rows, lines } = chunk;
  const full = rest.at + chunkBytes - chunk.bytes;
  let { at, line } = rest;
  for (; at < bytes.length && at < full && rows.length < chunkRows; line++) {
    const end = bytes.indexOf(0x0a, at);
    const exact = suspicion.exact && mayHoldExactNumbers(bytes, at, end);
    const start = at;
    at = end + 1;
    let message: RecordFields;
    let refusal: unknown;
    try {
      message = parseLine(bytes, start, end, line, exact === suspicion.exact ? suspicion : { ...suspicion, exact }) as RecordFields;
    } catch (error) {
      message = parseRefusedRecord(bytes, start, end, error) as unknown as RecordFields;
      refusal = error;
    }
    // The decoder knows a run by the start of each line. A second "type" or "stream" later in the line makes it another message.
    if (message.type !== "RECORD" || message.stream !== stream || typeof message.record !== "object" || message.record === null)
      throw protocolErrors.not_a_message({ reason: "a field is there twice" }, { line });
    const row = message.record;
    if (message.unchanged !== undefined) checks.sentUnchanged.set(row, message.unchanged);
    if (refusal !== undefined) {
      clock?.add(row, message, arrival);
      reject(row, withPosition(refusal as TaplineError, { stream }, "skip"));
      continue;
    }
    const unchanged = message.unchanged === undefined ? none : checks.unchangedIn(row, message.unchanged, line);
    if (unchanged instanceof TaplineError) {
      clock?.add(row, message, arrival);
      reject(row, unchanged);
      continue;
    }
    const problem = problemOf(row, exact, unchanged, line, checks.onHabit);
    if (problem !== undefined) {
      clock?.add(row, message, arrival);
      const { column, ...params } = problem;
      reject(row, errors.record_invalid(params, { stream, line, ...(column !== undefined && { column }) }));
      continue;
    }
    let flat = row;
    if (flattening !== undefined) {
      try {
        flat = flattening.flatten(row);
      } catch (error) {
        clock?.add(row, message, arrival);
        reject(row, withPosition(error as TaplineError, { stream, line }));
        continue;
      }
    }
    clock?.add(flat, message, arrival);
    rows.push(flat);
    lines.push(line);
    if (unchanged.length > 0) {
      checks.sentUnchanged.set(flat, unchanged);
      chunk.unchanged ??= new Map();
      chunk.unchanged.set(flat, flattening === undefined ? unchanged : unchanged.flatMap((name) => flattening.columnsOf(name)));
    }
  }
  chunk.bytes += at - rest.at;
  rest.at = at;
  rest.line = line;
}

/** The record's text in the input. The row can't give it: the SDK may have added columns. */
function recordText(batch: LineBatch, row: Row, line: number | undefined): string {
  const run = batch.runs.find(({ firstLine, count }) => line !== undefined && line >= firstLine && line < firstLine + count);
  if (run === undefined || line === undefined) return encodeRecord(row);
  let at = 0;
  for (let before = run.firstLine; before < line; before++) at = run.bytes.indexOf(0x0a, at) + 1;
  return rawField(run.bytes.toString("utf8", at, run.bytes.indexOf(0x0a, at)), "record") ?? encodeRecord(row);
}
