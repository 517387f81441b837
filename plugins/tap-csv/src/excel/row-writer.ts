/** Writes the rows of a sheet as lines of CSV: what each cell's value is, not how it is shown. */
import type { Position } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { csvText, decodeEscapes, numberText } from "./cell-text.ts";
import { brokenPart } from "./package.ts";
import { cellName, columnLetters } from "./range.ts";
import { dateText } from "./serial-date.ts";
import type { SharedStrings } from "./shared-strings.ts";
import type { SheetCell, SheetRow } from "./sheet-rows.ts";
import { isTrue, type Workbook } from "./workbook.ts";

export interface RowWriterOptions {
  /** The part of the sheet, for messages. */
  part: string;
  /** Rows up to this one are blank lines. */
  skip: number;
  firstColumn: number;
  /** A line has at least this many columns, counted from column A. */
  fillTo: number;
  /** Cells after this column are left out; cells after `fillTo` make the line longer than the header. */
  lastColumn: number;
  /** Cells before the first column are a fault. */
  checksLeft: boolean;
  /** Formulas without a stored result are a fault. */
  checksFormulas: boolean;
  maxRowBytes: number;
  position: Position;
}

const [comma, lf] = [0x2c, 0x0a];

export class RowWriter {
  readonly #workbook: Workbook;
  readonly #options: RowWriterOptions;
  readonly #broken: (reason: string) => Error;
  #out = Buffer.allocUnsafe(256 * 1024);
  #at = 0;
  /** The line that comes next. */
  #line = 1;

  constructor(workbook: Workbook, options: RowWriterOptions) {
    this.#workbook = workbook;
    this.#options = options;
    this.#broken = brokenPart(workbook.pack, options.part);
  }

  /** Bytes written since `clear`. */
  get length(): number {
    return this.#at;
  }

  /** What was written since `clear`; good until something is written again. */
  get text(): Buffer {
    return this.#out.subarray(0, this.#at);
  }

  clear(): void {
    this.#at = 0;
  }

  /**
   * Adds the row as the line of its number; a row without values adds nothing, and becomes a blank line when another one follows.
   * @throws workbook_broken, formula_without_result, cell_left_of_table, row_over_budget
   */
  write({ number, cells }: SheetRow, strings: SharedStrings | undefined): void {
    const { skip, firstColumn, fillTo, lastColumn, checksLeft, maxRowBytes, position } = this.#options;
    if (number <= skip) return;
    const start = this.#at;
    let column = firstColumn;
    let isBlank = true;
    for (const cell of cells) {
      if (cell.column > lastColumn) break;
      if (cell.column < firstColumn && !checksLeft) continue;
      const value = this.#valueOf(cell, number);
      if (value === "") continue;
      if (cell.column < firstColumn) {
        const table = columnLetters(firstColumn);
        throw errors.cell_left_of_table({ cell: cellName(cell.column, number), table }, { ...position, line: number });
      }
      if (isBlank) this.#fill(lf, number - this.#line);
      isBlank = false;
      this.#fill(comma, cell.column - column);
      column = cell.column;
      if (typeof value === "number") this.#writeShared(strings as SharedStrings, value);
      else this.#writeText(value);
      if (this.#at - start > maxRowBytes + number) {
        throw errors.row_over_budget({ limit: maxRowBytes, quoteLine: 0 }, { ...position, line: number });
      }
    }
    if (isBlank) return;
    this.#fill(comma, fillTo - column);
    this.#fill(lf, 1);
    this.#line = number + 1;
  }

  /** As CSV; the number of a shared text, which is CSV already. */
  #valueOf({ type, value, style, column, hasFormula }: SheetCell, row: number): string | number {
    if (value === "") {
      if (hasFormula && type !== "str" && this.#options.checksFormulas) {
        const position = { ...this.#options.position, line: row };
        throw errors.formula_without_result({ cell: cellName(column, row) }, position);
      }
      return "";
    }
    switch (type) {
      case "n":
        return this.#numberOf(value, style) ?? this.#refuse(column, row, value);
      case "s":
        return Number(value);
      case "str":
      case "inlineStr":
        return csvText(decodeEscapes(value));
      case "b":
        return isTrue(value) ? "true" : value === "0" || value === "false" ? "false" : this.#refuse(column, row, value);
      case "e":
        return /[",\r\n]/.test(value) ? csvText(value) : value;
      case "d":
        return this.#workbook.dateFormats[style] === "date" ? value.replace(/T00:00:00(\.0+)?Z?$/, "") : value;
      default:
        return this.#refuse(column, row, type);
    }
  }

  #numberOf(value: string, style: number): string | undefined {
    const text = numberText(value);
    const format = this.#workbook.dateFormats[style];
    if (text === undefined || format === undefined) return text;
    return dateText(Number(value), format, this.#workbook.is1904) ?? text;
  }

  #refuse(column: number, row: number, value: string): never {
    throw this.#broken(`${cellName(column, row)} holds ${JSON.stringify(value.slice(0, 40))}, which its type can't have`);
  }

  #writeText(text: string): void {
    this.#reserve(text.length * 3);
    if (text.length > 40) {
      this.#at += this.#out.write(text, this.#at);
      return;
    }
    // For short texts a loop is several times as fast as a call.
    let at = this.#at;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.#at += this.#out.write(text, this.#at);
        return;
      }
      this.#out[at++] = code;
    }
    this.#at = at;
  }

  #writeShared(strings: SharedStrings, index: number): void {
    const { first, ends, bytes } = strings.find(index);
    const place = index - first;
    const [start, end] = [place === 0 ? 0 : (ends[place - 1] as number), ends[place] as number];
    this.#reserve(end - start);
    this.#at += bytes.copy(this.#out, this.#at, start, end);
  }

  #fill(byte: number, count: number): void {
    if (count <= 0) return;
    this.#reserve(count);
    this.#out.fill(byte, this.#at, this.#at + count);
    this.#at += count;
  }

  #reserve(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#out.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#out.length));
    this.#out.copy(grown, 0, 0, this.#at);
    this.#out = grown;
  }
}
