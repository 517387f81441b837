/**
 * Finds the cells of each row in CSV bytes, without I/O and without a string or object per cell: the caller adds bytes, asks for rows
 * and reads `starts`, `ends` and `flags`. The rules are those of Python's csv module in strict mode, and RFC 4180 where that
 * defines nothing. A row that breaks them is an error, or is rejected or repaired, as the policy decides.
 */
import type { Position } from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { Dialect } from "../sniff/dialect.ts";
import { ByteWindow } from "./byte-window.ts";
import { escapedFlag, quotedFlag } from "./cells.ts";
import { afterLineEnd, lineEnd, resumePosition } from "./line-check.ts";
import { isAt, type Mark, type Marks, marksOf } from "./marks.ts";
import { byteOrderMark, NoData, type SkippedLine } from "./no-data.ts";
import { type RowPolicy, strict } from "./policy.ts";
import { removeEscapes } from "./remove-escapes.ts";
import {
  escapeAtEnd,
  invalidByte,
  noData,
  nulByte,
  overBudget,
  type Problem,
  quoteNotClosed,
  type RowLocation,
  textAfterQuote,
  wrongCount,
} from "./row-problems.ts";

export interface TokenizerOptions {
  maxRowBytes: number;
  /** The size of the buffer while rows fit into it. */
  bufferBytes: number;
  /** Stream and file, for error messages. */
  position?: Position;
  policy?: RowPolicy;
  /** Rows of a sheet: each counts as one line, whatever line breaks its cells have. */
  rowsAreLines?: boolean;
  /** For a decoded file: the encoding and the invalid byte (undefined: unknown) at a place that many bytes before the end of the window. */
  badByteAt?: (bytesFromEnd: number) => { encoding: string; byte: number | undefined };
  /** Called for each row that the policy rejects. */
  onReject?: (row: RejectedRow) => void;
  /** Called for each line that is left out because it is no data; `line` is where it starts. */
  onSkip?: (what: SkippedLine, line: number) => void;
}

export interface RejectedRow {
  error: Error & { code: string };
  /** The line where the row starts. */
  line: number;
  /** The bytes of the row in the file, without the line end; valid until the next call. */
  raw: Uint8Array;
  /** The row is so long that `raw` has only its start. */
  isCut: boolean;
}

/** How much of a row with escapes is copied in case its values are rejected. A copy of a longer row would double its memory. */
const maxRawBytes = 1024 * 1024;

const [lf, cr, space] = [0x0a, 0x0d, 0x20];

type Outcome = "row" | "more" | Problem;

export class Tokenizer {
  /** The count of cells in the row that `next` found. The bytes of cell i are [starts[i], ends[i]) of `bytes`. */
  count = 0;
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  flags = new Uint8Array(64);
  /** The line where the row starts, counted from 1. */
  line = 1;
  /** The length of the row in the file, in bytes. */
  rowBytes = 0;

  readonly marks: Marks;
  readonly window: ByteWindow;
  readonly policy: RowPolicy;
  readonly rowsAreLines: boolean;
  readonly #options: TokenizerOptions;
  /** Bytes that end a run of plain bytes, outside and inside quotes: first bytes of marks, and line ends. A line feed after the last byte ends every run. */
  readonly #stops = new Uint8Array(256);
  readonly #quotedStops = new Uint8Array(256);
  readonly #noData: NoData;
  #header: readonly string[] = [];
  #rowStart = 0;
  #hasEscapes = false;
  /** Line and position of the quote that was open when the bytes ran out; line 0 for none. */
  #quoteLine = 0;
  #quoteAt = 0;
  /** Positions, from the start of the row, of quotes that turned out to be text. */
  readonly #textQuotes = new Set<number>();
  /** The rest of a rejected row's last line is being skipped. */
  #isSkippingRest = false;
  /** A copy of the row's bytes in the file, when unescaping changes them. */
  #raw: Uint8Array | undefined;

  constructor(dialect: Dialect, options: TokenizerOptions) {
    this.marks = marksOf(dialect);
    this.policy = options.policy ?? strict;
    this.rowsAreLines = options.rowsAreLines ?? false;
    this.#options = options;
    this.#noData = new NoData(this.marks, this.policy);
    this.window = new ByteWindow(options.bufferBytes, this.policy.nulBytes === "keep");
    const { delimiter, quote, escaper } = this.marks;
    for (const byte of [delimiter[0], escaper[0], lf, cr]) if (byte !== undefined) this.#stops[byte] = 1;
    for (const byte of [quote[0], escaper[0], lf, cr]) if (byte !== undefined) this.#quotedStops[byte] = 1;
  }

