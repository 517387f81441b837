/**
 * Finds rows in the bytes of a COPY: the server sends one CopyData message for each row. Pure. Source: PostgreSQL manual, 55.2.6 "COPY
 * Operations" (always one message a row) and 55.7 "Message Formats".
 */

const copyData = 0x64;
/** Messages that may stand between the rows: the start of the COPY, notices and changed parameters. */
const passedOver = new Set([0x48, 0x4e, 0x53, 0x41]);
const headLength = 5;

export class CopyFrames {
  /** The present row: its bytes, the "\n" at its end included. Valid until the next call of `next`. */
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  /** The beginning of a message whose end has not come yet. */
  #parts: Buffer[] = [];
  #partsLength = 0;
  #rest: Buffer | undefined;

  /** Takes the next bytes. Returns what follows the rows, once it has come: the end of the COPY or an error. */
  feed(chunk: Buffer): Buffer | undefined {
    this.#chunk = chunk;
    this.#at = 0;
    this.#rest = undefined;
    if (this.#partsLength > 0) this.#complete();
    this.#findEnd();
    return this.#rest;
  }

  /** Goes to the next row. False: there is none in the bytes that have come. */
  next(): boolean {
    for (;;) {
      const [chunk, at] = [this.#chunk, this.#at];
      if (at + headLength > chunk.length) return false;
      const end = at + 1 + chunk.readUInt32BE(at + 1);
      const kind = chunk[at] as number;
      if (end > chunk.length || (kind !== copyData && !passedOver.has(kind))) return false;
      this.#at = end;
      if (kind !== copyData) continue;
      this.bytes = chunk;
      this.start = at + headLength;
      this.end = end;
      return true;
    }
  }

  /** Joins a message that came in parts with its end. What follows it in the chunk comes after it. */
  #complete(): void {
    const chunk = this.#chunk;
    const head = this.#headOf(chunk);
    const length = head === undefined ? Number.POSITIVE_INFINITY : 1 + head.readUInt32BE(1);
    this.#parts.push(chunk);
    this.#partsLength += chunk.length;
    if (this.#partsLength < length) {
      this.#chunk = Buffer.alloc(0);
      return;
    }
    this.#chunk = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#partsLength = 0;
  }

  /** The first five bytes of the message in parts, where they are there. */
  #headOf(chunk: Buffer): Buffer | undefined {
    const first = this.#parts[0] as Buffer;
    if (first.length >= headLength) return first;
    const head = Buffer.concat([...this.#parts, chunk.subarray(0, headLength)]);
    return head.length >= headLength ? head : undefined;
  }

  /** Keeps what is no whole message for the next bytes, and finds what follows the rows. */
  #findEnd(): void {
    const chunk = this.#chunk;
    let at = 0;
    while (at < chunk.length) {
      if (at + headLength > chunk.length) break;
      const kind = chunk[at] as number;
      if (kind !== copyData && !passedOver.has(kind)) {
        this.#rest = chunk.subarray(at);
        return;
      }
      const end = at + 1 + chunk.readUInt32BE(at + 1);
      if (end > chunk.length) break;
      at = end;
    }
    if (at < chunk.length) {
      // A copy, so that a few bytes do not keep the whole chunk.
      const part = Buffer.from(chunk.subarray(at));
      this.#parts.push(part);
      this.#partsLength = part.length;
      this.#chunk = chunk.subarray(0, at);
    }
  }
}
