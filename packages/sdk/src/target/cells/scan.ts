/** Reads lines of a known shape: compares the bytes between values and writes down where each value is. Nothing is allocated for a line. */
import type { CellCheck } from "./checks.ts";
import { cellKind, kindsEnd } from "./chunk.ts";
import { nextField } from "./left-out-fields.ts";
import type { LeftOut, LineShape } from "./shape.ts";
import type { CellStore } from "./store.ts";
import { endOfText, isPlain, isPlainWord, parseNested, parseNumber } from "./value-ends.ts";

/** Where reading is. */
export interface Cursor {
  bytes: Buffer;
  view: DataView;
  /** Start of the next line. */
  at: number;
  /** No line that starts here or later is read. */
  end: number;
  /** The chunk's next row, and how many rows it may have. */
  row: number;
  capacity: number;
}

/** The checks of all slots. */
export interface SlotChecks {
  checks: readonly CellCheck[];
  /** Their `accepted` one after another. */
  accepted: Uint8Array;
}

export function slotChecks(checks: readonly CellCheck[]): SlotChecks {
  const accepted = new Uint8Array(checks.length * kindsEnd);
  for (const [slot, check] of checks.entries()) accepted.set(check.accepted, slot * kindsEnd);
  return { checks, accepted };
}

const quote = 0x22;
const [minus, point, exponents] = [0x2d - 0x30, 0x2e - 0x30, [0x45 - 0x30, 0x65 - 0x30]] as const;
const [lower, upper] = exponents;
const wordOf = (text: string): number => Buffer.from(text).readInt32LE(0);
const [nullWord, trueWord, falsWord] = [wordOf("null"), wordOf("true"), wordOf("fals")];

/** A number of so many digits is an integer that doubles hold. */
const mostDigits = 15;

/** Moves the cursor over lines that have the shape and values that are accepted. It stops before the first other line. */
export function scanLines(cursor: Cursor, shape: LineShape, { checks, accepted }: SlotChecks, store: CellStore): void {
  const { bytes, view, end, capacity } = cursor;
  const { words, wordsAt, lengths, slots, tail } = shape;
  const { kinds, starts, ends, numbers } = store;
  const size = bytes.length;
  const lastWord = size - 4;
  const count = slots.length;
  const tailLength = tail.length;
  let { at, row } = cursor;
  lines: while (at < end && row < capacity) {
    let p = at;
    for (let i = 0; i < count; i++) {
      const last = p + (lengths[i] as number) - 4;
      let isThere = last + 4 <= size;
      let word = wordsAt[i] as number;
      for (let q = p; isThere && q < last; q += 4) isThere = view.getInt32(q, true) === words[word++];
      if (isThere && view.getInt32(last, true) === words[word]) p = last + 4;
      else {
        const isFirst = p === at;
        i = nextField(shape, i, view, p, isFirst);
        if (i < 0) break lines;
        if (i === count) break;
        p += (isFirst ? (shape.leftOut as LeftOut).first.lengths[i] : lengths[i]) as number;
      }
      const slot = slots[i] as number;
      const cell = slot * capacity + row;
      let kind: number;
      let byte = bytes[p] as number;
      if (byte === quote) {
        starts[cell] = ++p;
        while (p <= lastWord && isPlainWord(view.getInt32(p, true))) p += 4;
        byte = bytes[p] as number;
        while (isPlain[byte] === 1) byte = bytes[++p] as number;
        if (byte === quote) kind = cellKind.text;
        else {
          p = endOfText(bytes, p);
          if (p < 0) break lines;
          kind = cellKind.escaped;
        }
        ends[cell] = p++;
      } else {
        starts[cell] = p;
        let digit = byte - 0x30;
        if ((digit >= 0 && digit <= 9) || digit === minus) {
          const isNegative = digit === minus;
          if (isNegative) digit = (bytes[++p] as number) - 0x30;
          const isZeroFirst = digit === 0;
          const from = p;
          let value = 0;
          while (digit >= 0 && digit <= 9) {
            value = value * 10 + digit;
            digit = (bytes[++p] as number) - 0x30;
          }
          let digits = p - from;
          if (digits === 0 || (isZeroFirst && digits > 1)) break lines;
          let scale = 0;
          if (digit === point) {
            digit = (bytes[++p] as number) - 0x30;
            const fraction = p;
            while (digit >= 0 && digit <= 9) {
              value = value * 10 + digit;
              digit = (bytes[++p] as number) - 0x30;
            }
            scale = p - fraction;
            if (scale === 0) break lines;
            digits += scale;
          }
          if (digits > mostDigits || digit === lower || digit === upper || (isNegative && value === 0)) {
            const parsed = parseNumber(bytes, starts[cell] as number);
            if (parsed === undefined) break lines;
            starts[cell] = store.parsed.push(parsed.value) - 1;
            p = parsed.end;
            kind = cellKind.parsed;
          } else {
            numbers[cell] = isNegative ? -value : value;
            kind = cellKind.number + scale;
          }
        } else {
          const word = p + 4 > size ? 0 : view.getInt32(p, true);
          if (word === nullWord) {
            kind = cellKind.null;
            p += 4;
          } else if (word === trueWord) {
            kind = cellKind.true;
            p += 4;
          } else if (word === falsWord && bytes[p + 4] === 0x65) {
            kind = cellKind.false;
            p += 5;
          } else {
            const parsed = parseNested(bytes, p);
            if (parsed === undefined) break lines;
            starts[cell] = store.parsed.push(parsed.value) - 1;
            p = parsed.end;
            kind = cellKind.parsed;
          }
        }
        ends[cell] = p;
      }
      kinds[cell] = kind;
      if (accepted[slot * kindsEnd + kind] === 0 && !(checks[slot] as CellCheck).accepts(store.valueAt(cell, cursor))) break lines;
    }
    for (let i = 0; i < tailLength; i++) if (bytes[p + i] !== tail[i]) break lines;
    at = p + tailLength;
    row++;
  }
  // Of a line that was not read to its end.
  if (row < capacity) for (let i = 0; i < count; i++) kinds[(slots[i] as number) * capacity + row] = cellKind.absent;
  cursor.at = at;
  cursor.row = row;
}
