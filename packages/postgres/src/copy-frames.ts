/**
 * Finds rows in the bytes of a COPY, or messages in those of a replication stream: the server sends each in a CopyData message. Pure. Source: PostgreSQL manual, 55.2.6 "COPY
 * Operations" (always one message a row) and 55.7 "Message Formats".
 */

const copyData = 0x64;
/** Messages that may stand between the rows: the start of a COPY in one or both directions, notices and changed parameters. */
const passedOver = new Set([0x48, 0x57, 0x4e, 0x53, 0x41]);
const headLength = 5;

export class CopyFrames {
  /** The present row: its bytes, the "\n" at its end included. Valid until the next call of `next`. */
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  #chunk: Buffer = Buffer.alloc(0);
  /** Whole messages of the chunk that are not taken yet. */
  #at = 0;
  #stop = 0;
  /** A message that began in an earlier chunk; its rows come before those of the chunk. */
  #joined: Buffer | undefined;
  /** The beginning of a message whose end has not come yet, and how long the message is; 0 where not even that has come. */
  #parts: Buffer[] = [];
  #partsLength = 0;
  #wantedLength = 0;

  /** Takes the next bytes. Returns what follows the rows, once it has come: the end of the COPY or an error. */
  feed(bytes: Buffer): Buffer | undefined {
    this.#joined = undefined;
    let chunk = bytes;
    let from = 0;
    if (this.#wantedLength > 0) {
      from = Math.min(chunk.length, this.#wantedLength - this.#partsLength);
      this.#parts.push(chunk.subarray(0, from));
      this.#partsLength += from;
      if (this.#partsLength === this.#wantedLength) this.#joined = this.#takeParts();
    } else if (this.#parts.length > 0) {
      this.#parts.push(chunk);
      chunk = this.#takeParts();
    }
    this.#chunk = chunk;
    this.#at = from;
    return this.#findStop(chunk, from);
  }

  /** Goes to the next row. False: there is none in the bytes that have come. */
  next(): boolean {
    const joined = this.#joined;
    if (joined !== undefined) {
      this.#joined = undefined;
      if (joined[0] === copyData) return this.#show(joined, 0, joined.length);
    }
    const chunk = this.#chunk;
    while (this.#at < this.#stop) {
      const at = this.#at;
      this.#at = endOf(chunk, at);
      if (chunk[at] === copyData) return this.#show(chunk, at, this.#at);
    }
    return false;
  }

  #show(bytes: Buffer, at: number, end: number): true {
    this.bytes = bytes;
    this.start = at + headLength;
    this.end = end;
    return true;
  }

  #takeParts(): Buffer {
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#partsLength = 0;
    this.#wantedLength = 0;
    return bytes;
  }

  /** Finds how far whole messages go. Keeps what is no whole message for the next bytes, and returns what follows the rows. */
  #findStop(chunk: Buffer, from: number): Buffer | undefined {
    let at = from;
    while (at + headLength <= chunk.length) {
      const kind = chunk[at] as number;
      if (kind !== copyData && !passedOver.has(kind)) {
        this.#stop = at;
        return chunk.subarray(at);
      }
      const end = endOf(chunk, at);
      if (end > chunk.length) {
        this.#wantedLength = end - at;
        break;
      }
      at = end;
    }
    this.#stop = at;
    if (at === chunk.length) return undefined;
    // A copy, so that a few bytes do not keep the whole chunk.
    this.#parts.push(Buffer.from(chunk.subarray(at)));
    this.#partsLength = chunk.length - at;
    return undefined;
  }
}

/** Where the message ends that begins there. */
const endOf = (chunk: Buffer, at: number): number => at + 1 + chunk.readUInt32BE(at + 1);
