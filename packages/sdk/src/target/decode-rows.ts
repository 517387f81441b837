/** Lines to rows as objects: parsed, checked and given metadata. Rows that must not be stored are rejected here. */
import {
  mayHoldExactNumbers,
  parseLine,
  parseRefusedRecord,
  protocolErrors,
  type Row,
  type Suspicion,
  TaplineError,
  withPosition,
} from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Flattening } from "../flatten/plan.ts";
import type { RowChunk } from "./cells/chunk.ts";
import type { OnHabit, TolerantValidator } from "./json-habits.ts";
import type { Arrival, MetadataClock } from "./metadata.ts";
import type { UnchangedReader } from "./partial-records.ts";

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
export interface GrowingChunk extends RowChunk {
  lines: number[];
  unchanged?: Map<Row, readonly string[]>;
  bytes: number;
}

export const newChunk = (): GrowingChunk => ({ rows: [], lines: [], bytes: 0 });
export const isFull = ({ rows, bytes }: GrowingChunk): boolean => rows.length >= chunkRows || bytes >= chunkBytes;

/** What is not decoded yet of a run: from byte `at`, which is on input line `line`. */
export interface Rest {
  bytes: Buffer;
  suspicion: Suspicion;
  at: number;
  line: number;
}

export interface RowDecoding {
  stream: string;
  problemOf: TolerantValidator;
  onHabit: OnHabit;
  unchangedIn: UnchangedReader;
  /** Takes `unchanged` of the records that have it, as it was sent: a replay needs it. */
  sentUnchanged: WeakMap<Row, unknown>;
  /** Flattens records once they are checked. */
  flattening: Pick<Flattening, "flatten" | "columnsOf"> | undefined;
  clock: MetadataClock | undefined;
  reject: (row: Row, error: TaplineError) => void;
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

const none: readonly string[] = [];

/**
 * Moves rows from the rest of a run to the chunk, until that is full or the run ends, or so many lines are decoded.
 * @throws protocol errors, record_invalid
 */
export function decodeRows(
  rest: Rest,
  chunk: GrowingChunk,
  decoding: RowDecoding,
  arrival: Arrival,
  mostLines: number = Number.POSITIVE_INFINITY,
): void {
  const { stream, problemOf, flattening, clock, reject, sentUnchanged } = decoding;
  const { bytes, suspicion } = rest;
  const { rows, lines } = chunk;
  const full = rest.at + chunkBytes - chunk.bytes;
  let { at, line } = rest;
  const [first, stop] = [line, line + mostLines];
  const addMetadata = (row: Row, message: RecordFields): void => {
    const { sequence } = arrival;
    clock?.add(row, message, sequence === undefined ? arrival : { ...arrival, sequence: sequence + line - first });
  };
  const rejectSent = (message: RecordFields, error: TaplineError): void => {
    addMetadata(message.record, message);
    reject(message.record, error);
  };
  for (; at < bytes.length && at < full && rows.length < chunkRows && line < stop; line++) {
    const end = bytes.indexOf(0x0a, at);
    const exact = suspicion.exact && mayHoldExactNumbers(bytes, at, end);
    const start = at;
    at = end + 1;
    let message: RecordFields;
    let refusal: unknown;
    try {
      message = parseLine(bytes, start, end, line, exact === suspicion.exact ? suspicion : { ...suspicion, exact }) as RecordFields;
    } catch (error) {
      message = refusedRecord(bytes, start, end, error, stream);
      refusal = error;
    }
    // The decoder knows a run by the start of each line. A second "type" or "stream" later in the line makes it another message.
    if (message.type !== "RECORD" || message.stream !== stream || typeof message.record !== "object" || message.record === null)
      throw protocolErrors.not_a_message({ reason: "a field is there twice" }, { stream, line });
    const row = message.record;
    if (message.unchanged !== undefined) sentUnchanged.set(row, message.unchanged);
    if (refusal !== undefined) {
      rejectSent(message, withPosition(refusal as TaplineError, { stream }, "skip"));
      continue;
    }
    const unchanged = message.unchanged === undefined ? none : decoding.unchangedIn(row, message.unchanged, line);
    if (unchanged instanceof TaplineError) {
      rejectSent(message, unchanged);
      continue;
    }
    const problem = problemOf(row, exact, unchanged, line, decoding.onHabit);
    if (problem !== undefined) {
      const { column, ...params } = problem;
      rejectSent(message, errors.record_invalid(params, { stream, line, ...(column !== undefined && { column }) }));
      continue;
    }
    let flat = row;
    if (flattening !== undefined) {
      try {
        flat = flattening.flatten(row);
      } catch (error) {
        rejectSent(message, withPosition(error as TaplineError, { stream, line }));
        continue;
      }
    }
    addMetadata(flat, message);
    rows.push(flat);
    lines.push(line);
    if (unchanged.length > 0) {
      sentUnchanged.set(flat, unchanged);
      chunk.unchanged ??= new Map();
      chunk.unchanged.set(flat, flattening === undefined ? unchanged : unchanged.flatMap((name) => flattening.columnsOf(name)));
    }
  }
  chunk.bytes += at - rest.at;
  rest.at = at;
  rest.line = line;
}

/** @throws `error`, with the stream, where the line has no record that could be rejected */
function refusedRecord(bytes: Buffer, start: number, end: number, error: unknown, stream: string): RecordFields {
  try {
    return parseRefusedRecord(bytes, start, end, error) as unknown as RecordFields;
  } catch {
    throw error instanceof TaplineError ? withPosition(error, { stream }) : error;
  }
}
