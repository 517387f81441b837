/**
 * The fast path for ordinary rows: one pass from CSV bytes to RECORD lines, four bytes at a time, without recording where cells are.
 * It stops before a row that is not ordinary (a value that does not fit its type, a wrong count of cells, an escape, a row cut by
 * the end of the buffer). The tokenizer and the record writer then read that row and report what is wrong.
 */

import { quotedFlag } from "../rows/cells.ts";
import type { Mark } from "../rows/marks.ts";
import type { Tokenizer } from "../rows/tokenizer.ts";
import { isDate, maxDecimalDigits } from "../types/recognize.ts";
import type { CellEncoder } from "./encode.ts";
import { writeEscaped } from "./escape.ts";
import { isLittleEndian, type Layout, type Slot } from "./layout.ts";
import { fullBytes, type LineBuffer } from "./line-buffer.ts";
import { RowStarts } from "./row-starts.ts";
import { firstOf, fourTimes, isClock, isYearAndMonth, nonDigitsIn, specialsIn } from "./words.ts";

/** Rows are processed in slices of this size, so that room is checked once per slice and not for each cell. */
const sliceBytes = 32 * 1024;
/**
 * The first slices of a process are short, so that the loop below is left and entered often before V8 optimizes it. Else V8 optimizes it
 * without having seen its end, and has to do so again and again: 130 ms of CPU in a file of 200,000 rows.
 */
const firstSliceBytes = 512;
let firstSlices = 1000;

/** After so many rows that stopped at a column, which are more than one in nine, more are expected. */
const manyStops = 16;

const [text, decimal, integer, date, instant, boolean, other, skipped, nothing] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const [lf, cr, minus, dot, zero, jsonQuote] = [0x0a, 0x0d, 0x2d, 0x2e, 0x30, 0x22];
const [nullWord, trueWord, falsWord] = [0x6c6c756e, 0x65757274, 0x736c6166];

/** What the loop needs for each column of the file, in the order of the file. */
interface Cells {
  kinds: Uint8Array;
  scales: Uint8Array;
  encoders: readonly (CellEncoder | undefined)[];
  /** End in the layout's words, and length in bytes, of the piece before the cell; 0 before a column that is not selected. */
  wordEnds: Int32Array;
  lengths: Int32Array;
}

export class Transcriber {
  readonly #tokenizer: Tokenizer;
  readonly #layout: Layout;
  readonly #lines: LineBuffer;
  #cells: Cells;
  /** How many rows were written, and for each column how many rows stopped at its cell. */
  #written = 0;
  readonly #stops: Uint32Array;
  /** How many rows had no delimiter after the last column. */
  #unended = 0;
  readonly #rowStarts: RowStarts;

  constructor(tokenizer: Tokenizer, layout: Layout, lines: LineBuffer, width: number) {
    this.#tokenizer = tokenizer;
    this.#layout = layout;
    this.#lines = lines;
    this.#cells = cellsOf(layout, width, tokenizer.marks.trailingDelimiter);
    this.#rowStarts = new RowStarts(tokenizer);
    this.#stops = new Uint32Array(width);
  }

  /** Not possible with marks of several bytes, or when columns are sent in another order than in the file. */
  static suits({ marks }: Tokenizer, { slots }: Layout): boolean {
    const all = [marks.delimiter, marks.quote, marks.escaper, marks.comment];
    if (marks.skipInitialSpace || all.some((mark) => mark.length > 1)) return false;
    return slots.every(({ cell }, i) => cell > (slots[i - 1]?.cell ?? -1));
  }

