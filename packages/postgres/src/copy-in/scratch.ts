/**
 * Where the values of a chunk are as COPY takes them, by column and row: in the bytes of the rows' lines where those are spelled alike,
 * elsewhere in a buffer beside. All streams share one, because a chunk is encoded in one step.
 */
import { Lane, type ViewedBytes } from "@tapline/columns";
import type { CellSegment } from "@tapline/sdk";

/** The size of NULL. */
export const nullSize = -1;

export class CopyScratch {
  /** By column * rows + row. At 0 and above: an index in the bytes of the row's line; below, the complement of one in `beside`. */
  froms = new Int32Array(0);
  sizes = new Int32Array(0);
  columns = 0;
  rows = 0;
  /** Values that are spelled otherwise than in their lines. */
  readonly beside = new Lane();

  /** Forgets all values, and makes room for those of so many rows. */
  begin(columns: number, rows: number): void {
    const needed = columns * rows;
    if (this.froms.length < needed) {
      this.froms = new Int32Array(needed);
      this.sizes = new Int32Array(needed);
    }
    this.columns = columns;
    this.rows = rows;
    this.clear();
  }

  /** Forgets the values alone. */
  clear(): void {
    this.beside.clear();
  }

  /** The value is `size` bytes of the row's line from `from` on; where that is below zero, bytes of `beside` from its complement on. */
  put(column: number, row: number, from: number, size: number): void {
    const index = column * this.rows + row;
    this.froms[index] = from;
    this.sizes[index] = size;
  }

  /** The value is the bytes of `beside` from `start` on. */
  putBeside(column: number, row: number, start: number): void {
    this.put(column, row, ~start, this.beside.length - start);
  }

  putNull(column: number, row: number): void {
    this.sizes[column * this.rows + row] = nullSize;
  }
}

export function viewed(bytes: Buffer): ViewedBytes {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

const nothing = viewed(Buffer.alloc(0));

/** The segments of rows that are in their lines; else one of all rows, whose values are beside. */
export function segmentsOf(
  count: number,
  segments: readonly CellSegment[] | undefined,
): readonly Pick<CellSegment, "bytes" | "view" | "from" | "end">[] {
  return segments ?? [{ ...nothing, from: 0, end: count }];
}
