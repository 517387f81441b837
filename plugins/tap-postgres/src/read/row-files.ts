/**
 * Rows of a binary COPY on their way to the target: gathered, and written into files. What is too little for a file, or may not be in one,
 * becomes lines.
 */
import { readFileSync, rmSync } from "node:fs";
import {
  type Chunk,
  type FileOutput,
  FilePieces,
  Lines,
  type PgColumn,
  PgRowLines,
  pgEnd,
  pgHeader,
  type ReadContext,
  rowEnd,
  rowFiles,
  viewOf,
} from "@tapline/sdk";
import type { BinaryColumn, BinaryRows } from "./binary-rows.ts";
import { serverTexts } from "./odd-values.ts";

/** Rows are written to a file so many bytes at a time. Fewer than these are sent as lines. */
const gatheredBytes = 1 << 20;

/** So many rows that had to be sent as lines are accepted, and one more for so many that were not. */
const [acceptedOddRows, rowsForOddRow] = [16, 10_000];

const trailer = Buffer.from([pgEnd >> 8, pgEnd]);

export class RowFiles implements Disposable {
  readonly #columns: readonly BinaryColumn[];
  readonly #rows: BinaryRows;
  readonly #pieces: FilePieces;
  readonly #sendsAll: boolean;
  readonly #ends: Pick<ReadContext, "head" | "tail">;
  #lines: PgRowLines;
  #gathered = Buffer.allocUnsafe(gatheredBytes);
  #view = viewOf(this.#gathered);
  #filled = 0;
  #count = 0;
  #rowsSent = 0;
  #oddRows = 0;
  #isOver = false;
  /** Rows until it is looked again whether so many files are still on their way. */
  #pausedRows = 0;

  constructor(columns: readonly BinaryColumn[], rows: BinaryRows, output: FileOutput, ends: Pick<ReadContext, "head" | "tail">) {
    this.#columns = columns;
    this.#rows = rows;
    this.#pieces = new FilePieces(output);
    this.#sendsAll = output.rowsPerFile !== undefined;
    this.#ends = ends;
    this.#lines = new PgRowLines(columns, ends);
  }

  /** Whether the next row may go into a file, if all its values may. */
  get takesRows(): boolean {
    if (this.#isOver || this.count > 0) return !this.#isOver;
    if (this.#pausedRows > 0) this.#pausedRows--;
    else if (this.#pieces.isPaused) this.#pausedRows = 10_000;
    return this.#pausedRows === 0;
  }

  get isFull(): boolean {
    return this.#pieces.isFull || this.#pieces.rows + this.#count >= this.#pieces.mostRows;
  }

  /** No file is worth it any more. */
  end(): void {
    this.#isOver = true;
  }

  /** The present row can't be in a file. */
  countOddRow(): void {
    if (++this.#oddRows > acceptedOddRows + this.#rowsSent / rowsForOddRow) this.#isOver = true;
  }

  /** Adds the present row. @throws batch_file_unwritable */
  add(): void {
    const { bytes, start, end } = this.#rows;
    const size = end - start + 2;
    if (this.#filled + size > this.#gathered.length) {
      this.#write();
      if (size > this.#gathered.length) {
        this.#gathered = Buffer.allocUnsafe(size);
        this.#view = viewOf(this.#gathered);
      }
    }
    this.#view.setInt16(this.#filled, this.#columns.length);
    bytes.copy(this.#gathered, this.#filled + 2, start, end);
    this.#filled += size;
    this.#count++;
    this.#rowsSent++;
  }

  /** Rows that were added and not taken. */
  get count(): number {
    return this.#count + this.#pieces.rows;
  }

  /** These rows: a file, or lines where they are few, or where the stream's types are not those of the file any more. */
  *take(isSame: boolean): Generator<Chunk> {
    if (this.count === 0) return;
    const isFile = this.#pieces.rows > 0 || this.#sendsAll;
    if (isFile && isSame) {
      this.#write();
      this.#pieces.write(trailer, 0);
      const { nulls } = this.#rows;
      const named = this.#columns.filter((_, column) => nulls[column] === 1).map(({ name }) => name);
      nulls.fill(0);
      const encoding = { format: "pgcopy", columns: this.#columns.map(({ name }) => name), types: this.#columns.map(({ type }) => type) };
      yield rowFiles(encoding, [{ ...this.#pieces.take(), nulls: named }]);
      return;
    }
    if (isFile) {
      this.#write();
      const { path } = this.#pieces.take();
      const bytes = readFileSync(path);
      rmSync(path, { force: true });
      yield* this.#linesOf(bytes.subarray(pgHeader.length));
    } else {
      const bytes = this.#gathered.subarray(0, this.#filled);
      [this.#filled, this.#count] = [0, 0];
      yield* this.#linesOf(bytes);
    }
  }

  /** The present row as a line. */
  addLine(): void {
    this.#lines.write(this.#rows.bytes, this.#rows.start - 2);
  }

  get hasLines(): boolean {
    return this.#lines.count > 0;
  }

  get areLinesFull(): boolean {
    return this.#lines.isFull;
  }

  takeLines(): Lines {
    const { count } = this.#lines;
    return new Lines(this.#lines.take(), count);
  }

  /** Lines have these types from now on. All lines were taken. */
  retype(columns: readonly PgColumn[]): void {
    this.#lines = new PgRowLines(columns, this.#ends, serverTexts);
  }

  /** Deletes a file that was not taken. */
  [Symbol.dispose](): void {
    this.#pieces[Symbol.dispose]();
  }

  *#linesOf(bytes: Buffer): Generator<Chunk> {
    const view = viewOf(bytes);
    for (let at = 0; at < bytes.length; at = rowEnd(view, at, bytes.length)) {
      this.#lines.write(bytes, at);
      if (this.#lines.isFull) yield this.takeLines();
    }
    if (this.hasLines) yield this.takeLines();
  }

  #write(): void {
    if (this.#count === 0) return;
    if (this.#pieces.rows === 0) this.#pieces.write(pgHeader, 0);
    this.#pieces.write(this.#gathered.subarray(0, this.#filled), this.#count);
    [this.#filled, this.#count] = [0, 0];
  }
}