  /** Writes as many rows as it can; false when it wrote none. */
  run(): boolean {
    const { window, marks, rowsAreLines } = this.#tokenizer;
    const { bytes, view: input } = window;
    const isFirst = firstSlices > 0;
    const to = Math.min(window.to, window.badAt, window.nulAt, window.from + (isFirst ? firstSliceBytes : sliceBytes));
    const overwritten = bytes[to] as number;
    // A line end stops every loop there.
    bytes[to] = lf;
    const lines = this.#lines;
    const { bytes: out, view } = lines;
    const { words, lengths: pieceLengths } = this.#layout;
    const tailLength = pieceLengths[pieceLengths.length - 1] as number;
    const { kinds, scales, encoders, wordEnds, lengths } = this.#cells;
    const last = kinds.length - 1;
    const { doubleQuote } = marks;
    const [delimiter, quote] = [byteOf(marks.delimiter), byteOf(marks.quote)];
    const escaper = byteOf(marks.escaper);
    const rowStarts = this.#rowStarts;
    const { bytes: startBytes } = rowStarts;
    const delimiters = fourTimes(delimiter);
    const quotes = fourTimes(quote);
    let count = 0;
    // Positions in the input and in the output, and where the current row begins.
    let p = window.from;
    let o = lines.at;
    let line = window.line;
    let rowAt = p;
    let rowOut = o;
    let rowLine = line;
    let cell = 0;
    rows: while (o < fullBytes) {
      let byte = bytes[p] as number;
      if (startBytes[byte] !== 0 && rowStarts.isSpecial(bytes, p)) break;
      let nextWord = 0;
      for (cell = 0; ; cell++) {
        const value = o + (lengths[cell] as number);
        for (const end = wordEnds[cell] as number; nextWord < end; nextWord++, o += 8)
          view.setBigUint64(o, words[nextWord] as bigint, isLittleEndian);
        o = value;
        const kind = kinds[cell] as number;
        byte = bytes[p] as number;
        const isQuoted = byte === quote;
        if (isQuoted) p++;
        const start = p;
        if (kind === text) {
          if (!isQuoted && (byte === delimiter || byte === lf || byte === cr)) {
            view.setInt32(o, nullWord, true);
            o += 4;
          } else {
            out[o++] = jsonQuote;
            const marks = isQuoted ? quotes : delimiters;
            for (;;) {
              const word = input.getInt32(p, true);
              view.setInt32(o, word, true);
              const specials = specialsIn(word, marks);
              if (specials === 0) {
                p += 4;
                o += 4;
                continue;
              }
              const plain = firstOf(specials);
              p += plain;
              o += plain;
              byte = bytes[p] as number;
              if (isQuoted) {
                if (byte === quote) {
                  p++;
                  if (bytes[p] !== quote || !doubleQuote) break;
                } else if (byte === lf || byte === cr) {
                  if (p >= to) break rows;
                  if (!rowsAreLines && (byte === lf || bytes[p + 1] !== lf)) line++;
                }
              } else if (byte === delimiter || byte === lf || byte === cr) break;
              if (byte === escaper) break rows;
              p++;
              o = writeEscaped(byte, out, o);
            }
            out[o++] = jsonQuote;
          }
        } else {
          if (kind === integer || kind === decimal) {
            if (bytes[p] === minus) {
              out[o++] = minus;
              p++;
            }
            const whole = p;
            for (;;) {
              const word = input.getInt32(p, true);
              view.setInt32(o, word, true);
              const others = nonDigitsIn(word);
              const plain = others === 0 ? 4 : firstOf(others);
              p += plain;
              o += plain;
              if (others !== 0) break;
            }
            const digits = p - whole;
            if (digits === 0) {
              if (p !== start) break rows;
              view.setInt32(o, nullWord, true);
              o += 4;
            } else if (digits > 1 && bytes[whole] === zero) break rows;
            else if (kind === integer) {
              if (digits > 18) break rows;
            } else {
              const scale = scales[cell] as number;
              if (digits > maxDecimalDigits - scale) break rows;
              if (bytes[p] === dot) {
                out[o++] = dot;
                const fraction = ++p;
                for (;;) {
                  const word = input.getInt32(p, true);
                  view.setInt32(o, word, true);
                  const others = nonDigitsIn(word);
                  const plain = others === 0 ? 4 : firstOf(others);
                  p += plain;
                  o += plain;
                  if (others !== 0) break;
                }
                if (p === fraction || p - fraction > scale) break rows;
              }
            }
          } else if (kind === date || kind === instant) {
            const year = input.getInt32(p, true);
            const month = input.getInt32(p + 4, true);
            if (isYearAndMonth(year, month)) {
              const tens = bytes[p + 8] as number;
              const ones = bytes[p + 9] as number;
              const day = tens * 10 + ones - 11 * zero;
              if (tens < zero || ones < zero || ones > 0x39 || day < 1 || (day > 28 && !isDate(bytes, p, p + 10))) break rows;
              out[o] = jsonQuote;
              view.setInt32(o + 1, year, true);
              view.setInt32(o + 5, month, true);
              out[o + 9] = tens;
              out[o + 10] = ones;
              p += 10;
              o += 11;
              if (kind === instant) {
                const separator = bytes[p] as number;
                const first = input.getInt32(p + 1, true);
                const second = input.getInt32(p + 5, true);
                const zone = bytes[p + 9] as number;
                if ((separator !== 0x54 && separator !== 0x20) || zone !== 0x5a || !isClock(first, second)) break rows;
                out[o] = separator;
                view.setInt32(o + 1, first, true);
                view.setInt32(o + 5, second, true);
                out[o + 9] = zone;
                p += 10;
                o += 10;
              }
              out[o++] = jsonQuote;
            } else {
              view.setInt32(o, nullWord, true);
              o += 4;
            }
          } else if (kind === boolean) {
            const word = input.getInt32(p, true) | 0x20202020;
            if (word === trueWord) {
              view.setInt32(o, word, true);
              p += 4;
              o += 4;
            } else if (word === falsWord && ((bytes[p + 4] as number) | 0x20) === 0x65) {
              view.setInt32(o, word, true);
              out[o + 4] = 0x65;
              p += 5;
              o += 5;
            } else {
              view.setInt32(o, nullWord, true);
              o += 4;
            }
          } else {
            const end = isQuoted ? quote : delimiter;
            for (byte = bytes[p] as number; byte !== end && byte !== lf && byte !== cr; byte = bytes[p] as number) {
              if (byte === escaper) break rows;
              p++;
            }
            if (kind === other) {
              o = (encoders[cell] as CellEncoder)(bytes, start, p, isQuoted ? quotedFlag : 0, out, o);
              if (o < 0) break rows;
            } else if (kind === nothing && (isQuoted || p > start)) break rows;
          }
          if (isQuoted) {
            if (bytes[p] !== quote) break rows;
            p++;
          }
        }
        byte = bytes[p] as number;
        if (cell < last) {
          if (byte !== delimiter) break rows;
          p++;
        } else {
          if (byte === cr) byte = bytes[++p] as number;
          if (byte !== lf || p >= to) break rows;
          p++;
          break;
        }
      }
      const end = o + tailLength;
      for (; nextWord < words.length; nextWord++, o += 8) view.setBigUint64(o, words[nextWord] as bigint, isLittleEndian);
      o = end;
      rowAt = p;
      rowLine = ++line;
      rowOut = o;
      count++;
    }
    if (p > rowAt && p < to) this.#noteStop(cell, bytes[p] as number);
    bytes[to] = overwritten;
    window.from = rowAt;
    window.line = rowLine;
    lines.at = rowOut;
    lines.count += count;
    this.#written += count;
    if (isFirst) firstSlices--;
    if (!isFirst || count > 0 || p < to) return count > 0;
    // The row is longer than a short slice.
    firstSlices = 0;
    return this.run();
  }

