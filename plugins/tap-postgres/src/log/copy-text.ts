/** Writes values of the log as a row of COPY text, the form in which whole tables come, so that both become the same lines. Pure. */

const tab = 0x09;
const newline = 0x0a;
const backslash = 0x5c;
const letterT = 0x74;
const letterN = 0x6e;
const slack = 16;

export class CopyText {
  bytes = Buffer.allocUnsafe(16 * 1024);
  /** The length of the row. */
  length = 0;

  start(): void {
    this.length = 0;
  }

  null(): void {
    this.#room(3);
    this.bytes[this.length++] = backslash;
    this.bytes[this.length++] = 0x4e;
    this.bytes[this.length++] = tab;
  }

  value(from: Uint8Array, start: number, end: number): void {
    this.#room(2 * (end - start) + 1);
    const out = this.bytes;
    let at = this.length;
    for (let i = start; i < end; i++) {
      const byte = from[i] as number;
      if (byte === backslash || byte === tab || byte === newline) {
        out[at++] = backslash;
        out[at++] = byte === tab ? letterT : byte === newline ? letterN : byte;
      } else out[at++] = byte;
    }
    out[at++] = tab;
    this.length = at;
  }

  /** The row's end, in place of the last tab. */
  end(): void {
    if (this.length === 0) this.null();
    this.bytes[this.length - 1] = newline;
  }

  #room(more: number): void {
    // Readers look some bytes ahead.
    if (this.length + more + slack <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.length + more + slack));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}