  get bytes(): Uint8Array {
    return this.window.bytes;
  }

  /** False while the rest of a rejected row is being skipped; reading can't resume there. */
  get isBetweenRows(): boolean {
    return !this.#isSkippingRest;
  }

  /**
   * From here on, each row must have one cell for each of these columns. `rows` and `preface`: of the header in the file, to find
   * repetitions; see `Header`.
   */
  expect(header: readonly string[], rows: readonly (readonly string[])[] = [], preface: readonly string[] = []): void {
    this.#header = header;
    this.#noData.expect(header.length, rows, preface);
    // A delimiter at the end of a row begins one more cell.
    while (this.starts.length <= header.length) this.#growCells();
  }

  /** The texts that a repeated header or the lines before it start with. */
  get headerStarts(): readonly string[] {
    return this.#noData.starts;
  }

  /** Returns room for more bytes; call `filled` with the count written. The cells of the last row become invalid. @throws row_over_budget */
  room(): Uint8Array {
    const { window } = this;
    const { maxRowBytes } = this.#options;
    if (window.to - window.from > maxRowBytes + 1) this.#refuse(this.#overBudget(), true);
    return window.room(maxRowBytes + 2);
  }

  filled(count: number): void {
    this.window.filled(count);
  }

  /** Call when there are no more bytes. */
  end(): void {
    this.window.end();
  }

