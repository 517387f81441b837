/** Rows to COPY's formats, a chunk at a time: checked column by column, then written row by row. */
import { ColumnFeed, type ColumnType, type FeedColumn, type StreamColumns, type TargetColumn } from "@tapline/columns";
import { type CellChunk, cellKind, isCells, type RowBatch, type RowChunk, type Tolerated } from "@tapline/sdk";
import { binaryColumn } from "./binary-columns.ts";
import { binaryFormat } from "./binary-format.ts";
import { type ColumnFormat, type CopyFormat, newBytes, type TakeBytes } from "./format.ts";
import { CopyScratch } from "./scratch.ts";
import { textColumn, textFormat } from "./text-format.ts";

/** The rows that were not rejected, and their input lines. */
export interface EncodedChunk {
  bytes: Buffer;
  lines: readonly number[];
}

const scratch = new CopyScratch();

export class CopyEncoder {
  readonly #columns: readonly TargetColumn[];
  readonly #feed: ColumnFeed;
  /** For each column the row that is next. */
  readonly #rows: Int32Array;
  #format: CopyFormat = textFormat;
  /** By column; those of `#format`. */
  readonly #formats: ColumnFormat[];

  constructor({ columns, ...stream }: StreamColumns, typeName: (type: ColumnType) => string) {
    this.#columns = columns;
    this.#rows = new Int32Array(columns.length);
    this.#formats = columns.map(({ type }) => textColumn(type));
    const fed = columns.map((column, index) => fedBy(column, index, this.#rows, this.#formats, column.typeName ?? typeName(column.type)));
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

  /** What the rows are encoded in. */
  get format(): CopyFormat {
    return this.#format;
  }

  /** The names of columns and the server's functions that read their binary form: rows get that form if it is known for all of them. */
  chooseFormat(readers: ReadonlyMap<string, string>): void {
    const binary = this.#columns.map(({ type, columnName }) => binaryColumn(type, readers.get(columnName)));
    const isBinary = binary.every((format) => format !== undefined);
    this.#format = isBinary ? binaryFormat : textFormat;
    for (const [index, { type }] of this.#columns.entries()) this.#formats[index] = (isBinary && binary[index]) || textColumn(type);
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

  /** Rows that can't be stored exactly go to `reject`. `take`: gives the memory for the bytes. @throws the errors of `ColumnFeed.add` */
  encode(chunk: RowChunk | CellChunk, reject: RowBatch["reject"], take: TakeBytes = newBytes): EncodedChunk {
    scratch.begin(this.#columns.length, isCells(chunk) ? chunk.count : chunk.rows.length);
    try {
      const kept = isCells(chunk) ? this.#feed.addCells(chunk, reject) : this.#feed.add(chunk, reject);
      if (kept !== undefined) return { bytes: this.#format.join(scratch, take, kept.rows.length), lines: kept.lines };
      const { count, segments } = chunk as CellChunk;
      return { bytes: this.#format.join(scratch, take, count, segments), lines: linesOf(chunk as CellChunk) };
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

/** `nextRows[index]` is the row that the column's next value belongs to, `formats[index]` how it is written. */
function fedBy(column: TargetColumn, index: number, nextRows: Int32Array, formats: readonly ColumnFormat[], typeName: string): FeedColumn {
  const { beside } = scratch;
  const write = (value: unknown): void => (formats[index] as ColumnFormat).write(value, beside);
  const repeat = (value: unknown, count: number): number => {
    const first = nextRows[index] as number;
    nextRows[index] = first + count;
    if (value !== null && value !== undefined) {
      const start = beside.length;
      write(value);
      for (let i = 0; i < count; i++) scratch.putBeside(index, first + i, start);
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
    check(value: unknown) {
      if (value === null || value === undefined) return;
      const { length } = beside;
      write(value);
      beside.length = length;
    },
  };

  function appendCells(chunk: CellChunk, cells: number): number {
    const { kinds, segments } = chunk;
    const { putCell } = formats[index] as ColumnFormat;
    let nulls = 0;
    for (const segment of segments) {
      for (let row = segment.from; row < segment.end; row++) {
        const cell = cells + row;
        if ((kinds[cell] as number) <= cellKind.null) {
          scratch.putNull(index, row);
          nulls++;
        } else if (!putCell(scratch, index, row, chunk, cell, segment)) {
          const start = beside.length;
          write(chunk.valueAt(cell, segment));
          scratch.putBeside(index, row, start);
        }
      }
    }
    return nulls;
  }
}
