/** The cells of a chunk in COPY's binary format: those in their usual spelling; others are written as values. Pure. */
import { type Clock, type ColumnType, copyBytes, copyUnescaped, dayAt, readUsualInstant } from "@tapline/columns";
import { cellKind, powerOfTen } from "@tapline/sdk";
import { setDay, setInteger, setMicros } from "./binary-numbers.ts";
import type { PutCell } from "./format.ts";
import { writeNumeric } from "./numeric.ts";
import type { CopyScratch } from "./scratch.ts";

export const never: PutCell = () => false;

/** Takes room for so many bytes after those in use, as the value of the row. @returns where it starts */
function take({ beside }: CopyScratch, width: number): number {
  beside.reserve(width);
  const at = beside.length;
  beside.length = at + width;
  return at;
}

export const booleanCell: PutCell = (scratch, column, row, { kinds }, cell) => {
  const kind = kinds[cell];
  if (kind !== cellKind.true && kind !== cellKind.false) return false;
  const at = take(scratch, 1);
  scratch.beside.bytes[at] = kind === cellKind.true ? 1 : 0;
  scratch.put(column, row, ~at, 1);
  return true;
};

/** A cell's number has 15 digits at most. The sign of zero is no cell's. */
export function integerCell(width: 2 | 4 | 8): PutCell {
  const limit = 2 ** (8 * width - 1);
  return (scratch, column, row, { kinds, numbers }, cell) => {
    const value = numbers[cell] as number;
    if (kinds[cell] !== cellKind.number || value < -limit || value >= limit) return false;
    const at = take(scratch, width);
    setInteger(scratch.beside.view, at, width, value);
    scratch.put(column, row, ~at, width);
    return true;
  };
}

/** Both the digits and the power of ten are exact doubles, so their quotient is the double nearest to the number. */
export const doubleCell: PutCell = (scratch, column, row, { kinds, numbers }, cell) => {
  const scale = (kinds[cell] as number) - cellKind.number;
  if (scale < 0) return false;
  const at = take(scratch, 8);
  scratch.beside.view.setFloat64(at, (numbers[cell] as number) / powerOfTen(scale));
  scratch.put(column, row, ~at, 8);
  return true;
};

/** Digits that a cell's number has at most. */
const mostDigits = 15;

export function numericCell(type: ColumnType): PutCell {
  const [whole, scale] = type.kind === "decimal" ? [type.precision - type.scale, type.scale] : [Number.POSITIVE_INFINITY, mostDigits];
  return (scratch, column, row, { kinds, numbers }, cell) => {
    const digits = (kinds[cell] as number) - cellKind.number;
    if (digits < 0 || digits > scale) return false;
    const most = digits + whole;
    const value = numbers[cell] as number;
    if (most < mostDigits && (most < 0 || Math.abs(value) >= powerOfTen(most))) return false;
    const { beside } = scratch;
    const start = beside.length;
    writeNumeric(beside, value, digits);
    scratch.putBeside(column, row, start);
    return true;
  };
}

export const dateCell: PutCell = (scratch, column, row, { kinds, starts, ends }, cell, { bytes }) => {
  const from = starts[cell] as number;
  if (kinds[cell] !== cellKind.text || (ends[cell] as number) - from !== 10) return false;
  const day = dayAt(bytes, from);
  if (Number.isNaN(day)) return false;
  const at = take(scratch, 4);
  setDay(scratch.beside.view, at, day);
  scratch.put(column, row, ~at, 4);
  return true;
};

const clock: Clock = { seconds: 0, micros: 0 };

/** In UTC, so that it is the same in a column with a zone and in one without. */
export const instantCell: PutCell = (scratch, column, row, { kinds, starts, ends }, cell, { bytes }) => {
  if (kinds[cell] !== cellKind.text || !readUsualInstant(bytes, starts[cell] as number, ends[cell] as number, clock)) return false;
  const at = take(scratch, 8);
  setMicros(scratch.beside.view, at, clock);
  scratch.put(column, row, ~at, 8);
  return true;
};

export const textCell: PutCell = (scratch, column, row, { kinds, starts, ends }, cell, segment) => {
  const kind = kinds[cell];
  const from = starts[cell] as number;
  const end = ends[cell] as number;
  if (kind === cellKind.text) scratch.put(column, row, from, end - from);
  else if (kind !== cellKind.escaped) return false;
  else {
    const { beside } = scratch;
    const start = beside.length;
    beside.reserve(end - from);
    beside.length += copyUnescaped(segment, from, end, beside, start);
    scratch.putBeside(column, row, start);
  }
  return true;
};

/** As it is in its line, with its quotes. */
export const jsonCell: PutCell = (scratch, column, row, { kinds, starts, ends }, cell) => {
  if (kinds[cell] !== cellKind.text) return false;
  const from = starts[cell] as number;
  scratch.put(column, row, from - 1, (ends[cell] as number) - from + 2);
  return true;
};

/** The first byte of a value of type jsonb. */
export const jsonbVersion = 1;

/** The server reads its escapes. */
export const jsonbCell: PutCell = (scratch, column, row, { kinds, starts, ends }, cell, segment) => {
  const kind = kinds[cell];
  if (kind !== cellKind.text && kind !== cellKind.escaped) return false;
  const from = (starts[cell] as number) - 1;
  const size = (ends[cell] as number) + 1 - from;
  const at = take(scratch, size + 1);
  scratch.beside.bytes[at] = jsonbVersion;
  copyBytes(segment, from, size, scratch.beside, at + 1);
  scratch.put(column, row, ~at, size + 1);
  return true;
};
