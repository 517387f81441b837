/**
 * Finds the messages of a replication stream in the bytes of its connection, however they were cut, and writes the answers. No I/O.
 * Source: PostgreSQL manual, "Streaming Replication Protocol".
 */
import { CopyFrames } from "@tapline/postgres";

const copyData = 0x64;
const headLength = 5;

/** `data`: a message of the plugin. `keepalive`: the server has sent all that it has before `logEnd`. */
export type FrameKind = "data" | "keepalive";

export class StreamFrames {
  readonly #frames = new CopyFrames();
  #rest: Buffer | undefined;
  /** Of the present message of the plugin. Valid until the next call of `next`. */
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** Of the present keepalive. */
  logEnd = 0n;

  /** Take all messages before. */
  feed(chunk: Buffer): void {
    this.#rest = this.#rest === undefined ? this.#frames.feed(chunk) : Buffer.concat([this.#rest, chunk]);
  }

  /** Goes to the next message; undefined where more bytes must come first, or where what follows is no part of the stream. */
  next(): FrameKind | undefined {
    while (this.#frames.next()) {
      const { bytes, start, end } = this.#frames;
      const kind = bytes[start];
      if (kind === keepalive) {
        this.logEnd = bytes.readBigInt64BE(start + 1);
        return "keepalive";
      }
      if (kind === logData) {
        this.bytes = bytes;
        this.start = start + logDataHead;
        this.end = end;
        return "data";
      }
    }
    return undefined;
  }

  /** After `next` gave undefined: the bytes from a message on that ends the stream, such as an error. */
  rest(): Buffer | undefined {
    return this.#rest;
  }
}

const keepalive = 0x6b;
const logData = 0x77;
/** Its start, the end of the log and the server's clock, eight bytes each, stand before the message. */
const logDataHead = 25;

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