  /**
   * Finds the next row that is not blank; false when it needs more bytes (after `end`: when there are no more rows). It starts again
   * at the first byte of the row each time, so add many bytes at once.
   * @throws row_too_short, row_too_long, row_blank, row_empty, header_repeated, row_over_budget, quote_not_closed, text_after_quote, escape_at_end, invalid_utf8, nul_byte
   */
  next(): boolean {
    while (this.#find()) {
      if (this.#hasEscapes) this.#unescape();
      if (!this.#noData.isHeader(this.count, this.#lengthOf, this.#textOf)) return true;
      this.#checkRepetition(this.line);
      this.#options.onSkip?.("header", this.line);
    }
    return false;
  }

  readonly #lengthOf = (cell: number): number => (this.ends[cell] as number) - (this.starts[cell] as number);
  readonly #textOf = (cell: number): string => this.text(cell);

  /** Counts the cells of the next row without consuming it; false as for `next`. */
  peek(): boolean {
    if (!this.#find()) return false;
    this.window.from = this.#rowStart;
    this.window.line = this.line;
    return true;
  }

  /** Skips a line, whatever is in it; false when it needs more bytes (after `end`: when there is no line). */
  skipLine(): boolean {
    const { window } = this;
    const { bytes, from, to, isWhole } = window;
    const end = lineEnd(bytes, from, to);
    if (end + 1 >= to && !isWhole) return false;
    if (from === to) return false;
    this.#rowStart = from;
    window.from = Math.min(to, afterLineEnd(bytes, end, to));
    window.line++;
    window.rescan();
    return true;
  }

  /** Rejects the row that `next` found, because of one of its values. */
  reject(error: RejectedRow["error"]): void {
    const end = this.#rowStart + this.rowBytes;
    this.#options.onReject?.({
      error,
      line: this.line,
      raw: this.#raw ?? this.#rawTo(end),
      isCut: this.#raw !== undefined && this.#raw.length === maxRawBytes,
    });
  }

  /** Frees the buffer. `next` and the cells of the last row can't be used after this. */
  release(): void {
    this.window.release();
  }

  /** The text of the line that `skipLine` skipped, or of the row that `next` found, before more bytes are read. */
  get rawText(): string {
    return Buffer.from(this.#rawTo(this.window.from)).toString();
  }

  /** The text of a cell, for headers and messages. */
  text(cell: number): string {
    return Buffer.from(this.bytes.subarray(this.starts[cell], this.ends[cell])).toString();
  }

  #find(): boolean {
    for (;;) {
      if (this.#isSkippingRest && !this.#skipRest()) return false;
      if (!this.#skipNoData()) return false;
      let outcome = this.#scan();
      if (outcome === "row") outcome = this.#check();
      if (outcome === "more") return false;
      if (outcome === "row") return true;
      if (!this.#refuse(outcome)) return false;
    }
  }

  /** Skips lines that are no data; false when it needs more bytes. @throws row_blank, row_empty, header_repeated */
  #skipNoData(): boolean {
    const { window, policy } = this;
    while (window.from < window.to) {
      const { line } = window;
      const start = this.#noData.lineAt(window, window.from);
      if (start === "row" || (start === "empty" && policy.emptyRows === "row")) return true;
      [this.line, this.#rowStart] = [line, window.from];
      if (start === "more") return false;
      if (start === "mark") window.from += byteOrderMark.length;
      else if (start === "blank" && policy.blankLines !== "skip") {
        if (!this.#refuse(noData("blankLines", this.#row))) return false;
      } else if (start === "empty" && policy.emptyRows !== "skip") {
        if (!this.#refuse(noData("emptyRows", this.#row))) return false;
      } else if (start === "preface") this.#skipPreface();
      else {
        if (!this.skipLine()) return false;
        if (start === "separator" || start === "empty") this.#options.onSkip?.(start, line);
      }
    }
    return false;
  }

  /** Skips the lines before a repeated header, all of which are in memory. */
  #skipPreface(): void {
    this.#checkRepetition(this.window.line);
    for (let i = 0; i < this.#noData.prefaceLines; i++) {
      const { line, from, bytes } = this.window;
      const isBlank = bytes[from] === lf || bytes[from] === cr;
      this.skipLine();
      if (!isBlank) this.#options.onSkip?.("preface", line);
    }
  }

  #checkRepetition(line: number): void {
    if (this.policy.repeatedHeader === "fail") throw errors.header_repeated({}, { ...this.#options.position, line });
  }

  #scan(): Outcome {
    const { bytes, from, to, isWhole } = this.window;
    const { delimiter, quote, escaper, doubleQuote, skipInitialSpace } = this.marks;
    const [delimiterByte, quoteByte, escapeByte] = [delimiter[0], quote[0], escaper[0]];
    const stops = this.#stops;
    const quotedStops = this.#quotedStops;
    const width = this.#header.length;
    const countsBreaks = !this.rowsAreLines;
    let { starts, ends, flags } = this;
    let at = from;
    let line = this.window.line;
    let count = 0;
    let allFlags = 0;
    this.count = 0;
    this.line = line;
    this.#rowStart = from;
    this.#quoteLine = 0;
    this.#raw = undefined;
    bytes[to] = lf;
    for (;;) {
      if (skipInitialSpace) while (bytes[at] === space) at++;
      let start = at;
      let end = at;
      let flag = 0;
      let isDelimiter = false;
      const opens = bytes[at] === quoteByte && at < to ? this.#isMarkAt(quote, at) : false;
      if (opens === undefined) return "more";
      let isQuoted = opens && (this.#textQuotes.size === 0 || !this.#textQuotes.has(at - from));
      if (isQuoted) {
        flag = quotedFlag;
        this.#quoteLine = line;
        this.#quoteAt = at;
        at += quote.length;
        start = at;
        for (;;) {
          while (quotedStops[bytes[at] as number] === 0) at++;
          if (at >= to) return this.#unfinished();
          const byte = bytes[at];
          if (byte === lf || byte === cr) {
            if (countsBreaks && (byte === lf || bytes[at + 1] !== lf)) line++;
            at++;
            continue;
          }
          const escapes = byte === escapeByte ? this.#isMarkAt(escaper, at) : false;
          if (escapes !== false) {
            const escaped = at + escaper.length;
            if (escapes === undefined || escaped >= to) return this.#unfinished();
            flag |= escapedFlag;
            at = bytes[escaped] === lf || bytes[escaped] === cr ? escaped : escaped + 1;
            continue;
          }
          const closes = byte === quoteByte ? this.#isMarkAt(quote, at) : false;
          if (closes === undefined) return "more";
          if (!closes) {
            at++;
            continue;
          }
          const after = at + quote.length;
          if (after >= to && !isWhole) return "more";
          const isDoubled = doubleQuote && this.#isMarkAt(quote, after);
          if (isDoubled === undefined) return "more";
          if (isDoubled) {
            flag |= escapedFlag;
            at = after + quote.length;
            continue;
          }
          const next = bytes[after];
          const delimits = next === delimiterByte && after < to ? this.#isMarkAt(delimiter, after) : false;
          if (delimits === undefined) return "more";
          if (delimits || next === lf || next === cr) {
            end = at;
            at = after;
            isDelimiter = delimits;
            break;
          }
          if (this.policy.strayQuotes !== "text") return this.#textAfterQuote(after);
          if (!this.#isAtCellStart(at, start)) {
            at = after;
            continue;
          }
          // The next cell or row opens with this quote, so the opening quote of this cell is the stray one.
          this.#textQuotes.add(this.#quoteAt - from);
          line = this.#quoteLine;
          start = this.#quoteAt;
          at = start;
          flag = 0;
          isQuoted = false;
          break;
        }
        this.#quoteLine = 0;
      }
      if (!isQuoted) {
        for (;;) {
          while (stops[bytes[at] as number] === 0) at++;
          if (at >= to) break;
          const byte = bytes[at];
          if (byte === lf || byte === cr) break;
          const delimits = byte === delimiterByte ? this.#isMarkAt(delimiter, at) : false;
          if (delimits === undefined) return "more";
          if (delimits) {
            isDelimiter = true;
            break;
          }
          const escapes = byte === escapeByte ? this.#isMarkAt(escaper, at) : false;
          if (escapes === undefined) return "more";
          if (!escapes) {
            at++;
            continue;
          }
          const escaped = at + escaper.length;
          if (escaped >= to) return isWhole ? escapeAtEnd(this.#row, at) : "more";
          flag |= escapedFlag;
          const byteEscaped = bytes[escaped];
          at = escaped + 1;
          if (byteEscaped === cr && at >= to && !isWhole) return "more";
          if (byteEscaped === cr && bytes[at] === lf && at < to) at++;
          if (byteEscaped === lf || byteEscaped === cr) line++;
        }
        end = at;
      }
      if (count < starts.length || width === 0) {
        if (count === starts.length) {
          this.#growCells();
          ({ starts, ends, flags } = this);
        }
        starts[count] = start;
        ends[count] = end;
        flags[count] = flag;
        allFlags |= flag;
      }
      count++;
      if (isDelimiter) {
        at += delimiter.length;
        continue;
      }
      if (at >= to) {
        if (!isWhole) return "more";
        break;
      }
      if (bytes[at] === cr) {
        if (at + 1 >= to && !isWhole) return "more";
        if (bytes[at + 1] === lf && at + 1 < to) at++;
      }
      at++;
      break;
    }
    this.count = count;
    this.rowBytes = at - from;
    this.#hasEscapes = (allFlags & escapedFlag) !== 0;
    this.#textQuotes.clear();
    this.window.from = at;
    this.window.line = line + 1;
    return "row";
  }

  /** `isAt`, but a mark that the end of the file cuts off does not count. */
  #isMarkAt(mark: Mark, at: number): boolean | undefined {
    const { bytes, to, isWhole } = this.window;
    if (mark.length === 1) return at < to && bytes[at] === mark[0];
    return isAt(mark, bytes, at, to) ?? (isWhole ? false : undefined);
  }

  #isAtCellStart(at: number, start: number): boolean {
    const { delimiter } = this.marks;
    let after = at;
    if (this.marks.skipInitialSpace) while (after > start && this.bytes[after - 1] === space) after--;
    if (after > start && (this.bytes[after - 1] === lf || this.bytes[after - 1] === cr)) return true;
    return after - delimiter.length >= start && isAt(delimiter, this.bytes, after - delimiter.length, after) === true;
  }

  /** Checks a complete row against the policy. */
  #check(): Outcome {
    const { window, policy } = this;
    const width = this.#header.length;
    if (window.from > window.badAt) return this.#invalidUtf8();
    if (this.rowBytes > this.#options.maxRowBytes) return this.#overBudget();
    if (window.from > window.nulAt) return nulByte(this.#row, window.nulAt);
    if (this.count === width || width === 0) return "row";
    if (this.count > width) {
      if (this.#endsWithDelimiter()) this.count = width;
      if (this.count === width) return "row";
      if (policy.long !== "truncate") return wrongCount(this.#row, "long", { cells: this.count, columns: width }, window.from - 1);
      this.count = width;
      return "row";
    }
    if (policy.short !== "pad") return wrongCount(this.#row, "short", { cells: this.count, columns: width }, window.from - 1);
    while (this.starts.length < width) this.#growCells();
    for (; this.count < width; this.count++) {
      this.starts[this.count] = this.ends[this.count] = this.#rowStart;
      this.flags[this.count] = 0;
    }
    return "row";
  }

  #endsWithDelimiter(): boolean {
    const last = this.count - 1;
    const isEmpty = this.starts[last] === this.ends[last] && this.flags[last] === 0;
    return isEmpty && last === this.#header.length && this.marks.trailingDelimiter;
  }

  /** The open quote is not closed in the bytes so far. */
  #unfinished(): Outcome {
    if (!this.window.isWhole) return "more";
    if (this.window.badAt < this.window.to) return this.#invalidUtf8();
    if (this.policy.strayQuotes === "text") return this.#takeQuoteAsText();
    return quoteNotClosed(this.#row, this.#quoteAt, this.window.to - 1);
  }

  #takeQuoteAsText(): Outcome {
    this.#textQuotes.add(this.#quoteAt - this.#rowStart);
    return this.#scan();
  }

  #unescape(): void {
    if (this.#options.onReject !== undefined) this.#raw = this.#rawTo(this.#rowStart + this.rowBytes).slice(0, maxRawBytes);
    removeEscapes(this, this.marks);
  }

  #growCells(): void {
    const size = this.starts.length * 2;
    const [starts, ends, flags] = [new Int32Array(size), new Int32Array(size), new Uint8Array(size)];
    starts.set(this.starts);
    ends.set(this.ends);
    flags.set(this.flags);
    [this.starts, this.ends, this.flags] = [starts, ends, flags];
  }

  /**
   * Throws the error, or rejects the row and continues after it. False when it needs more bytes to find out where that is; with
   * `isFull` there is no room for more. A header is never rejected.
   */
  #refuse({ rule, error, at }: Problem, isFull = false): boolean {
    const { window } = this;
    const width = this.#header.length;
    if (this.policy[rule] !== "reject" || width === 0) throw error;
    const isWholeRow = this.rowsAreLines || rule === "badBytes" || rule === "nulBytes";
    const row = { from: this.#rowStart, brokenAt: at, width };
    const resume = isWholeRow && at < window.from ? window.from : resumePosition(window, row, this.marks);
    if (resume < 0 && !window.isWhole && !isFull) {
      window.from = this.#rowStart;
      window.line = this.line;
      return false;
    }
    const end = resume < 0 ? window.to : resume;
    this.#isSkippingRest = resume < 0 && !window.isWhole;
    this.#textQuotes.clear();
    this.#options.onReject?.({ error, line: this.line, raw: this.#rawTo(end), isCut: this.#isSkippingRest });
    window.line = this.line + (this.rowsAreLines ? 1 : this.#lineEnds(this.#rowStart, end));
    window.from = end;
    window.rescan();
    return true;
  }

  #skipRest(): boolean {
    const { window } = this;
    const { bytes, from, to, isWhole } = window;
    const end = lineEnd(bytes, from, to);
    window.from = end;
    if (end + 1 >= to && !isWhole) return false;
    this.#isSkippingRest = false;
    return this.skipLine();
  }

  /** The bytes of the row up to `limit`, without the line end before it. */
  #rawTo(limit: number): Uint8Array {
    let end = limit;
    if (end > this.#rowStart && this.bytes[end - 1] === lf) end--;
    if (end > this.#rowStart && this.bytes[end - 1] === cr) end--;
    return this.bytes.subarray(this.#rowStart, end);
  }

  #lineEnds(from: number, to: number): number {
    let lines = 0;
    for (let at = lineEnd(this.bytes, from, to); at < to; at = lineEnd(this.bytes, afterLineEnd(this.bytes, at, to), to)) lines++;
    return lines;
  }

  #overBudget(): Problem {
    const { window } = this;
    const isWhole = window.from > this.#rowStart;
    return overBudget(this.#row, this.#options.maxRowBytes, this.#quoteLine, (isWhole ? window.from : window.to) - 1);
  }

  #textAfterQuote(at: number): Outcome {
    if (!this.window.isChecked(at)) return "more";
    return this.window.badAt <= at ? this.#invalidUtf8() : textAfterQuote(this.#row, at, this.window.to);
  }

  #invalidUtf8(): Problem {
    const { badAt, to } = this.window;
    let cell = this.count - 1;
    while (cell > 0 && (this.starts[cell] as number) > badAt) cell--;
    return invalidByte(this.#row, badAt, this.#header[cell], this.#options.badByteAt?.(to - badAt));
  }

  get #row(): RowLocation {
    const { bytes, line, rowsAreLines } = this;
    return { bytes, start: this.#rowStart, line, rowsAreLines, position: this.#options.position };
  }
}
