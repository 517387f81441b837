/**
 * Puts rows into files for the target, in place of records: the bytes of rows that a database reads as this tap does are copied, in pieces that
 * are whole files. They can't change while they are read, whatever happens to the source. Any other row is sent as a record, in its turn.
 */
import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type FileOutput, type ReadContext, type RowFiles, rowFiles } from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { Table } from "../table.ts";
import type { ColumnTypes } from "../types/column-types.ts";
import { PlainRows } from "./plain-rows.ts";

/** A file is closed at so many bytes, or at so many places where rows are not on the next line. */
const fullBytes = 32 << 20;
const mostJumps = 1000;
/** The target deletes files after their commit. While there are so many bytes, records are sent: the pipe makes the tap wait for the target. */
const mostWaitingBytes = 1 << 30;
/** A smaller file is sent as records: nothing would be gained. */
const leastBytes = 8 << 20;
/** So many rows that had to be sent as records are accepted, and one more for so many that were not. */
const [acceptedOddRows, rowsForOddRow] = [16, 10_000];

/** Names are new ones, also in a folder where an earlier process left files. */
const startedAt = Date.now().toString(36);
let filesMade = 0;

interface Piece {
  path: string;
  fd: number;
  bytes: number;
  rows: number;
  line: number;
  jumps: [row: number, line: number][];
  nextLine: number;
}

export class HandOver {
  readonly #table: Table;
  readonly #output: FileOutput;
  readonly #plain: PlainRows;
  readonly #columns: (string | null)[];
  #piece: Piece | undefined;
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
    this.#output = output;
    this.#plain = plain;
    this.#columns = columns;
  }

  /** Rows in the file that is open. */
  get count(): number {
    return this.#piece?.rows ?? 0;
  }

  get isFull(): boolean {
    const piece = this.#piece;
    return piece !== undefined && (piece.bytes >= fullBytes || piece.rows >= this.#most || piece.jumps.length >= mostJumps);
  }

  /** Whether files are still worth it, though the next row must be sent as a record. */
  acceptsOddRow(): boolean {
    return ++this.#oddRows <= acceptedOddRows + this.#rows / rowsForOddRow;
  }

  /** So much is on its way that the next rows are to be sent as records. */
  get isPaused(): boolean {
    return this.#piece === undefined && waitingBytes(this.#output.folder) >= mostWaitingBytes;
  }

  /** Copies the next rows to the file, up to the first one that is not plain. @throws batch_file_unwritable */
  run(): void {
    const { window } = this.#table.tokenizer;
    while (!this.isFull) {
      const { from, line } = window;
      const count = this.#plain.run(this.#most - this.count);
      if (count === 0) return;
      this.#add(window.bytes.subarray(from, window.from), count, line);
    }
  }

  /** The file that was written since the last call. There must be one. */
  take(): RowFiles {
    const { path, fd, bytes, rows, line, jumps } = this.#piece as Piece;
    closeSync(fd);
    this.#piece = undefined;
    const { nulls, lineEnd = "\n" } = this.#plain;
    const { delimiter, quote } = this.#table.tokenizer.marks;
    const encoding = {
      ...{ format: "csv", columns: this.#columns, delimiter: Buffer.from(delimiter).toString() },
      ...{ quote: quote.length === 0 ? null : Buffer.from(quote).toString(), canonical: true, line_end: lineEnd },
    };
    const named = this.#columns.filter((name, index): name is string => name !== null && nulls[index] === 1);
    nulls.fill(0);
    const source = { file: this.#table.path, line, ...(jumps.length > 0 && { jumps }) };
    return rowFiles(encoding, [{ path, rows, bytes, nulls: named, source }]);
  }

  /** Deletes a file that was not taken. */
  [Symbol.dispose](): void {
    if (this.#piece === undefined) return;
    closeSync(this.#piece.fd);
    rmSync(this.#piece.path, { force: true });
    this.#piece = undefined;
  }

  get #most(): number {
    return this.#output.rowsPerFile ?? Number.POSITIVE_INFINITY;
  }

  #add(bytes: Uint8Array, count: number, line: number): void {
    const path = this.#piece?.path ?? join(this.#output.folder, `${process.pid}-${startedAt}-${++filesMade}.csv`);
    try {
      this.#piece ??= { path, fd: openSync(path, "wx", 0o600), bytes: 0, rows: 0, line, jumps: [], nextLine: line };
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#piece.fd, bytes, at);
    } catch (error) {
      throw errors.batch_file_unwritable({ path, reason: (error as Error).message }, {}, error);
    }
    const piece = this.#piece;
    if (line !== piece.nextLine) piece.jumps.push([piece.rows, line]);
    piece.rows += count;
    piece.bytes += bytes.length;
    piece.nextLine = line + count;
    this.#rows += count;
  }
}

function waitingBytes(folder: string): number {
  let bytes = 0;
  for (const name of readdirSync(folder)) bytes += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}
