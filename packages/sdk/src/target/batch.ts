/** Rows on the target's side: bytes of whole lines until the target asks for rows; then they are decoded, checked and given metadata. */
import { encodeRecord, type Row, suspect, type TaplineError, withPosition } from "@tapline/protocol";
import type { Flattening } from "../flatten/plan.ts";
import type { RowChunk } from "./cells/chunk.ts";
import { readChunks } from "./cells/read-chunks.ts";
import { streamCells } from "./cells/stream-cells.ts";
import { decodeRows, isFull, newChunk, type Rest, type RowDecoding } from "./decode-rows.ts";
import type { RowBatch, TargetStream } from "./define.ts";
import { type OnHabit, type TolerantValidator, toleratingJson } from "./json-habits.ts";
import { keptChunks, keptRows } from "./kept-rows.ts";
import type { Arrived, LineBatch } from "./line-batch.ts";
import { type MetadataClock, metadataText } from "./metadata.ts";
import { unchangedReader } from "./partial-records.ts";
import { rawField } from "./raw-field.ts";
import { type Rejects, sourceOf } from "./rejects.ts";
import { recordValidator, shorten } from "./validate.ts";

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
  onReject: (file: string | undefined) => void;
}

/** Makes the function that turns a stream's lines into rows. What depends on the schema is compiled here, once. */
export function rowReader(stream: TargetStream, wireSchema: TargetStream["schema"], options: RowReaderOptions): RowReader {
  const problemOf: TolerantValidator = options.validate ? toleratingJson(wireSchema, recordValidator(wireSchema)) : () => undefined;
  const { flattening, takesPartialRecords, clock, rejects, definition, onReject } = options;
  const unchangedIn = unchangedReader(stream, wireSchema, { isSupported: takesPartialRecords, flattening });
  // Flattened rows have values that are in no field of their records.
  const cells = flattening === undefined ? streamCells(wireSchema, options.validate) : undefined;
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
      const inFile = batch.file === undefined ? {} : { file: batch.file };
      const position = { ...error.position, ...inFile, ...sourceOf(row), stream: stream.name };
      const metadata = rejects.isAllowed ? metadataText(clock === undefined ? {} : row, sentUnchanged.get(row)) : null;
      // Where the error ends the load, whoever reads it needs the file as much.
      rejects.add(withPosition(error, position), position, () => recordText(batch, row, line), { definition, metadata });
      rejected++;
      onReject(position.file);
      if (line !== undefined) lines.add(line);
    };
    const decoding: RowDecoding = { stream: stream.name, problemOf, onHabit, unchangedIn, sentUnchanged, flattening, clock, reject };
    return {
      stream: batch.stream,
      count: batch.count,
      byteLength: batch.byteLength,
      mayReject: rejects.isAllowed,
      reject,
      get rejected() {
        return rejected;
      },
      hold: () => batch.hold(),
      rows: () => whileHeld(batch, () => keptRows(readRows(batch.runs, decoding), lines)),
      chunks: () =>
        whileHeld(batch, () =>
          cells === undefined
            ? keptRows(readRows(batch.runs, decoding), lines)
            : keptChunks(readChunks(batch.runs, cells, decoding), lines),
        ),
    };
  };
}

/** @throws Error where the lines may be others by now */
function* whileHeld<T>(batch: LineBatch, read: () => Iterable<T>): Generator<T> {
  const check = (): void => {
    if (batch.isReleased)
      throw new Error(`rows of stream ${batch.stream} are read after their write has ended: \`hold\` the batch for that`);
  };
  check();
  for (const chunk of read()) {
    yield chunk;
    check();
  }
}

export function* readRows(runs: readonly Arrived[], decoding: RowDecoding): Generator<RowChunk> {
  const batchedAt = runs[0]?.receivedAt ?? "";
  let chunk = newChunk();
  for (const { bytes, firstLine, receivedAt } of runs) {
    const rest: Rest = { bytes, suspicion: suspect(bytes), at: 0, line: firstLine };
    while (rest.at < bytes.length) {
      decodeRows(rest, chunk, decoding, { receivedAt, batchedAt });
      if (!isFull(chunk)) continue;
      yield chunk;
      chunk = newChunk();
    }
  }
  if (chunk.rows.length > 0) yield chunk;
}

/** The record's text in the input. The row can't give it: the SDK may have added columns. */
function recordText(batch: LineBatch, row: Row, line: number | undefined): string {
  const run = batch.runs.find(({ firstLine, count }) => line !== undefined && line >= firstLine && line < firstLine + count);
  if (run === undefined || line === undefined) return encodeRecord(row);
  let at = 0;
  for (let before = run.firstLine; before < line; before++) at = run.bytes.indexOf(0x0a, at) + 1;
  return rawField(run.bytes.toString("utf8", at, run.bytes.indexOf(0x0a, at)), "record") ?? encodeRecord(row);
}
