/**
 * Finds the messages of a replication stream in the bytes of its connection, however they were cut, and writes the answers. No I/O.
 * Source: PostgreSQL manual, "Streaming Replication Protocol".
 */

const copyData = 0x64;
/** Messages that may stand between: the start of the stream, notices and changed parameters. */
const passedOver = new Set([0x57, 0x4e, 0x53, 0x41]);
const headLength = 5;

/** `data`: a message of the plugin. `keepalive`: the server has sent all that it has before `end`. */
export type Frame = { kind: "data"; message: Buffer } | { kind: "keepalive"; end: bigint; wantsAnswer: boolean };

export class StreamFrames {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Parts of a message whose end has not come. */
  #parts: Buffer[] = [];
  #partsLength = 0;

  feed(chunk: Buffer): void {
    const left = this.#bytes.subarray(this.#at);
    this.#bytes = Buffer.alloc(0);
    this.#at = 0;
    // The bytes may be longer than the first chunk of a large message by much: joined once, when all are there.
    for (const part of [left, chunk]) {
      if (part.length === 0) continue;
      this.#parts.push(part);
      this.#partsLength += part.length;
    }
    if (this.#partsLength < this.#needed()) return;
    this.#bytes = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#partsLength = 0;
  }

  /** The next message; undefined where more bytes must come first, or where what follows is no part of the stream. */
  next(): Frame | undefined {
    for (;;) {
      const bytes = this.#bytes;
      const at = this.#at;
      if (at + headLength > bytes.length) return undefined;
      const kind = bytes[at] as number;
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      if ((kind !== copyData && !passedOver.has(kind)) || end > bytes.length) return undefined;
      this.#at = end;
      if (kind !== copyData) continue;
      const frame = frameOf(bytes.subarray(at + headLength, end));
      if (frame !== undefined) return frame;
    }
  }

  /** After `next` gave undefined: the bytes from a message on that ends the stream, such as an error. */
  rest(): Buffer | undefined {
    const left = this.#bytes.subarray(this.#at);
    const kind = left[0];
    return kind === undefined || kind === copyData || passedOver.has(kind) ? undefined : left;
  }

  /** How many bytes the first message has at least. */
  #needed(): number {
    if (this.#partsLength < headLength) return headLength;
    const [first] = this.#parts as [Buffer];
    const head = first.length >= headLength ? first : Buffer.concat(this.#parts);
    const kind = head[0] as number;
    return kind === copyData || passedOver.has(kind) ? 1 + head.readUInt32BE(1) : headLength;
  }
}

function frameOf(payload: Buffer): Frame | undefined {
  // XLogData: its start, the end of the log and the server's clock, eight bytes each, stand before the message.
  if (payload[0] === 0x77) return { kind: "data", message: payload.subarray(25) };
  if (payload[0] === 0x6b) return { kind: "keepalive", end: payload.readBigInt64BE(1), wantsAnswer: payload[17] === 1 };
  return undefined;
}

const epochMs = Date.UTC(2000, 0, 1);

/** A status update as bytes of the connection: what was received, and up to where the slot may forget. */
export function statusUpdate(
  received: bigint,
  confirmed: bigint,
  { asksForAnswer, nowMs }: { asksForAnswer: boolean; nowMs: number },
): Buffer {
  const bytes = Buffer.alloc(headLength + 34);
  bytes[0] = copyData;
  bytes.writeUInt32BE(4 + 34, 1);
  bytes[5] = 0x72;
  bytes.writeBigInt64BE(received, 6);
  bytes.writeBigInt64BE(confirmed, 14);
  bytes.writeBigInt64BE(confirmed, 22);
  bytes.writeBigInt64BE(BigInt(nowMs - epochMs) * 1000n, 30);
  bytes[38] = asksForAnswer ? 1 : 0;
  return bytes;
}

/** Ends the stream and the session. */
export const farewell = Buffer.from([0x63, 0, 0, 0, 4, 0x58, 0, 0, 0, 4]);

/** An instant of the log, in microseconds since 2000, in RFC 3339. */
export function instantText(microseconds: bigint): string {
  const seconds = microseconds / 1_000_000n;
  const rest = microseconds % 1_000_000n;
  const whole = new Date(epochMs + Number(seconds) * 1000).toISOString().slice(0, 19);
  return `${whole}.${rest.toString().padStart(6, "0")}Z`;
}
