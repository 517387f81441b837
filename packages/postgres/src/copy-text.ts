/** Rows to COPY's text format, a chunk at a time: checked column by column, then written row by row. */
import { ColumnFeed, type ColumnType, type FeedColumn, type StreamColumns, type TargetColumn } from "@tapline/columns";
import { type CellChunk, cellKind, isCells, type RowBatch, type RowChunk, type Tolerated } from "@tapline/sdk";
import { cellPutter } from "./copy-cells.ts";
import { CopyScratch } from "./copy-scratch.ts";
import { copyValue } from "./copy-value.ts";

/** The rows that were not rejected, and their input lines. */
export interface EncodedChunk {
  bytes: Buffer;
  lines: readonly number[];
}

const scratch = new CopyScratch();

export class CopyText {
  readonly #feed: ColumnFeed;
  readonly #columns: number;
  /** For each column the row that is next. */
  readonly #rows: Int32Array;

  constructor({ columns, ...stream }: StreamColumns, typeName: (type: ColumnType) => string) {
    this.#columns = columns.length;
    this.#rows = new Int32Array(columns.length);
    const fed = columns.map((column, index) => fedBy(column, index, this.#rows, column.typeName ?? typeName(column.type)));
    const restart = (): void => {
      scratch.clear();
      this.#rows.fill(0);
    };
    const mark = (): (() => void) => {
      restart();
      return restart;
    };
    this.#feed = new ColumnFeed({ ...stream, columns: fed, mark });
  }

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

  /** Rows that can't be stored exactly go to `reject`. @throws the errors of `ColumnFeed.add` */
  encode(chunk: RowChunk | CellChunk, reject: RowBatch["reject"]): EncodedChunk {
    scratch.begin(this.#columns, isCells(chunk) ? chunk.count : chunk.rows.length);
    try {
      const kept = isCells(chunk) ? this.#feed.addCells(chunk, reject) : this.#feed.add(chunk, reject);
      if (kept !== undefined) return { bytes: scratch.join(kept.rows.length), lines: kept.lines };
      const { count, segments } = chunk as CellChunk;
      return { bytes: scratch.join(count, segments), lines: linesOf(chunk as CellChunk) };
    } finally {
      this.#feed.clear();
    }
  }
}

function linesOf({ segments }: CellChunk): number[] {
  const lines: number[] = [];
  for (const { firstLine, from, end } of segments) for (let row = from; row < end; row++) lines.push(firstLine + row - from);
  return lines;
}

/** `nextRows[index]` is the row that the column's next value belongs to. */
function fedBy(column: TargetColumn, index: number, nextRows: Int32Array, typeName: string): FeedColumn {
  const write = copyValue(column.type);
  const putCell = cellPutter(column.type);
  const repeat = (value: unknown, count: number): number => {
    const first = nextRows[index] as number;
    nextRows[index] = first + count;
    if (value !== null && value !== undefined) {
      scratch.putText(index, first, count, write(value));
      return 0;
    }
    for (let i = 0; i < count; i++) scratch.putNull(index, first + i);
    return count;
  };
  return {
    ...column,
    typeName,
    append(values, count) {
      let nulls = 0;
      for (let i = 0; i < count; i++) nulls += repeat(values[i], 1);
      return nulls;
    },
    cells: { append: (chunk, cells) => appendCells(chunk, cells), repeat },
    check: (value: unknown) => void (value === null || value === undefined || write(value)),
  };

  function appendCells(chunk: CellChunk, cells: number): number {
    const { kinds, segments } = chunk;
    let nulls = 0;
    for (const segment of segments) {
      for (let row = segment.from; row < segment.end; row++) {
        const cell = cells + row;
        if ((kinds[cell] as number) <= cellKind.null) {
          scratch.putNull(index, row);
          nulls++;
        } else if (!putCell(scratch, index, row, chunk, cell, segment)) scratch.putText(index, row, 1, write(chunk.valueAt(cell, segment)));
      }
    }
    return nulls;
  }
}
