/** Rows to COPY's text format, a chunk at a time: checked column by column, then written row by row. Pure. */
import { type AppendValues, ColumnFeed, type ColumnType, type StreamColumns } from "@tapline/columns";
import type { RowBatch, RowChunk, Tolerated } from "@tapline/sdk";
import { copyValue } from "./copy-value.ts";

/** The rows that were not rejected, and their input lines. */
export interface EncodedChunk {
  bytes: Buffer;
  lines: readonly number[];
}

export class CopyText {
  readonly #feed: ColumnFeed;
  /** For each column the texts of the chunk's values. */
  readonly #texts: string[][];

  constructor({ columns, ...stream }: StreamColumns, typeName: (type: ColumnType) => string) {
    this.#texts = columns.map(() => []);
    const fed = columns.map((column, index) => {
      const write = copyValue(column.type);
      return {
        ...column,
        typeName: column.typeName ?? typeName(column.type),
        append: appendTo(this.#texts[index] as string[], write),
        check: (value: unknown) => void (value === null || value === undefined || write(value)),
      };
    });
    this.#feed = new ColumnFeed({ ...stream, columns: fed });
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
  encode(chunk: RowChunk, reject: RowBatch["reject"]): EncodedChunk {
    const { rows, lines } = this.#feed.add(chunk, reject);
    const [first, ...others] = this.#texts as [string[], ...string[][]];
    let text = "";
    for (let row = 0; row < rows.length; row++) {
      text += first[row];
      for (const texts of others) text += `\t${texts[row]}`;
      text += "\n";
    }
    this.#feed.clear();
    return { bytes: Buffer.from(text), lines };
  }
}

function appendTo(texts: string[], write: (value: unknown) => string): AppendValues {
  return (values, count) => {
    let nulls = 0;
    for (let i = 0; i < count; i++) {
      const value = values[i];
      if (value === null || value === undefined) {
        texts[i] = "\\N";
        nulls++;
      } else texts[i] = write(value);
    }
    return nulls;
  };
}
