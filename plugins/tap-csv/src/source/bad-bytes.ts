/** The bytes that a decoder could not decode. The decoded text has 0xFF in their place, so an error message looks up the real byte here. */
export class BadBytes {
  /** Offsets in the decoded text, ascending, and the byte of each. */
  #offsets: number[] = [];
  #bytes: number[] = [];

  add(offset: number, byte: number): void {
    if (this.#offsets.length === maxKept) {
      this.#offsets = this.#offsets.slice(maxKept / 2);
      this.#bytes = this.#bytes.slice(maxKept / 2);
    }
    this.#offsets.push(offset);
    this.#bytes.push(byte);
  }

  /** The byte that stood at an offset of the decoded text; undefined when that is no longer known. */
  at(offset: number): number | undefined {
    let [low, high] = [0, this.#offsets.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#offsets[middle] as number) < offset) low = middle + 1;
      else high = middle;
    }
    return this.#offsets[low] === offset ? this.#bytes[low] : undefined;
  }
}

/** More than a reader's buffer holds, so the byte of an error is known unless a single row is longer than that. At most 16 MB. */
const maxKept = 1024 * 1024;
