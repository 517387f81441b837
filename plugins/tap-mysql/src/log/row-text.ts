/** A row as the server would send it as text: each value with its length before it. So rows of the log become lines by the code of whole reads. */
import { nullLength } from "../read/row-lines.ts";

export class RowText {
  bytes = Buffer.allocUnsafe(64 * 1024);
  length = 0;

  start(): void {
    this.length = 0;
  }

  null(): void {
    this.#room(1);
    this.bytes[this.length++] = nullLength;
  }

  /** Text without characters beyond ASCII. */
  ascii(text: string): void {
    this.#size(text.length);
    this.bytes.write(text, this.length, "latin1");
    this.length += text.length;
  }

  value(from: Buffer, start: number, end: number): void {
    this.#size(end - start);
    from.copy(this.bytes, this.length, start, end);
    this.length += end - start;
  }

  #size(size: number): void {
    this.#room(size + 9);
    if (size < nullLength) this.bytes[this.length++] = size;
    else {
      this.bytes[this.length] = 0xfe;
      this.bytes.writeBigUInt64LE(BigInt(size), this.length + 1);
      this.length += 9;
    }
  }

  #room(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.length + size));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
