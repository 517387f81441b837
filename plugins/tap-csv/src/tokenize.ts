/**
 * CSV bytes to the places of a row's cells, without I/O and without a string or object for any cell: the caller pours bytes
 * in, asks for rows, and reads `starts`, `ends` and `flags`. Semantics: Python's csv module in strict mode, RFC 4180 where
 * that is silent.
 */
import type { Position } from "@tapline/sdk";
import { ByteWindow } from "./byte-window.ts";
import { errors, shorten } from "./errors.ts";

/** Bytes with a meaning; -1 for an escape character that isn't used. */
export interface Dialect {
  delimiter: number;
  quote: number;
  escaper: number;
  doubleQuote: boolean;
  skipInitialSpace: boolean;
}

export interface TokenizerOptions {
  maxRowBytes: number;
  /** Bytes kept in memory while rows are shorter than that. */
  bufferBytes: number;
  /** Stream and file, for messages. */
  position?: Position;
}

/** The cell was in quotes. */
export const quotedFlag = 1;
/** The cell still holds doubled quotes or escape characters; no cell of a finished row does. */
const escapedFlag = 2;

const [lf, cr, space] = [0x0a, 0x0d, 0x20];

export class Tokenizer {
  /** Cells of the row that `next` found: their bytes are at [starts[i], ends[i]) of `bytes`. */
  count = 0;
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  flags = new Uint8Array(64);
  /** The line the row starts in, counted from 1. */
  line = 1;
  /** Bytes of the row as the file has it. */
  rowBytes = 0;

  readonly #dialect: Dialect;
  readonly #options: TokenizerOptions;
  readonly #window: ByteWindow;
  /** Bytes that end a run of plain ones, outside and inside quotes; a line feed behind the last byte ends every run. */
  readonly #stops = new Uint8Array(256);
  readonly #quotedStops = new Uint8Array(256);
  #header: readonly string[] = [];
  #isAtStart = true;
  #nextLine = 1;
  #rowStart = 0;
  /** Line and place of the quote that was open when the bytes ran out; line 0: none was. */
  #quoteLine = 0;
  #quoteAt = 0;

  constructor(dialect: Dialect, options: TokenizerOptions) {
    this.#dialect = dialect;
    this.#options = options;
    this.#window = new ByteWindow(options.bufferBytes);
    for (const byte of [dialect.delimiter, dialect.escaper, lf, cr]) if (byte >= 0) this.#stops[byte] = 1;
    for (const byte of [dialect.quote, dialect.escaper, lf, cr]) if (byte >= 0) this.#quotedStops[byte] = 1;
  }

  get bytes(): Uint8Array {
    return this.#window.bytes;
  }

  /** From now on each row must have one cell for each of these columns. */
  expect(header: readonly string[]): void {
    this.#header = header;
  }

