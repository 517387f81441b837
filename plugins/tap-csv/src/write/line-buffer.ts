/** Where RECORD lines are collected until there are enough to be worth a write. */

/** Enough bytes for a write to be worth it. */
export const fullBytes = 256 * 1024;

export class LineBuffer {
  count = 0;
  at = 0;
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;

  /** `slack`: the most that is written behind a buffer that isn't full yet. */
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
    // A transfer frees the old memory at once; left to the garbage collector, that of long rows would pile up.
    this.bytes = new Uint8Array(this.bytes.buffer.transfer(this.at + bytes));
    this.view = new DataView(this.bytes.buffer);
  }

  /** The lines written since the last call; good until the next one is written. */
  take(): Uint8Array {
    const lines = this.bytes.subarray(0, this.at);
    this.at = 0;
    this.count = 0;
    return lines;
  }
}
