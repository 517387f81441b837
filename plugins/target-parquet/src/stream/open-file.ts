/** A Parquet file that is being written: rows wait in column buffers until they make a row group. */
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import {
  type ColumnBuffer,
  type Compression,
  type Lane,
  mostGroupRows,
  ParquetFile,
  RowColumns,
  type StreamColumns,
} from "@tapline/columns";
import { type CellChunk, isCells, type RowBatch, type RowChunk, type Tolerated } from "@tapline/sdk";
import type { KeyRange } from "../manifest/manifest.ts";
import { RangeOfKey } from "./range-of-key.ts";
import { nameOf } from "./types.ts";

/** A page has a 32-bit size; and rows that wait take memory. */
const mostGroupBytes = 64 << 20;

export interface FileOptions {
  path: string;
  columns: StreamColumns;
  compression: Compression;
  /** The key whose range readers and merges use; undefined where there is none. */
  rangedKey: string | undefined;
  metadata: Readonly<Record<string, string>>;
  createdBy: string;
  lanes: (index: number) => Lane;
  /** Called with what is on its way into the file, and its bytes in memory. */
  onFlush(work: Promise<void>, bytes: number): void;
}

export interface FinishedFile {
  path: string;
  rows: number;
  bytes: number;
  sha256: string;
  range: KeyRange | undefined;
  /** No key is in it twice, and each is larger than the one before. */
  isAscending: boolean;
}

export class OpenFile {
  readonly #path: string;
  readonly #columns: RowColumns;
  readonly #file: ParquetFile;
  readonly #hash = createHash("sha256");
  readonly #range: RangeOfKey | undefined;
  readonly #onFlush: FileOptions["onFlush"];
  /** The row groups that are on their way. */
  #work: Promise<void> = Promise.resolve();
  #written = 0;

  constructor({ path, columns, compression, rangedKey, metadata, createdBy, lanes, onFlush }: FileOptions) {
    const keys = columns.columns.flatMap(({ name }, index) => (columns.requiredKeys.includes(name) ? [index] : []));
    const ranged = columns.columns.findIndex(({ name }) => name === rangedKey);
    this.#path = path;
    this.#onFlush = onFlush;
    this.#columns = new RowColumns(columns, nameOf, lanes);
    const column = columns.columns[ranged];
    this.#range = column && new RangeOfKey(column.columnName, column.type, this.#columns.buffers[ranged] as ColumnBuffer);
    this.#file = new ParquetFile(
      path,
      columns.columns.map(({ type }) => type),
      {
        columnNames: columns.columns.map(({ columnName }) => columnName),
        compression,
        keyColumns: keys,
        metadata,
        createdBy,
        hash: this.#hash,
      },
    );
  }

  /** Rows that it holds. */
  get rows(): number {
    return this.#written + this.#columns.rows;
  }

  /** Bytes in the file, and of rows that wait. */
  get byteLength(): number {
    return this.#file.byteLength + this.waitingBytes;
  }

  get waitingBytes(): number {
    return this.#columns.byteLength;
  }

  /** @throws as `RowColumns.add`: then no row of the chunk is in the file */
  add(chunk: RowChunk | CellChunk, reject: RowBatch["reject"]): void {
    const count = isCells(chunk) ? chunk.count : chunk.rows.length;
    if (this.#columns.rows > 0 && (this.#columns.rows + count > mostGroupRows || this.waitingBytes > mostGroupBytes)) this.flush();
    this.#columns.add(chunk, reject);
  }

  takeLost(): Tolerated[] {
    return this.#columns.takeLost();
  }

  /** Sends the rows that wait on their way. What fails there is thrown by `finish`. */
  flush(): void {
    if (this.#columns.rows === 0) return;
    this.#range?.add();
    this.#work = this.#file.writeKeptGroup(this.#columns.buffers);
    this.#onFlush(this.#work, this.waitingBytes);
    this.#written += this.#columns.rows;
    this.#columns.clear();
  }

  /** The buffers are free when it returns; the file is durable when it resolves. */
  async finish(): Promise<FinishedFile> {
    this.flush();
    const isAscending = this.#columns.areKeysAscending;
    try {
      await this.#work;
      this.#file.finish();
      this.#file.sync();
    } finally {
      this.#file.close();
    }
    const { byteLength: bytes } = this.#file;
    return { path: this.#path, rows: this.#written, bytes, sha256: this.#hash.digest("hex"), range: this.#range?.text, isAscending };
  }

  /** The buffers are free when it returns; what was written is deleted when it resolves. */
  async drop(): Promise<void> {
    this.#columns.clear();
    await this.#work.catch(() => {});
    this.#file.close();
    rmSync(this.#path, { force: true });
  }
}
