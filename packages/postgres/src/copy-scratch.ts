/**
 * Where the values of a chunk are in COPY's text format, by column and row: in the bytes of the rows' lines where those are spelled as COPY
 * reads them, elsewhere in a buffer beside. All streams share one, because a chunk is encoded in one step.
 */
import { copyBytes, Lane, type ViewedBytes, writeUtf8 } from "@tapline/columns";
import type { CellSegment } from "@tapline/sdk";

const [tab, lineEnd] = [0x09, 0x0a];

function viewed(bytes: Buffer): ViewedBytes {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

const nothing = viewed(Buffer.alloc(0));

export class CopyScratch {
  /** By column * rows + row. At 0 and above: an index in the bytes of the row's line; below, the complement of one in `beside`. */
  #froms = new Int32Array(0);
  #sizes = new Int32Array(0);
  #columns = 0;
  #rows = 0;
  /** Values that are spelled otherwise than in their lines. NULL is first. */
  readonly beside = new Lane();

  /** Forgets all values, and makes room for those of so many rows. */
  begin(columns: number, rows: number): void {
    const needed = columns * rows;
    if (this.#froms.length < needed) {
      this.#froms = new Int32Array(needed);
      this.#sizes = new Int32Array(needed);
    }
    this.#columns = columns;
    this.#rows = rows;
    this.clear();
  }

  /** Forgets the values alone. */
  clear(): void {
    this.beside.clear();
    this.beside.length = this.beside.bytes.write("\\N", 0, "latin1");
  }

  /** The value is `size` bytes of the row's line from `from` on; where that is below zero, bytes of `beside` from its complement on. */
  put(column: number, row: number, from: number, size: number): void {
    const index = column * this.#rows + row;
    this.#froms[index] = from;
    this.#sizes[index] = size;
  }

  putNull(column: number, row: number): void {
    this.put(column, row, ~0, 2);
  }

  /** The value of `count` rows is this text. */
  putText(column: number, row: number, count: number, text: string): void {
    const { beside } = this;
    beside.reserve(text.length * 3);
    const size = writeUtf8(beside.bytes, beside.length, text);
    for (let i = 0; i < count; i++) this.put(column, row + i, ~beside.length, size);
    beside.length += size;
  }

  /** The lines of the first `count` rows. `segments`: where their own lines are, if values are in them. */
  join(count: number, segments?: readonly CellSegment[]): Buffer {
    const [froms, sizes, columns, rows] = [this.#froms, this.#sizes, this.#columns, this.#rows];
    let total = count * columns;
    for (let column = 0; column < columns; column++) for (let row = 0; row < count; row++) total += sizes[column * rows + row] as number;
    const joined = viewed(Buffer.allocUnsafeSlow(total));
    const { beside } = this;
    let at = 0;
    for (const segment of segments ?? [{ ...nothing, from: 0, end: count }]) {
      for (let row = segment.from; row < segment.end; row++) {
        for (let index = row; index < columns * rows; index += rows) {
          const start = froms[index] as number;
          const size = sizes[index] as number;
          copyBytes(start < 0 ? beside : segment, start < 0 ? ~start : start, size, joined, at);
          at += size;
          joined.bytes[at++] = tab;
        }
        joined.bytes[at - 1] = lineEnd;
      }
    }
    return joined.bytes;
  }
}