  /** Room for more bytes; say with `poured` how many were put in. The last row's cells are gone. @throws row_over_budget */
  room(): Uint8Array {
    const { maxRowBytes } = this.#options;
    if (this.#window.to - this.#window.from > maxRowBytes + 1) throw this.#overBudget();
    return this.#window.room(maxRowBytes + 2);
  }

  poured(count: number): void {
    this.#window.poured(count);
  }

  /** No more bytes will come. */
  end(): void {
    this.#window.end();
  }

  /**
   * Goes to the next row that isn't blank; false when it takes more bytes to know it (after `end`: when there is none).
   * It starts again at the row's first byte each time, so pour in much at once.
   * @throws row_too_short, row_too_long, row_over_budget, quote_not_closed, text_after_quote, escaper_at_end, invalid_utf8
   */
  next(): boolean {
    if (this.#isAtStart && !this.#skipByteOrderMark()) return false;
    if (!this.#skipBlankLines()) return false;
    const { bytes, to, isWhole } = this.#window;
    const { delimiter, quote, escaper, doubleQuote, skipInitialSpace } = this.#dialect;
    const stops = this.#stops;
    const quotedStops = this.#quotedStops;
    let { starts, ends, flags } = this;
    let at = this.#window.from;
    let line = this.#nextLine;
    let count = 0;
    let hasEscapes = 0;
    this.count = 0;
    this.line = line;
    this.#rowStart = at;
    this.#quoteLine = 0;
    bytes[to] = lf;
    for (;;) {
      if (skipInitialSpace) while (bytes[at] === space) at++;
      let start = at;
      let end = at;
      let flag = 0;
      if (bytes[at] === quote && at < to) {
        flag = quotedFlag;
        this.#quoteLine = line;
        this.#quoteAt = at;
        start = ++at;
        for (;;) {
          while (quotedStops[bytes[at] as number] === 0) at++;
          if (at >= to) return this.#unfinished();
          const byte = bytes[at];
          if (byte === escaper) {
            if (at + 1 >= to) return this.#unfinished();
            flag |= escapedFlag;
            const escaped = bytes[at + 1];
            at += escaped === lf || escaped === cr ? 1 : 2;
          } else if (byte === quote) {
            if (!doubleQuote || bytes[at + 1] !== quote || at + 1 >= to) break;
            flag |= escapedFlag;
            at += 2;
          } else {
            if (byte === lf || bytes[at + 1] !== lf) line++;
            at++;
          }
        }
        end = at++;
        if (at >= to && !isWhole) return false;
        const byte = bytes[at];
        if (byte !== delimiter && byte !== lf && byte !== cr) throw this.#textAfterQuote(at);
        this.#quoteLine = 0;
      } else {
        for (;;) {
          while (stops[bytes[at] as number] === 0) at++;
          if (bytes[at] !== escaper || at >= to) break;
          if (at + 1 >= to) {
            if (isWhole) throw errors.escape_at_end({}, this.#positionAt(at));
            return false;
          }
          flag |= escapedFlag;
          const escaped = bytes[at + 1];
          at += 2;
          if (escaped === cr && at >= to && !isWhole) return false;
          if (escaped === cr && bytes[at] === lf && at < to) at++;
          if (escaped === lf || escaped === cr) line++;
        }
        end = at;
      }
      if (count < starts.length || this.#header.length === 0) {
        if (count === starts.length) {
          this.#growCells();
          ({ starts, ends, flags } = this);
        }
        starts[count] = start;
        ends[count] = end;
        flags[count] = flag;
        hasEscapes |= flag & escapedFlag;
      }
      count++;
      const byte = bytes[at];
      if (byte === delimiter) {
        at++;
        continue;
      }
      if (at >= to) {
        if (!isWhole) return false;
        break;
      }
      if (byte === cr) {
        if (at + 1 >= to && !isWhole) return false;
        if (bytes[at + 1] === lf && at + 1 < to) at++;
      }
      at++;
      break;
    }
    this.count = count;
    this.rowBytes = at - this.#rowStart;
    this.#window.from = at;
    this.#nextLine = line + 1;
    if (at > this.#window.badAt) throw this.#invalidUtf8();
    if (this.rowBytes > this.#options.maxRowBytes) throw this.#overBudget();
    if (count !== this.#header.length && this.#header.length > 0) throw this.#wrongCount();
    if (hasEscapes !== 0) this.#unescape();
    return true;
  }

  /** Frees the buffer now; `next` and the last row's cells are gone with it. */
  release(): void {
    this.#window.release();
  }

  /** The text of a cell, for headers and messages. */
  text(cell: number): string {
    return Buffer.from(this.bytes.subarray(this.starts[cell], this.ends[cell])).toString();
  }

  #skipByteOrderMark(): boolean {
    const { bytes, from, to, isWhole } = this.#window;
    if (to - from < 3 && !isWhole) return false;
    if (to - from >= 3 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) this.#window.from += 3;
    this.#isAtStart = false;
    return true;
  }

  /** False when all bytes at hand belong to blank lines, or may do so. */
  #skipBlankLines(): boolean {
    const { bytes, to, isWhole } = this.#window;
    let at = this.#window.from;
    for (; at < to; at++, this.#nextLine++) {
      const byte = bytes[at];
      if (byte !== lf && byte !== cr) break;
      if (byte === cr && at + 1 >= to && !isWhole) break;
      if (byte === cr && at + 1 < to && bytes[at + 1] === lf) at++;
    }
    this.#window.from = at;
    return at < to && bytes[at] !== cr;
  }

  #unfinished(): boolean {
    if (!this.#window.isWhole) return false;
    if (this.#window.badAt < this.#window.to) throw this.#invalidUtf8();
    throw errors.quote_not_closed({}, this.#positionAt(this.#quoteAt));
  }

  /** Takes doubled quotes and escape characters out of the row's cells, in place: what a cell loses stays behind its end. */
  #unescape(): void {
    const { bytes, starts, ends, flags } = this;
    const { quote, escaper } = this.#dialect;
    for (let cell = 0; cell < this.count; cell++) {
      const flag = flags[cell] as number;
      if ((flag & escapedFlag) === 0) continue;
      const doubled = (flag & quotedFlag) !== 0 ? quote : escaper;
      const end = ends[cell] as number;
      let to = starts[cell] as number;
      for (let at = to; at < end; at++) {
        const byte = bytes[at] as number;
        bytes[to++] = byte === doubled || byte === escaper ? (bytes[++at] as number) : byte;
      }
      ends[cell] = to;
      flags[cell] = flag & quotedFlag;
    }
  }

  #growCells(): void {
    const size = this.starts.length * 2;
    const [starts, ends, flags] = [new Int32Array(size), new Int32Array(size), new Uint8Array(size)];
    starts.set(this.starts);
    ends.set(this.ends);
    flags.set(this.flags);
    [this.starts, this.ends, this.flags] = [starts, ends, flags];
  }

  #wrongCount(): Error {
    const counts = { cells: this.count, columns: this.#header.length };
    const position = { ...this.#options.position, line: this.line };
    return this.count < this.#header.length ? errors.row_too_short(counts, position) : errors.row_too_long(counts, position);
  }

  #overBudget(): Error {
    const position = { ...this.#options.position, line: this.line };
    return errors.row_over_budget({ limit: this.#options.maxRowBytes, quoteLine: this.#quoteLine }, position);
  }

  #textAfterQuote(at: number): Error {
    if (this.#window.badAt <= at) return this.#invalidUtf8();
    const rest = Buffer.from(this.bytes.subarray(at, Math.min(this.#window.to, at + 60))).toString();
    return errors.text_after_quote({ found: shorten(rest.split(/[\r\n]/, 1)[0] ?? "") }, this.#positionAt(at));
  }

  #invalidUtf8(): Error {
    const at = this.#window.badAt;
    let cell = this.count - 1;
    while (cell > 0 && (this.starts[cell] as number) > at) cell--;
    const column = this.#header[cell];
    const position = { ...this.#positionAt(at), ...(column === undefined ? {} : { column }) };
    return errors.invalid_utf8({ byte: this.bytes[at] as number }, position);
  }

  /** The line and character of a place in the row at hand, whose bytes are still as the file has them. */
  #positionAt(at: number): Position {
    let line = this.line;
    let lineStart = this.#rowStart;
    for (let i = this.#rowStart; i < at; i++) {
      const byte = this.bytes[i];
      if (byte !== lf && (byte !== cr || this.bytes[i + 1] === lf)) continue;
      line++;
      lineStart = i + 1;
    }
    const before = Buffer.from(this.bytes.subarray(lineStart, at)).toString();
    return { ...this.#options.position, line, offset: [...before].length + 1 };
  }
}
