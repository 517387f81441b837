/**
 * For each column type what tells whether a cell is spelled in its line as COPY's text format spells the value, so that its bytes can be
 * copied. Pure.
 */
import { type ColumnType, copyUnescaped, dayAt, elementsOf, fractionDigits, isMoney, readUsualInstant, unescaping } from "@tapline/columns";
import { cellKind, powerOfTen } from "@tapline/sdk";
import { escapeCopy } from "./escape.ts";
import type { PutCell } from "./format.ts";

export function cellPutter(type: ColumnType): PutCell {
  switch (type.kind) {
    case "smallint":
    case "integer":
    case "bigint":
    case "hugeint":
      return integer({ smallint: 2 ** 15, integer: 2 ** 31, bigint: 2 ** 63, hugeint: 2 ** 127 }[type.kind]);
    case "double":
    case "numeric":
      return number(Number.POSITIVE_INFINITY, mostScale);
    case "decimal":
      return isMoney(type) ? never : number(type.precision - type.scale, type.scale);
    case "date":
      return date;
    case "timestamp":
    case "timestamptz":
      return fractionDigits(type) === undefined ? instant : never;
    case "varchar":
      return type.length === undefined && type.labels === undefined ? text : never;
    case "json":
      return elementsOf(type) === undefined ? jsonText : never;
    default:
      return never;
  }
}

const never: PutCell = () => false;

/** The sign of zero is no cell's. */
function integer(limit: number): PutCell {
  return (scratch, column, row, { kinds, numbers, starts, ends }, cell) => {
    const value = numbers[cell] as number;
    if (kinds[cell] !== cellKind.number || value < -limit || value >= limit) return false;
    const from = starts[cell] as number;
    scratch.put(column, row, from, (ends[cell] as number) - from);
    return true;
  };
}

/** A cell's number has no more digits. */
const mostScale = 15;

/** `whole` and `scale`: the most digits before and after the point. */
function number(whole: number, scale: number): PutCell {
  const [point, zero] = [0x2e, 0x30];
  return (scratch, column, row, { kinds, numbers, starts, ends }, cell, { bytes }) => {
    const digits = (kinds[cell] as number) - cellKind.number;
    if (digits < 0 || digits > scale) return false;
    const most = digits + whole;
    if (most < 0) return false;
    if (most < mostScale && Math.abs(numbers[cell] as number) >= powerOfTen(most)) return false;
    const from = starts[cell] as number;
    let end = ends[cell] as number;
    // As digits that count they would be stored in a numeric of any scale.
    if (digits > 0) {
      while (bytes[end - 1] === zero) end--;
      if (bytes[end - 1] === point) end--;
    }
    scratch.put(column, row, from, end - from);
    return true;
  };
}

const date: PutCell = (scratch, column, row, { kinds, starts, ends }, cell, { bytes }) => {
  const from = starts[cell] as number;
  if (kinds[cell] !== cellKind.text || (ends[cell] as number) - from !== 10 || Number.isNaN(dayAt(bytes, from))) return false;
  scratch.put(column, row, from, 10);
  return true;
};

const clock = { seconds: 0, micros: 0 };

/** In UTC, so that it is the same in a column with a zone and in one without. */
const instant: PutCell = (scratch, column, row, { kinds, starts, ends }, cell, segment) => {
  const from = starts[cell] as number;
  const end = ends[cell] as number;
  if (kinds[cell] !== cellKind.text || !readUsualInstant(segment.bytes, from, end, clock)) return false;
  scratch.put(column, row, from, end - from);
  return true;
};

const escapes: Record<string, string> = { '"': '"', "/": "/", "\\": "\\\\", b: "\b", f: "\f", n: "\\n", r: "\\r", t: "\\t" };
const forCopy = unescaping(escapes, escapeCopy);

/** The text has neither backslashes nor control characters. */
const text: PutCell = (scratch, column, row, { kinds, starts, ends }, cell, segment) => {
  const kind = kinds[cell];
  const from = starts[cell] as number;
  const size = (ends[cell] as number) - from;
  if (kind === cellKind.text) scratch.put(column, row, from, size);
  else if (kind !== cellKind.escaped) return false;
  else {
    const { beside } = scratch;
    // A character of one byte becomes two at most, but is at least two in its line.
    beside.reserve(size);
    const written = copyUnescaped(segment, from, from + size, beside, beside.length, forCopy);
    beside.length += written;
    scratch.putBeside(column, row, beside.length - written);
  }
  return true;
};

/** As it is in its line, with its quotes. */
const jsonText: PutCell = (scratch, column, row, { kinds, starts, ends }, cell) => {
  if (kinds[cell] !== cellKind.text) return false;
  const from = starts[cell] as number;
  scratch.put(column, row, from - 1, (ends[cell] as number) - from + 2);
  return true;
};
