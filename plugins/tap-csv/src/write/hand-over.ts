/**
 * Puts rows into files for the target, in place of records: the bytes of rows that a database reads as this tap does are copied, in pieces that
 * are whole files. They can't change while they are read, whatever happens to the source. Any other row is sent as a record, in its turn.
 */
import { type FileOutput, FilePieces, type ReadContext, type RowFiles, rowFiles } from "@tapline/sdk";
import type { Table } from "../table.ts";
import type { ColumnTypes } from "../types/column-types.ts";
import { PlainRows } from "./plain-rows.ts";

/** A file is also closed at so many places where rows are not on the next line. */
const mostJumps = 1000;
/** A smaller file is sent as records: nothing would be gained. */
const leastBytes = 8 << 20;
/** So many rows that had to be sent as records are accepted, and one more for so many that were not. */
const [acceptedOddRows, rowsForOddRow] = [16, 10_000];

/** Where the rows of the file that is open are from. */
interface Origin {
  line: number;
  jumps: [row: number, line: number][];
  nextLine: number;
}

export class HandOver {
  readonly #table: Table;
  readonly #pieces: FilePieces;
  readonly #plain: PlainRows;
  readonly #columns: (string | null)[];
  #origin: Origin | undefined;
  #rows = 0;
  #oddRows = 0;

  /** Undefined where rows of this file are sent as records. */
  static of(table: Table, context: ReadContext, types: ColumnTypes): HandOver | undefined {
    const { files: output, columns, schema } = context;
    if (output === undefined) return undefined;
    const isSmall = table.size === undefined || table.size < leastBytes;
    if (isSmall && output.rowsPerFile === undefined) return undefined;
    const { header, tokenizer } = table;
    if (columns.some((name) => !header.includes(name))) return undefined;
    const selected = header.map((name) => (columns.includes(name) ? name : null));
    const typed = selected.map((name) => (name === null ? undefined : types.of(name, schema.properties?.[name])));
    if (!PlainRows.suits(tokenizer, typed)) return undefined;
    return new HandOver(table, output, new PlainRows(tokenizer, typed), selected);
  }

  private constructor(table: Table, output: FileOutput, plain: PlainRows, columns: (string | null)[]) {
    this.#table = table;
    this.#pieces = new FilePieces(output);
    this.#plain = plain;
    this.#columns = columns;
  }

  /** Rows in the file that is open. */
  get count(): number {
    return this.#pieces.rows;
  }

  get isFull(): boolean {
    return this.#pieces.isFull || (this.#origin !== undefined && this.#origin.jumps.length >= mostJumps);
  }

  /** Whether files are still worth it, though the next row must be sent as a record. */
  acceptsOddRow(): boolean {
    return ++this.#oddRows <= acceptedOddRows + this.#rows / rowsForOddRow;
  }

  /** So much is on its way that the next rows are to be sent as records. */
  get isPaused(): boolean {
    return this.#pieces.isPaused;
  }

  /** Copies the next rows to the file, up to the first one that is not plain. @throws batch_file_unwritable */
  run(): void {
    const { window } = this.#table.tokenizer;
    while (!this.isFull) {
      const { from, line } = window;
      const count = this.#plain.run(this.#pieces.mostRows - this.count);
      if (count === 0) return;
      this.#add(window.bytes.subarray(from, window.from), count, line);
    }
  }

  /** The file that was written since the last call. There must be one. */
  take(): RowFiles {
    const { line, jumps } = this.#origin as Origin;
    this.#origin = undefined;
    const { nulls, lineEnd = "\n" } = this.#plain;
    const { delimiter, quote } = this.#table.tokenizer.marks;
    const encoding = {
      ...{ format: "csv", columns: this.#columns, delimiter: Buffer.from(delimiter).toString() },
      ...{ quote: quote.length === 0 ? null : Buffer.from(quote).toString(), canonical: true, line_end: lineEnd },
    };
    const named = this.#columns.filter((name, index): name is string => name !== null && nulls[index] === 1);
    nulls.fill(0);
    const source = { file: this.#table.path, line, ...(jumps.length > 0 && { jumps }) };
    return rowFiles(encoding, [{ ...this.#pieces.take(), nulls: named, source }]);
  }

  /** Deletes a file that was not taken. */
  [Symbol.dispose](): void {
    this.#pieces[Symbol.dispose]();
  }

  #add(bytes: Uint8Array, count: number, line: number): void {
    const row = this.count;
    this.#pieces.write(bytes, count);
    this.#origin ??= { line, jumps: [], nextLine: line };
    const origin = this.#origin;
    if (line !== origin.nextLine) origin.jumps.push([row, line]);
    origin.nextLine = line + count;
    this.#rows += count;
  }
}
