/**
 * Finds the messages of a replication stream in the bytes of its connection, however they were cut, and writes the answers. No I/O.
 * Source: PostgreSQL manual, "Streaming Replication Protocol".
 */
import { CopyFrames } from "@tapline/postgres";

const copyData = 0x64;
const headLength = 5;

/** `data`: a message of the plugin. `keepalive`: the server has sent all that it has before `end`. */
export type Frame = { kind: "data"; message: Buffer } | { kind: "keepalive"; end: bigint; wantsAnswer: boolean };

export class StreamFrames {
  readonly #frames = new CopyFrames();
  #rest: Buffer | undefined;

  /** Take all messages before. */
  feed(chunk: Buffer): void {
    this.#rest = this.#rest === undefined ? this.#frames.feed(chunk) : Buffer.concat([this.#rest, chunk]);
  }

  /** The next message; undefined where more bytes must come first, or where what follows is no part of the stream. */
  next(): Frame | undefined {
    while (this.#frames.next()) {
      const { bytes, start, end } = this.#frames;
      const frame = frameOf(bytes.subarray(start, end));
      if (frame !== undefined) return frame;
    }
    return undefined;
  }

  /** After `next` gave undefined: the bytes from a message on that ends the stream, such as an error. */
  rest(): Buffer | undefined {
    return this.#rest;
  }
}

function frameOf(payload: Buffer): Frame | undefined {
  // XLogData: its start, the end of the log and the server's clock, eight bytes each, stand before the message.
  if (payload[0] === 0x77) return { kind: "data", message: payload.subarray(25) };
  if (payload[0] === 0x6b) return { kind: "keepalive", end: payload.readBigInt64BE(1), wantsAnswer: payload[17] === 1 };
  return undefined;
}

/** The beginning of PostgreSQL's times. */
export const epochMs = Date.UTC(2000, 0, 1);

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