  /** A column whose values are often in another than the canonical form is read by its encoder, which accepts those. */
  #noteStop(cell: number, byte: number): void {
    const { kinds } = this.#cells;
    const kind = kinds[cell] as number;
    if (kinds[cell + 1] === nothing && (byte === lf || byte === cr)) {
      // Only the header ends with a delimiter.
      if (++this.#unended >= manyStops && this.#unended > this.#written) this.#cells = { ...this.#cells, kinds: kinds.subarray(0, -1) };
      return;
    }
    if (kind === text || kind >= other) return;
    const stops = (this.#stops[cell] as number) + 1;
    this.#stops[cell] = stops;
    if (stops >= manyStops && stops * 8 > this.#written) kinds[cell] = other;
  }
}

/** With `endsWithDelimiter`, there is one more cell after the last column, which must be empty. */
function cellsOf({ slots, lengths, wordEnds }: Layout, width: number, endsWithDelimiter: boolean): Cells {
  const order = Array.from({ length: width }, (_, cell) => slots.findIndex((slot) => slot.cell === cell));
  const ends = order.map((slot) => (slot < 0 ? 0 : (wordEnds[slot] as number)));
  return {
    kinds: Uint8Array.from([
      ...order.map((slot) => (slot < 0 ? skipped : kindOf(slots[slot] as Slot))),
      ...(endsWithDelimiter ? [nothing] : []),
    ]),
    scales: Uint8Array.from(order, (slot) => slots[slot]?.type.scale ?? 0),
    encoders: order.map((slot) => slots[slot]?.encode),
    wordEnds: Int32Array.from([...ends, 0]),
    lengths: Int32Array.from([...order.map((slot) => (slot < 0 ? 0 : (lengths[slot] as number))), 0]),
  };
}

function kindOf({ type: { kind, format, nulls, was } }: Slot): number {
  if (format !== undefined || nulls !== undefined || was !== undefined) return other;
  const kinds: Record<string, number> = { string: text, decimal, integer, date, "date-time": instant, boolean };
  return kinds[kind] ?? other;
}

/** -1 when the dialect has no such character. */
const byteOf = (mark: Mark): number => mark[0] ?? -1;
