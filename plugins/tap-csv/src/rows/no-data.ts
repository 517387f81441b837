/**
 * Recognizes lines that are no data by how they start: blank lines, comments, rows of empty cells, byte order marks, lines such as
 * `sep=;`, and the lines before the header where files with such lines were joined.
 */
import { nameKey } from "../sniff/same-header.ts";
import { afterLineEnd, lineEnd } from "./line-check.ts";
import { isAt, type Marks } from "./marks.ts";
import type { RowPolicy } from "./policy.ts";

/** Lines that are left out because they are no data. `preface`: the lines before a header that is repeated with them. */
export type SkippedLine = "header" | "separator" | "preface" | "empty";

/** What a line starts with. `more`: more bytes are needed to know. */
export type LineStart = "row" | "more" | "mark" | "separator" | "comment" | "blank" | "empty" | "preface";

/** The part of the file in memory. */
interface Window {
  readonly bytes: Uint8Array;
  readonly to: number;
  readonly isWhole: boolean;
}

const [lf, cr, space, tab, doubleQuote] = [0x0a, 0x0d, 0x20, 0x09, 0x22];
/** Joined files have one at the start of each of them. */
export const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf);
/** A header that is farther from the first line is not looked for. */
const maxPrefaceBytes = 64 * 1024;

export class NoData {
  readonly #marks: Marks;
  readonly #repeatedHeader: RowPolicy["repeatedHeader"];
  /** How many columns the table has; 0 while the header is read. */
  #columns = 0;
  #headerRows: readonly (readonly string[])[] = [];
  /** The lines before the header, from the first with text on, and the first line of the header. */
  #preface: readonly Uint8Array[] = [];
  /** Which of the header rows a repeated header would have next. */
  #nextHeaderRow = 0;

  constructor(marks: Marks, { repeatedHeader }: RowPolicy) {
    this.#marks = marks;
    this.#repeatedHeader = repeatedHeader;
  }

  /** From here on the table has so many columns. `rows`: the cells of the header rows. `preface`: see `Header`. */
  expect(columns: number, rows: readonly (readonly string[])[], preface: readonly string[]): void {
    this.#columns = columns;
    if (this.#repeatedHeader === "row") return;
    this.#headerRows = rows.map((cells) => cells.map((cell) => nameKey(cell, cells.length)));
    if (preface.length > 1) this.#preface = preface.map((line) => Buffer.from(line));
  }

  /** The texts that a repeated header or the lines before it start with; empty when a row can be neither. */
  get starts(): readonly string[] {
    const header = this.#headerRows[0]?.[0];
    const [preface] = this.#preface;
    return [...(header === undefined ? [] : [header]), ...(preface === undefined ? [] : [this.#firstCell(preface)])];
  }

  /** How many lines a `preface` has. */
  get prefaceLines(): number {
    return this.#preface.length - 1;
  }

  /** What starts at `at`, which is the start of a line. */
  lineAt(window: Window, at: number): LineStart {
    const { bytes, to, isWhole } = window;
    const byte = bytes[at];
    if (byte === lf || byte === cr) return "blank";
    if (byte === byteOrderMark[0]) {
      const isMark = isAt(byteOrderMark, bytes, at, to);
      if (isMark === undefined && !isWhole) return "more";
      if (isMark === true) return "mark";
    }
    const { comment } = this.#marks;
    const isComment = comment.length > 0 ? isAt(comment, bytes, at, to) : false;
    if (isComment === undefined && !isWhole) return "more";
    if (isComment === true) return "comment";
    if ((byte === 0x73 || byte === 0x53 || byte === doubleQuote) && isSeparatorLine(window, at)) return "separator";
    if (this.#columns > 1 && (byte === space || byte === tab || byte === this.#marks.delimiter[0])) {
      const start = this.#emptyAt(window, at);
      if (start !== "row") return start;
    }
    return this.#preface.length === 0 ? "row" : this.#prefaceAt(window, at);
  }

  /** Whether the row repeats the header. `text`: of a cell; `lengthOf`: its bytes, which is cheaper. */
  isHeader(count: number, lengthOf: (cell: number) => number, text: (cell: number) => string): boolean {
    const cells = this.#headerRows[this.#nextHeaderRow];
    if (cells === undefined) return false;
    // A cell has at least as many bytes as its text has characters; most rows need no string.
    const isSame = cells.length === count && cells.every((cell, i) => lengthOf(i) >= cell.length && nameKey(text(i), count) === cell);
    if (isSame) this.#nextHeaderRow = (this.#nextHeaderRow + 1) % this.#headerRows.length;
    else if (this.#nextHeaderRow > 0) {
      this.#nextHeaderRow = 0;
      return this.isHeader(count, lengthOf, text);
    }
    return isSame;
  }

  /** Whether the line has only blanks, or only blanks and delimiters. */
  #emptyAt({ bytes, to, isWhole }: Window, from: number): LineStart {
    const { delimiter } = this.#marks;
    let isBlank = true;
    for (let at = from; ; ) {
      if (at >= to) return !isWhole ? "more" : isBlank ? "blank" : "empty";
      const byte = bytes[at];
      if (byte === lf || byte === cr) return isBlank ? "blank" : "empty";
      const isDelimiter = isAt(delimiter, bytes, at, to);
      if (isDelimiter === undefined && !isWhole) return "more";
      if (isDelimiter === true) {
        isBlank = false;
        at += delimiter.length;
      } else if (byte === space || byte === tab) at++;
      else return "row";
    }
  }

  /** Whether this line has the first cell of the first line of the file, and the header follows it as at the start of the file. */
  #prefaceAt({ bytes, to, isWhole }: Window, from: number): LineStart {
    const [first, header] = [this.#preface[0], this.#preface.at(-1)] as [Uint8Array, Uint8Array];
    const start = Buffer.from(this.#firstCell(first));
    const isStart = isAt(start, bytes, from, to);
    if (isStart !== true) return isStart === undefined && !isWhole ? "more" : "row";
    let at = from;
    for (let line = 1; line < this.#preface.length; line++) {
      const end = lineEnd(bytes, at, to);
      if (end + 1 >= to) return isWhole || to - from > maxPrefaceBytes ? "row" : "more";
      at = afterLineEnd(bytes, end, to);
    }
    const end = lineEnd(bytes, at, to);
    if (end === to && !isWhole && to - from <= maxPrefaceBytes) return "more";
    return Buffer.compare(bytes.subarray(at, end), header) === 0 ? "preface" : "row";
  }

  #firstCell(line: Uint8Array): string {
    const text = Buffer.from(line).toString();
    return text.split(Buffer.from(this.#marks.delimiter).toString(), 1)[0] || text;
  }
}

/** Whether a line such as `sep=;` starts here, with which Excel names the delimiter, also in quotes. */
function isSeparatorLine({ bytes, to }: Window, at: number): boolean {
  const line = Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(to, at + 10) - at).toString("latin1");
  return /^("?)sep=[^\r\n"]{1,3}\1(?=[\r\n]|$)/i.test(line);
}
