/**
 * Finds rows that a database reads from the bytes of the file as this tap does: each cell is in the one canonical form of its column's type
 * (`BatchEncoding.canonical`). It stops before any other row: the tokenizer and the record writer read that.
 */
import type { Tokenizer } from "../rows/tokenizer.ts";
import type { CellCheck, ColumnType } from "../types/column-type.ts";
import { booleanOf, decimalShape, isDate, isInstant, isInteger } from "../types/recognize.ts";
import { RowStarts } from "./row-starts.ts";

/** A decimal of so many digits is an integer of 64 bits to a database, and fast; with more, DuckDB takes six times as long. */
const mostDecimalDigits = 18;

/** A database needs buffers of many times the longest row. */
const mostRowBytes = 1 << 20;

const [lf, cr] = [0x0a, 0x0d];

export class PlainRows {
  readonly #tokenizer: Tokenizer;
  readonly #checks: readonly (CellCheck | undefined)[];
  readonly #rowStarts: RowStarts;
  /** Bytes that end a cell without quotes, and a run of text in quotes. */
  readonly #stops = new Uint8Array(256);
  readonly #quotedStops = new Uint8Array(256);
  /** What the rows of the file end with: of the first one. */
  lineEnd: "\n" | "\r\n" | undefined;
  /** 1 for each column that had an empty cell. Set it to 0 as you like. */
  readonly nulls: Uint8Array;

  /** `types`: of the columns of the file, in their order; undefined where the column is not selected. */
  constructor(tokenizer: Tokenizer, types: readonly (ColumnType | undefined)[]) {
    this.#tokenizer = tokenizer;
    this.#checks = types.map((type) => type && checkOf(type));
    this.#rowStarts = new RowStarts(tokenizer);
    this.nulls = new Uint8Array(types.length);
    const { delimiter, quote } = tokenizer.marks;
    for (const byte of [delimiter[0], quote[0] ?? lf, lf, cr]) this.#stops[byte as number] = 1;
    for (const byte of [quote[0] ?? lf, lf, cr]) this.#quotedStops[byte] = 1;
  }

  /** Whether a database could read such a file at all: by its dialect, and because each type has a canonical form. */
  static suits({ marks, rowsAreLines }: Tokenizer, types: readonly (ColumnType | undefined)[]): boolean {
    const { delimiter, quote, escaper } = marks;
    const isPlainDialect = delimiter.length === 1 && quote.length <= 1 && escaper.length === 0;
    if (rowsAreLines || !isPlainDialect || marks.skipInitialSpace || marks.trailingDelimiter) return false;
    // A row of one column that is null is a blank line.
    return types.length > 1 && types.every((type) => type === undefined || isPlainType(type));
  }

  /** Moves the window over such rows, `most` of them at most. @returns how many; their bytes are those that the window moved over */
  run(most: number): number {
    const { window, marks } = this.#tokenizer;
    const { bytes } = window;
    const to = Math.min(window.to, window.badAt, window.nulAt);
    const overwritten = bytes[to] as number;
    // A line end stops every loop there.
    bytes[to] = lf;
    const [delimiter, quote] = [marks.delimiter[0], marks.quote[0] ?? -1];
    const stops = this.#stops;
    const quotedStops = this.#quotedStops;
    const checks = this.#checks;
    const { nulls } = this;
    const rowStarts = this.#rowStarts;
    const { bytes: startBytes } = rowStarts;
    const last = checks.length - 1;
    let p = window.from;
    let rowAt = p;
    let count = 0;
    rows: while (p < to && count < most) {
      if (startBytes[bytes[p] as number] !== 0 && rowStarts.isSpecial(bytes, p)) break;
      for (let cell = 0; ; cell++) {
        const check = checks[cell];
        if (bytes[p] === quote) {
          const start = ++p;
          for (;;) {
            while (quotedStops[bytes[p] as number] === 0) p++;
            if (bytes[p] !== quote) break rows;
            if (bytes[p + 1] !== quote || !marks.doubleQuote) break;
            p += 2;
          }
          if (check !== undefined && !check(bytes, start, p)) break rows;
          p++;
        } else {
          const start = p;
          while (stops[bytes[p] as number] === 0) p++;
          if (p === start) nulls[cell] = 1;
          else if (check !== undefined && !check(bytes, start, p)) break rows;
        }
        if (cell < last) {
          if (bytes[p] !== delimiter) break rows;
          p++;
          continue;
        }
        const isCrLf = bytes[p] === cr;
        if (isCrLf) p++;
        if (bytes[p] !== lf || p >= to) break rows;
        this.lineEnd ??= isCrLf ? "\r\n" : "\n";
        if (isCrLf !== (this.lineEnd === "\r\n")) break rows;
        p++;
        break;
      }
      if (p - rowAt > mostRowBytes) break;
      rowAt = p;
      count++;
    }
    bytes[to] = overwritten;
    window.from = rowAt;
    window.line += count;
    return count;
  }
}

function isPlainType({ kind, format, nulls, was }: ColumnType): boolean {
  return format === undefined && nulls === undefined && was === undefined && kind !== "number" && kind !== "time";
}

function checkOf({ kind, scale }: ColumnType): CellCheck | undefined {
  switch (kind) {
    case "integer":
      return isInteger;
    case "decimal":
      return (bytes, start, end) => {
        const shape = decimalShape(bytes, start, end);
        return shape >= 0 && (shape & 0xffff) <= scale && shape >> 16 <= mostDecimalDigits - scale;
      };
    case "boolean":
      return (bytes, start, end) => booleanOf(bytes, start, end) >= 0;
    case "date":
      return isDate;
    case "date-time":
      return (bytes, start, end) => end - start === 20 && bytes[end - 1] === 0x5a && isInstant(bytes, start, end);
    default:
      return undefined;
  }
}
