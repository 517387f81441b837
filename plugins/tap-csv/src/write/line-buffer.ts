/** Collects RECORD lines until there are enough for a write. */

/** From this size on, the lines are written out. */
export const fullBytes = 256 * 1024;

export class LineBuffer {
  count = 0;
  at = 0;
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;

  /** `slack`: the most bytes that are added while the buffer is not full yet. */
  constructor(slack: number) {
    this.bytes = new Uint8Array(fullBytes + slack);
    this.view = new DataView(this.bytes.buffer);
  }

  get isFull(): boolean {
    return this.at >= fullBytes;
  }

  /** Makes room for a long row. */
  reserve(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    // A transfer frees the old memory at once; the garbage collector would let the buffers of long rows pile up.
    this.bytes = new Uint8Array(this.bytes.buffer.transfer(this.at + bytes));
    this.view = new DataView(this.bytes.buffer);
  }

  /** Returns the lines written since the last call; valid until the next line is written. */
  take(): Uint8Array {
    const lines = this.bytes.subarray(0, this.at);
    this.at = 0;
    this.count = 0;
    return lines;
  }
}
