/** Rows of one stream into column buffers, through the checks of `ColumnFeed`. Pure. */
import { type CellChunk, isCells, type RowBatch, type RowChunk, type Tolerated } from "@tapline/sdk";
import { appendRepeated, cellAppender } from "../cells/append-cells.ts";
import type { StreamColumns } from "../target-column.ts";
import { type ColumnType, shapeOf } from "../types/column-type.ts";
import { ColumnFeed } from "../values/column-feed.ts";
import { appender } from "./append.ts";
import { ColumnBuffer } from "./column-buffer.ts";
import { Lane } from "./lane.ts";
import { bufferFor } from "./nested.ts";

export class RowColumns {
  readonly #feed: ColumnFeed;
  readonly buffers: ColumnBuffer[];

  /** Marks the rows so far. @returns a function that takes back those added since; not after `clear` */
  readonly mark: () => () => void;

  /** `lanes` gives the lane of an index, always the same one; two columns never share one. No two users of the same lanes may hold rows at once. */
  constructor({ columns, ...stream }: StreamColumns, typeName: (type: ColumnType) => string, lanes: (index: number) => Lane) {
    let used = 0;
    let spare: ColumnBuffer | undefined;
    this.buffers = columns.map(({ type }) => bufferFor(type, () => lanes(used++)));
    const fed = columns.map((column, index) => {
      const append = appender(column.type);
      const appendCells = cellAppender(column.type);
      const repeat = appendRepeated(column.type);
      const buffer = this.buffers[index] as ColumnBuffer;
      const nullsOf = (work: () => void): number => {
        const before = buffer.nulls;
        work();
        return buffer.nulls - before;
      };
      return {
        ...column,
        typeName: column.typeName ?? typeName(column.type),
        append: (values: readonly unknown[], count: number) => nullsOf(() => append(values, count, buffer)),
        cells: {
          append: (chunk: CellChunk, cells: number) => nullsOf(() => appendCells(chunk, cells, buffer)),
          repeat: (value: unknown, count: number) => nullsOf(() => repeat(value, count, buffer)),
        },
        check: (value: unknown) => {
          spare ??= new ColumnBuffer();
          const own = shapeOf(column.type) === undefined ? spare : bufferFor(column.type, () => new Lane());
          own.clear();
          append([value], 1, own);
        },
      };
    });
    this.mark = () => {
      const restores = this.buffers.map((buffer) => buffer.mark());
      return () => {
        for (const restore of restores) restore();
      };
    };
    this.#feed = new ColumnFeed({ ...stream, columns: fed, mark: this.mark });
  }

  get rows(): number {
    return (this.buffers[0] as ColumnBuffer).rows;
  }

  /** Whether no key can have arrived twice since `forgetKeys`. */
  get areKeysAscending(): boolean {
    return this.#feed.areKeysAscending;
  }

  /** What could not be stored as it was sent since the last call. */
  takeLost(): Tolerated[] {
    return this.#feed.takeLost();
  }

  forgetKeys(): void {
    this.#feed.forgetKeys();
  }

  /** Bytes of all columns. */
  get byteLength(): number {
    return this.buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
  }

  /** Bytes of the largest column. */
  get largest(): number {
    return Math.max(...this.buffers.map(({ byteLength }) => byteLength));
  }

  /** Rows that can't be stored exactly go to `reject`. @throws the errors of `ColumnFeed.add` */
  add(chunk: RowChunk | CellChunk, reject: RowBatch["reject"]): void {
    if (isCells(chunk)) this.#feed.addCells(chunk, reject);
    else this.#feed.add(chunk, reject);
  }

  clear(): void {
    for (const buffer of this.buffers) buffer.clear();
    this.#feed.clear();
  }
}
