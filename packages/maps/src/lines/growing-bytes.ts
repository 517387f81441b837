/** Bytes that are written one after the other, in memory that is used again. */

/** A native copy costs more than a loop below this length. */
const shortest = 48;
/** More is given back after use. */
const largestKept = 4 << 20;

export class GrowingBytes {
  buffer = Buffer.allocUnsafeSlow(1 << 16);
  length = 0;

  /** What was returned before must not be used any more. */
  clear(): void {
    if (this.buffer.length > largestKept) this.buffer = Buffer.allocUnsafeSlow(1 << 16);
    this.length = 0;
  }

  copy(bytes: Buffer, from: number, to: number): void {
    const size = to - from;
    this.#room(size);
    const { buffer, length } = this;
    if (size < shortest) for (let at = 0; at < size; at++) buffer[length + at] = bytes[from + at] as number;
    else bytes.copy(buffer, length, from, to);
    this.length = length + size;
  }

  add(bytes: Buffer): void {
    this.copy(bytes, 0, bytes.length);
  }

  byte(byte: number): void {
    this.#room(1);
    this.buffer[this.length++] = byte;
  }

  text(text: string): void {
    this.#room(text.length * 3);
    this.length += this.buffer.write(text, this.length, "utf8");
  }

  #room(size: number): void {
    if (this.length + size <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.length + size));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}
