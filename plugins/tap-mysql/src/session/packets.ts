/**
 * Finds packets in the bytes that the server sends, in any chunking, without copying those that are whole in a chunk. Sans I/O. Source:
 * MySQL manual, "MySQL Packets": a length of three bytes, a number, and the payload; a payload of 2^24 - 1 bytes goes on in the next packet.
 */
const headerLength = 4;
const longest = 0xff_ffff;
const none = Buffer.alloc(0);

export class PacketFrames {
  /** The payload at hand is `bytes` from `start` to `end`, until the next `feed`. */
  bytes: Buffer = none;
  start = 0;
  end = 0;
  #buffer: Buffer = none;
  #from = 0;
  #to = 0;
  /** Whether `#buffer` is our own, with room after `#to`. */
  #isOwn = false;
  #parts: Buffer[] = [];

  feed(chunk: Buffer): void {
    const left = this.#to - this.#from;
    if (left === 0) {
      this.#buffer = chunk;
      this.#from = 0;
      this.#to = chunk.length;
      this.#isOwn = false;
      return;
    }
    if (!this.#isOwn || this.#to + chunk.length > this.#buffer.length) {
      // Room for as much again: a long packet comes in many chunks.
      const larger = Buffer.allocUnsafe(2 * (left + chunk.length));
      this.#buffer.copy(larger, 0, this.#from, this.#to);
      this.#buffer = larger;
      this.#from = 0;
      this.#to = left;
      this.#isOwn = true;
    }
    chunk.copy(this.#buffer, this.#to);
    this.#to += chunk.length;
  }

  /** Whether there is another whole packet. */
  next(): boolean {
    for (;;) {
      const available = this.#to - this.#from;
      if (available < headerLength) return false;
      const length = this.#buffer.readUIntLE(this.#from, 3);
      if (available < headerLength + length) return false;
      const start = this.#from + headerLength;
      this.#from = start + length;
      if (length === longest || this.#parts.length > 0) {
        this.#parts.push(Buffer.from(this.#buffer.subarray(start, this.#from)));
        if (length === longest) continue;
        this.bytes = Buffer.concat(this.#parts);
        this.#parts = [];
        this.start = 0;
        this.end = this.bytes.length;
        return true;
      }
      this.bytes = this.#buffer;
      this.start = start;
      this.end = this.#from;
      return true;
    }
  }
}

/** A command as one packet. Commands of the tap are shorter than the longest packet. */
export function commandPacket(command: number, ...parts: readonly Uint8Array[]): Buffer {
  const payload = Buffer.concat([Uint8Array.of(command), ...parts]);
  const header = Buffer.alloc(headerLength);
  header.writeUIntLE(payload.length, 0, 3);
  return Buffer.concat([header, payload]);
}

/** What the server sends in place of an answer. */
export class ServerError extends Error {
  readonly errno: number;
  constructor(errno: number, message: string) {
    super(message);
    this.errno = errno;
  }
}

export const isError = ({ bytes, start }: PacketFrames): boolean => bytes[start] === 0xff;
/** The end of the columns, or of the rows. */
export const isEnd = ({ bytes, start, end }: PacketFrames): boolean => bytes[start] === 0xfe && end - start < 9;

export function serverError({ bytes, start, end }: PacketFrames): ServerError {
  const message = bytes.toString("utf8", start + 3, end).replace(/^#.{5}/, "");
  return new ServerError(bytes.readUInt16LE(start + 1), message);
}
