/** The rows of a binary COPY, one at a time: which of their values a file may not have, and which columns have nulls. Pure. */
import { type PgType, pgEnd, pgHeader, pgNull, viewOf } from "@tapline/sdk";
import { type OddCheck, oddCheck } from "./odd-values.ts";

export interface BinaryColumn {
  name: string;
  type: PgType;
  isLoose: boolean;
}

export class BinaryRows {
  /** 1 for each column in which a value was null since it was set to 0. */
  readonly nulls: Uint8Array;
  /** The present row: where its values begin, in which bytes, and where those of the columns end. */
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  readonly #checks: (OddCheck | undefined)[];
  #view = viewOf(this.bytes);
  #isAtStart = true;

  constructor(columns: readonly BinaryColumn[]) {
    this.#checks = columns.map(({ type, isLoose }) => oddCheck(type, isLoose));
    this.nulls = new Uint8Array(columns.length);
  }

  /** Takes what the server sent as one message. False: it has no row. */
  take(bytes: Buffer, from: number, to: number): boolean {
    let at = from;
    // The header comes with the first row.
    if (this.#isAtStart) at += pgHeader.length + bytes.readUInt32BE(from + pgHeader.length - 4);
    this.#isAtStart = false;
    if (bytes !== this.bytes) [this.bytes, this.#view] = [bytes, viewOf(bytes)];
    if (at >= to || this.#view.getInt16(at) === pgEnd) return false;
    this.start = at + 2;
    return true;
  }

  /** The first column from `first` on whose value a file may not have; -1 where there is none: then `end` and `nulls` are those of the row. */
  odd(first: number): number {
    const { bytes, nulls } = this;
    const view = this.#view;
    const checks = this.#checks;
    let at = this.start;
    for (let column = 0; column < checks.length; column++) {
      const size = view.getInt32(at);
      at += 4;
      if (size === pgNull) {
        nulls[column] = 1;
        continue;
      }
      const check = checks[column];
      if (check !== undefined && column >= first && check(bytes, view, at, size)) return column;
      at += size;
    }
    this.end = at;
    return -1;
  }

  /** The value of a column. */
  value(column: number): Buffer {
    let at = this.start;
    for (let before = column; before > 0; before--) at += 4 + Math.max(0, this.#view.getInt32(at));
    return this.bytes.subarray(at + 4, at + 4 + Math.max(0, this.#view.getInt32(at)));
  }

  /** The text of the value after those of the columns, of a row of which `odd` found nothing. */
  textAfter(): string | null {
    const from = this.end + 4;
    const size = this.#view.getInt32(this.end);
    return size === pgNull ? null : this.bytes.toString("utf8", from, from + size);
  }

  /** From here on the column may have any value. */
  allowAll(column: number): void {
    this.#checks[column] = undefined;
  }
}
