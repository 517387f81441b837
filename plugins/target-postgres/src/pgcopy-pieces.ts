/**
 * The bytes of a file of binary COPY with the `_sdc_` columns at the end of each row: those that are the same for all rows as they are, and
 * the sequence, which rises.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { Lane } from "@tapline/columns";
import { binaryColumn, type TakeBytes } from "@tapline/postgres";
import { type PgcopyFile, pgEnd, pgHeader, pgNull, rowEnd, viewOf, type WrittenRows } from "@tapline/sdk";
import { type BulkTarget, columnsOfFile } from "@tapline/sql";
import type { Readers } from "./dialect/pgcopy.ts";

const pieceBytes = 256 << 10;
const jsonbVersion = 1;

export interface PgcopyRows {
  /** Columns of the table, in the order of the values. */
  columns: string[];
  /** @throws the error of the file system */
  pieces(take: TakeBytes): Generator<Buffer>;
}

/** @param readers of the table's columns, all of which read what we write */
export function pgcopyRows({ columns }: BulkTarget, file: WrittenRows<PgcopyFile>, readers: Readers): PgcopyRows {
  const { cells, constants, sequence } = columnsOfFile(columns, file);
  const ends = new Lane();
  for (const [{ type, columnName }, value] of constants) {
    const at = ends.length;
    ends.reserve(4);
    ends.length += 4;
    if (value !== null) binaryColumn(type, readers.get(columnName))?.write(value, ends);
    ends.view.setInt32(at, value === null ? pgNull : ends.length - at - 4);
  }
  const filled = [...cells, ...constants.map(([column]) => column), sequence?.column].filter((column) => column !== undefined);
  const versioned = cells.map((column) => column !== undefined && readers.get(column.columnName) === "jsonb_recv");
  const row: RowForm = { count: filled.length, own: cells.length, versioned, end: ends.used(), first: sequence?.from };
  return { columns: filled.map(({ columnName }) => columnName), pieces: (take) => pieces(file.path, row, take) };
}

interface RowForm {
  /** Values of a row, and those of them that are in the file. */
  count: number;
  own: number;
  /** By value of the file: the type wants a byte before it. */
  versioned: readonly boolean[];
  /** The values of all rows. */
  end: Buffer;
  /** The last value of the first row; undefined where there is no sequence. */
  first: number | undefined;
}

function* pieces(path: string, form: RowForm, take: TakeBytes): Generator<Buffer> {
  const file = openSync(path, "r");
  try {
    yield pgHeader;
    const perRow = form.end.length + (form.first === undefined ? 0 : 12) + form.versioned.filter(Boolean).length;
    let next = form.first ?? 0;
    let input: Buffer = Buffer.allocUnsafe(pieceBytes);
    let filled = 0;
    let at = pgHeader.length;
    const stops: number[] = [];
    for (;;) {
      const count = readSync(file, input, filled, input.length - filled, null);
      if (count === 0) break;
      filled += count;
      const view = viewOf(input);
      stops.length = 0;
      let to = at;
      while (to + 2 <= filled && view.getInt16(to) !== pgEnd) {
        const stop = rowEnd(view, to, filled);
        if (stop < 0) break;
        stops.push(stop);
        to = stop;
      }
      if (stops.length > 0) {
        const out = take(to - at + stops.length * perRow);
        // NULL takes no byte before it.
        yield out.subarray(0, writeRows(input, view, at, stops, form, next, out));
        next += stops.length;
      }
      const rest = filled - to;
      // A row that is longer than the buffer.
      const kept = rest > input.length / 2 ? Buffer.allocUnsafe(2 * input.length) : input;
      input.copy(kept, 0, to, filled);
      [input, filled, at] = [kept, rest, 0];
    }
    yield pgTrailer;
  } finally {
    closeSync(file);
  }
}

const pgTrailer = Buffer.from([0xff, 0xff]);

/** The first row begins at `start`; `stops`: where each ends. @returns the position after the last one */
function writeRows(
  input: Buffer,
  view: DataView,
  start: number,
  stops: readonly number[],
  form: RowForm,
  sequence: number,
  out: Buffer,
): number {
  const { count, own, versioned, end, first } = form;
  const hasVersions = versioned.includes(true);
  const target = viewOf(out);
  let from = start;
  let at = 0;
  let next = sequence;
  for (const stop of stops) {
    target.setInt16(at, count);
    at += 2;
    if (hasVersions) at = writeVersioned(input, view, from + 2, own, versioned, out, target, at);
    else {
      input.copy(out, at, from + 2, stop);
      at += stop - from - 2;
    }
    for (let i = 0; i < end.length; i++) out[at++] = end[i] as number;
    if (first !== undefined) {
      target.setInt32(at, 8);
      target.setInt32(at + 4, Math.floor(next / 0x1_0000_0000));
      target.setUint32(at + 8, next % 0x1_0000_0000);
      at += 12;
      next++;
    }
    from = stop;
  }
  return at;
}

function writeVersioned(
  input: Buffer,
  view: DataView,
  start: number,
  own: number,
  versioned: readonly boolean[],
  out: Buffer,
  target: DataView,
  to: number,
): number {
  let from = start;
  let at = to;
  for (let column = 0; column < own; column++) {
    const size = view.getInt32(from);
    from += 4;
    const hasVersion = size >= 0 && versioned[column] === true;
    target.setInt32(at, hasVersion ? size + 1 : size);
    at += 4;
    if (size < 0) continue;
    if (hasVersion) out[at++] = jsonbVersion;
    input.copy(out, at, from, from + size);
    at += size;
    from += size;
  }
  return at;
}
