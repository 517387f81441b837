/** Rows of PostgreSQL's binary COPY as Singer lines, for readers that take no such files. Pure. */
import { type PgType, pgNull, viewOf } from "./form.ts";
import { roomFor, type ValueText, valueTexts } from "./value-text.ts";

export interface PgColumn {
  name: string;
  type: PgType | (string & {});
}

/** The bytes around a record's object. */
export interface LineEnds {
  head: Uint8Array;
  tail: () => Uint8Array;
}

/** Enough lines for one write. */
const fullAt = 128 * 1024;
/** A buffer that one long row made larger than this is replaced. */
const keptBytes = 1 << 20;

export class PgRowLines {
  /** Lines in the buffer. */
  count = 0;
  readonly #ends: LineEnds;
  readonly #names: readonly Buffer[];
  readonly #types: readonly string[];
  readonly #writers: readonly ValueText[];
  #tail: Uint8Array = new Uint8Array();
  #out = Buffer.allocUnsafe(2 * fullAt);
  #at = 0;
  #input: Buffer = Buffer.alloc(0);
  #view = viewOf(this.#input);

  /** `others`: how values of types beside `pgTypes` are written. */
  constructor(columns: readonly PgColumn[], ends: LineEnds, others: Readonly<Record<string, ValueText>> = {}) {
    this.#ends = ends;
    this.#names = columns.map(({ name }, i) => Buffer.from(`${i === 0 ? "" : ","}${JSON.stringify(name)}:`));
    this.#types = columns.map(({ type }) => type);
    this.#writers = columns.map(({ type }) => others[type] ?? (valueTexts[type as PgType] as ValueText));
  }

  get isFull(): boolean {
    return this.#at >= fullAt;
  }

  /** The lines in the buffer, valid until the next row. */
  take(): Buffer {
    const bytes = this.#out.subarray(0, this.#at);
    this.#at = 0;
    this.count = 0;
    return bytes;
  }

  /** Writes the line of the row that begins at `start`. It may have more values than there are columns. */
  write(input: Buffer, start: number): void {
    if (input !== this.#input) [this.#input, this.#view] = [input, viewOf(input)];
    const view = this.#view;
    // One time for all lines of a buffer, which is handed over before the reader waits.
    if (this.count === 0) {
      this.#tail = this.#ends.tail();
      if (this.#out.length > keptBytes) this.#out = Buffer.allocUnsafe(2 * fullAt);
    }
    this.#put(this.#ends.head);
    this.#reserve(1);
    this.#out[this.#at++] = 0x7b;
    let from = start + 2;
    for (let column = 0; column < this.#names.length; column++) {
      const size = view.getInt32(from);
      from += 4;
      this.#put(this.#names[column] as Buffer);
      if (size === pgNull) {
        this.#put(nullWord);
        continue;
      }
      this.#reserve(roomFor(this.#types[column] as string, input, from, size));
      this.#at = (this.#writers[column] as ValueText)(input, view, from, size, this.#out, this.#at);
      from += size;
    }
    this.#reserve(1);
    this.#out[this.#at++] = 0x7d;
    this.#put(this.#tail);
    this.count++;
  }

  #put(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    const out = this.#out;
    let at = this.#at;
    // A loop, because `set` takes several times as long for a few bytes.
    for (let i = 0; i < bytes.length; i++) out[at++] = bytes[i] as number;
    this.#at = at;
  }

  #reserve(more: number): void {
    const needed = this.#at + more;
    if (needed <= this.#out.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#out.length));
    larger.set(this.#out.subarray(0, this.#at));
    this.#out = larger;
  }
}

const nullWord = Buffer.from("null");
