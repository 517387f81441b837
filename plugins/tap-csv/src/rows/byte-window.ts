/**
 * The part of a file that is in memory: bytes are added at the end and consumed from the start. Its size is fixed while rows fit;
 * it grows for a longer row and shrinks again. It also finds the first byte that is not UTF-8.
 */
import { invalidUtf8At, wholeCharactersEnd } from "./utf8.ts";

export class ByteWindow {
  /** Has spare bytes, so that a reader can put an end mark after the last byte. `room` replaces it. */
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  /** The line number at `from`. */
  line = 1;
  /** The bytes in use are [from, to). The reader advances `from`. */
  from = 0;
  to = 0;
  /** No more bytes will come. */
  isWhole = false;
  /** Position of the first byte that is not UTF-8, infinity for none. */
  badAt = Number.POSITIVE_INFINITY;
  /** Position of the first NUL byte, infinity for none or when NUL bytes are kept. */
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

  /** Moves the bytes in use to the start and returns the free room after them. `maxBytes`: the largest size to grow to. */
  room(maxBytes: number): Uint8Array {
    const kept = this.to - this.from;
    const size = this.#sizeFor(kept, maxBytes);
    this.bytes.copyWithin(0, this.from, this.to);
    // A transfer frees the old memory at once; the garbage collector would let the buffers of long rows pile up.
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

  /** Call after writing `count` bytes into the room. */
  filled(count: number): void {
    const added = this.to;
    this.to += count;
    if (this.nulAt === Number.POSITIVE_INFINITY) this.#findNul(added);
    this.#check(wholeCharactersEnd(this.bytes, this.#checkedTo, this.to));
  }

  /** Searches for bad bytes again from `from` on, after the reader passed the known ones. */
  rescan(): void {
    if (this.nulAt < this.from) this.#findNul(this.from);
    if (this.badAt >= this.from) return;
    const bad = invalidUtf8At(this.bytes, this.from, Math.max(this.from, this.#checkedTo));
    this.badAt = bad < 0 ? Number.POSITIVE_INFINITY : bad;
  }

  end(): void {
    this.isWhole = true;
    this.#check(this.to);
  }

  /** Frees the memory; nothing can be read after this. */
  release(): void {
    this.bytes = new Uint8Array(0);
    this.from = this.to = 0;
  }

  /** Whether the byte is known to be valid or not; the next bytes decide about a character that is cut off. */
  isChecked(at: number): boolean {
    return at < this.#checkedTo;
  }

  #sizeFor(kept: number, maxBytes: number): number {
    const size = this.bytes.length - 16;
    if (kept < this.#usualBytes / 2) return this.#usualBytes;
    return kept < size ? size : Math.max(kept + 1, Math.min(kept * 2, maxBytes));
  }

  #findNul(from: number): void {
    // Buffer.indexOf is far faster than that of a typed array.
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
