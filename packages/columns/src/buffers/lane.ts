/** A byte buffer that grows and is used again: the columns of all streams share them, so memory follows the largest batch. */

const initialBytes = 1 << 16;
/** A lane that one long record made larger than this is replaced by a small one after its row group. */
const keptBytes = 16 << 20;

export class Lane {
  bytes: Buffer = Buffer.allocUnsafeSlow(initialBytes);
  view: DataView = viewOf(this.bytes);
  /** Bytes in use. */
  length = 0;

  /** Makes room for `more` bytes after those in use. It may replace `bytes` and `view`. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
    this.view = viewOf(grown);
  }

  used(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
    if (this.bytes.length <= keptBytes) return;
    this.bytes = Buffer.allocUnsafeSlow(initialBytes);
    this.view = viewOf(this.bytes);
  }
}

/** The lanes of a connection, by index. The rows of one stream at a time are in them. */
export class SharedLanes {
  readonly #lanes: Lane[] = [];
  #owner: unknown;
  #leave: (() => void) | undefined;

  readonly at = (index: number): Lane => {
    this.#lanes[index] ??= new Lane();
    return this.#lanes[index];
  };

  /** Has the rows of the owner before leave the lanes. @throws what that throws */
  take(owner: unknown, leave: () => void): void {
    if (owner === this.#owner) return;
    this.#leave?.();
    this.#owner = owner;
    this.#leave = leave;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
