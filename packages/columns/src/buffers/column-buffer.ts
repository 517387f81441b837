/**
 * One column of a row group while it is filled: its non-null values in a row, and for each row a bit that marks those with a value. The
 * values of a column with parts are in those.
 */
import { Lane } from "./lane.ts";

/** One of the parts of a column that have values, with the levels that say where they belong (see Parquet's "Nested Encoding"). */
export interface Part {
  buffer: ColumnBuffer;
  /** A byte for each value and for each place where there is none. */
  repetitions: Lane;
  definitions: Lane;
}

export class ColumnBuffer {
  /** Non-null values in Parquet's PLAIN encoding, except booleans: one byte each. */
  readonly data: Lane;
  /** Bit i of byte j is 1 when row 8j+i has a value. Bits after the last row are 1. */
  readonly validity: Lane;
  /** Empty where the column itself has the values. */
  readonly parts: readonly Part[];
  rows = 0;
  nulls = 0;

  constructor(data: Lane = new Lane(), validity: Lane = new Lane(), parts: readonly Part[] = []) {
    this.data = data;
    this.validity = validity;
    this.parts = parts;
  }

  /** Bytes of the values, and of the levels of parts. */
  get byteLength(): number {
    const own = this.data.length;
    return this.parts.reduce((sum, { buffer, repetitions, definitions }) => {
      return sum + buffer.byteLength + repetitions.length + definitions.length;
    }, own);
  }

  /** Makes room for `count` rows, each with a value until `markNull`. */
  begin(count: number): void {
    const { validity } = this;
    const needed = (this.rows + count + 7) >> 3;
    validity.reserve(needed - validity.length);
    validity.bytes.fill(0xff, validity.length, needed);
    validity.length = Math.max(validity.length, needed);
  }

  /** `index` counts from the rows before `begin`. */
  markNull(index: number): void {
    const row = this.rows + index;
    this.validity.bytes[row >> 3] = (this.validity.bytes[row >> 3] as number) & ~(1 << (row & 7));
    this.nulls++;
  }

  end(count: number): void {
    this.rows += count;
  }

  /** @returns a function that takes back all that was appended since */
  mark(): () => void {
    const { rows, nulls } = this;
    const dataLength = this.data.length;
    const parts = this.parts.map(({ buffer, repetitions, definitions }) => {
      return { undo: buffer.mark(), repetitions: repetitions.length, definitions: definitions.length };
    });
    return () => {
      this.data.length = dataLength;
      this.validity.length = (rows + 7) >> 3;
      const spare = rows & 7;
      if (spare > 0) this.validity.bytes[rows >> 3] = (this.validity.bytes[rows >> 3] as number) | (0xff << spare);
      this.rows = rows;
      this.nulls = nulls;
      for (const [at, part] of this.parts.entries()) {
        const before = parts[at] as (typeof parts)[number];
        before.undo();
        part.repetitions.length = before.repetitions;
        part.definitions.length = before.definitions;
      }
    };
  }

  clear(): void {
    this.data.clear();
    this.validity.clear();
    this.rows = 0;
    this.nulls = 0;
    for (const { buffer, repetitions, definitions } of this.parts) {
      buffer.clear();
      repetitions.clear();
      definitions.clear();
    }
  }
}
