/**
 * The part of a file that is in memory: bytes are poured in behind and used up in front. It has a fixed size while rows are
 * shorter than it, grows for a longer one and shrinks back; it knows where its bytes stop being UTF-8.
 */
import { invalidUtf8At, wholeCharactersEnd } from "./utf8.ts";

export class ByteWindow {
  /** One byte longer than what it may hold, so that a reader can put an end mark behind the last one. Replaced by `room`. */
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  /** The line at `from`. */
  line = 1;
  /** What is in use: [from, to). The reader moves `from`. */
  from = 0;
  to = 0;
  /** No more bytes will come. */
  isWhole = false;
  /** The first byte that is not UTF-8, infinity when there is none. */
  badAt = Number.POSITIVE_INFINITY;
  /** The first NUL byte, infinity when there is none or they are to be kept. */
  nulAt = Number.POSITIVE_INFINITY;
  readonly #keepsNul: boolean;
  readonly #usualBytes: number;
  #checkedTo = 0;

  constructor(usualBytes: number, keepsNul = false) {
    this.#keepsNul = keepsNul;
    this.#usualBytes = usualBytes;
    this.bytes = new Uint8Array(usualBytes + 16);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Moves what is in use to the front and gives the room behind it; `mostBytes`: the size not to grow beyond. */
  room(mostBytes: number): Uint8Array {
    const kept = this.to - this.from;
    const size = this.#sizeFor(kept, mostBytes);
    this.bytes.copyWithin(0, this.from, this.to);
    // A transfer frees the old memory at once; left to the garbage collector, a long row's would pile up.
    if (size !== this.bytes.length - 16) {
      this.bytes = new Uint8Array(this.bytes.buffer.transfer(size + 16));
      this.view = new DataView(this.bytes.buffer);
    }
    this.#checkedTo -= this.from;
    this.badAt -= this.from;
    this.nulAt -= this.from;
    this.from = 0;
    this.to = kept;
    return this.bytes.subarray(kept, size);
  }

  /** `count` bytes were put into the room. */
  poured(count: number): void {
    const poured = this.to;
    this.to += count;
    if (this.nulAt === Number.POSITIVE_INFINITY) this.#lookForNul(poured);
    this.#check(wholeCharactersEnd(this.bytes, this.#checkedTo, this.to));
  }

  /** Looks again for what is wrong, from `from` on: the reader went past the place it knew. */
  look(): void {
    if (this.nulAt < this.from) this.#lookForNul(this.from);
    if (this.badAt >= this.from) return;
    const bad = invalidUtf8At(this.bytes, this.from, Math.max(this.from, this.#checkedTo));
    this.badAt = bad < 0 ? Number.POSITIVE_INFINITY : bad;
  }

  end(): void {
    this.isWhole = true;
    this.#check(this.to);
  }

  /** Frees the memory; nothing can be read any more. */
  release(): void {
    this.bytes = new Uint8Array(0);
    this.from = this.to = 0;
  }

  #sizeFor(kept: number, mostBytes: number): number {
    const size = this.bytes.length - 16;
    if (kept < this.#usualBytes / 2) return this.#usualBytes;
    return kept < size ? size : Math.max(kept + 1, Math.min(kept * 2, mostBytes));
  }

  #lookForNul(from: number): void {
    // A buffer looks far faster than a typed array.
    const at = this.#keepsNul ? -1 : Buffer.from(this.bytes.buffer, from, this.to - from).indexOf(0);
    this.nulAt = at < 0 ? Number.POSITIVE_INFINITY : from + at;
  }

  #check(end: number): void {
    if (this.badAt === Number.POSITIVE_INFINITY) {
      const bad = invalidUtf8At(this.bytes, this.#checkedTo, end);
      if (bad >= 0) this.badAt = bad;
    }
    this.#checkedTo = end;
  }
}
