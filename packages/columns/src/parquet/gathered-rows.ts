/**
 * Rows of many batches on their way into Parquet files with row groups of full size. A batch is added whole or not at all: a group is closed
 * before a batch that has no room in it, so that a failure takes back only rows of the batch itself. A file has one group, or as many as
 * `fileBytes` asks for.
 */
import { rmSync } from "node:fs";
import { isCells, type RowBatch, type Tolerated } from "@tapline/sdk";
import type { ColumnBuffer } from "../buffers/column-buffer.ts";
import type { SharedLanes } from "../buffers/lane.ts";
import type { RowColumns } from "../buffers/row-columns.ts";
import type { ColumnType } from "../types/column-type.ts";
import { ParquetFile } from "./file.ts";

/** As large as DuckDB's own: readers skip row groups and read several at once. */
export const mostGroupRows = 122_880;
/** So much of several batches is in memory. 122,880 rows of 23 columns are 25 MB. */
const mostBytes = 32 << 20;
/** A Parquet page has a 32-bit size; long texts close a row group long before that. */
const mostColumnBytes = 256 << 20;

export interface GatheredFile {
  path: string;
  rows: number;
  byteLength: number;
}

export interface GatherOptions {
  rows: RowColumns;
  /** Those that `rows` uses. */
  lanes: SharedLanes;
  /** Of the columns of `rows`, then of those that `moreColumns` gives. */
  types: readonly ColumnType[];
  /** Other columns of a row group with so many rows. The buffers are free again when they are asked for the next ones. */
  moreColumns?(count: number): readonly ColumnBuffer[];
  /** A file is complete when it has so many bytes; at 0 whenever a row group is closed, except within a batch. */
  fileBytes: number;
  /** A path for a file that does not exist yet. */
  nextPath(): string;
  /** Runs what may fail because of the disk, and makes errors of it that people understand. */
  explained<T>(work: () => T): T;
}

interface OpenFile {
  writer: ParquetFile;
  path: string;
  rows: number;
}

export class GatheredRows {
  readonly #options: GatherOptions;
  readonly #completed: GatheredFile[] = [];
  /** Has the closed groups that are not completed. */
  #file: OpenFile | undefined;

  constructor(options: GatherOptions) {
    this.#options = options;
  }

  /** Files that are complete; the oldest is first. The caller takes them and deletes them. */
  get completed(): GatheredFile[] {
    return this.#completed;
  }

  /** @returns how many rows were added, and what could not be stored as it was sent. @throws the errors of `RowColumns.add`, and of the disk; then nothing of the batch is left */
  add(batch: RowBatch): { added: number; tolerated: Tolerated[] } {
    const { rows, lanes } = this.#options;
    lanes.take(this, () => this.#leaveLanes());
    // Of a batch whose conversion failed.
    rows.takeLost();
    if (rows.rows + batch.count > mostGroupRows || rows.byteLength + batch.byteLength > mostBytes) this.#leaveLanes();
    const undo = this.#mark();
    const [before, waiting] = [this.#rows, rows.rows];
    let hasClosed = false;
    try {
      for (const chunk of batch.chunks?.() ?? batch.rows()) {
        const count = isCells(chunk) ? chunk.count : chunk.rows.length;
        if (rows.rows > 0 && (rows.rows + count > mostGroupRows || rows.largest > mostColumnBytes)) {
          // A failure could no longer leave the rows that were there before.
          if (waiting > 0 && !hasClosed) throw new Error(`a batch of stream ${batch.stream} has more rows than its count, ${batch.count}`);
          hasClosed = true;
          this.#closeGroup();
        }
        rows.add(chunk, batch.reject);
      }
    } catch (error) {
      undo();
      throw error;
    }
    const added = this.#rows - before;
    // The next batch, if it is as large, would have no room.
    if (hasClosed || rows.rows + batch.count > mostGroupRows) this.#leaveLanes();
    return { added, tolerated: rows.takeLost() };
  }

  /** Rows that are in no completed file. */
  get #rows(): number {
    return this.#options.rows.rows + (this.#file?.rows ?? 0);
  }

  /** @returns a function that takes back what was added since */
  #mark(): () => void {
    const { rows } = this.#options;
    const file = this.#file;
    const inFile = file?.rows;
    const undoGroups = file?.writer.mark();
    const undoRows = rows.mark();
    return () => {
      if (this.#file === file && file?.rows === inFile) return undoRows();
      rows.clear();
      if (file === undefined) this.#discard();
      else if (this.#file === file) {
        undoGroups?.();
        file.rows = inFile as number;
      }
    };
  }

  /** Another stream, or more rows of this one, need the lanes. */
  #leaveLanes(): void {
    this.#closeGroup();
    if (this.#file !== undefined && this.#file.writer.byteLength >= this.#options.fileBytes) this.complete();
  }

  /** Makes a file of all rows that wait. */
  complete(): void {
    this.#closeGroup();
    if (this.#file === undefined) return;
    const { writer, path, rows } = this.#file;
    try {
      this.#options.explained(() => writer.finish());
    } catch (error) {
      this.#discard();
      throw error;
    }
    this.#file = undefined;
    writer.close();
    this.#completed.push({ path, rows, byteLength: writer.byteLength });
  }

  #closeGroup(): void {
    const { rows, types, moreColumns, nextPath, explained } = this.#options;
    const count = rows.rows;
    if (count === 0) return;
    try {
      const file = this.#file ?? explained(() => newFile(nextPath(), types));
      this.#file = file;
      explained(() => file.writer.writeRowGroup([...rows.buffers, ...(moreColumns?.(count) ?? [])]));
      file.rows += count;
    } catch (error) {
      this.#discard();
      throw error;
    }
    rows.clear();
  }

  #discard(): void {
    this.#options.rows.clear();
    if (this.#file === undefined) return;
    const { writer, path } = this.#file;
    this.#file = undefined;
    writer.close();
    rmSync(path);
  }
}

const newFile = (path: string, types: readonly ColumnType[]): OpenFile => ({ writer: new ParquetFile(path, types), path, rows: 0 });
