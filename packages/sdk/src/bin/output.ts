/**
 * Writes bytes to standard output with back-pressure: the producer works ahead while its reader is busy, up to a bound. It uses the file
 * descriptor, since `process.stdout` blocks the whole process on a full pipe.
 */
import { write } from "node:fs";
import { errors } from "../errors.ts";

/** A pipe holds 64 KiB. Without more the producer and its reader work by turns, each on one processor. */
const mostAheadBytes = 8 * 1024 * 1024;
/** Larger pieces hold a long record and are written without a copy, which would take as much memory again. */
const largestCopy = 4 * 1024 * 1024;

export class Output {
  readonly #fd: number;
  /** The pieces that are not written yet, first the one that is under way. */
  readonly #ahead: Promise<void>[] = [];
  #aheadBytes = 0;
  /** Buffers to use again. */
  readonly #free: Buffer[] = [];
  #failure: unknown;

  constructor(fd = 1) {
    this.#fd = fd;
  }

  /** Copies the bytes, so that the caller may reuse them, and returns when there is room for more. @throws output_closed, output_failed */
  async write(bytes: Uint8Array): Promise<void> {
    const isLarge = bytes.length > largestCopy;
    while (this.#ahead.length > 0 && (isLarge || this.#aheadBytes + bytes.length > mostAheadBytes)) await this.#ahead[0];
    if (this.#failure !== undefined) throw this.#failure;
    if (isLarge) return writeAll(this.#fd, bytes);
    const buffer = this.#take(bytes.length);
    buffer.set(bytes);
    this.#aheadBytes += bytes.length;
    const written = this.#writeAfter(this.#ahead.at(-1), buffer, bytes.length);
    this.#ahead.push(written);
    // The next call of write or written throws the failure; until then it must not count as unhandled.
    written.catch(() => {});
  }

  /** Returns when everything is written. @throws as `write` */
  async written(): Promise<void> {
    await this.#ahead.at(-1);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #writeAfter(before: Promise<void> | undefined, buffer: Buffer, length: number): Promise<void> {
    try {
      await before;
      await writeAll(this.#fd, buffer.subarray(0, length));
    } catch (error) {
      this.#failure = error;
      throw error;
    } finally {
      this.#ahead.shift();
      this.#aheadBytes -= length;
      this.#free.push(buffer);
    }
  }

  #take(length: number): Buffer {
    const free = this.#free.pop();
    return free !== undefined && free.length >= length ? free : Buffer.allocUnsafeSlow(length);
  }
}

async function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += await writeSome(fd, bytes, at);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "EPIPE" || code === "ECONNRESET") throw errors.output_closed({}, {}, error);
      if (code !== "EAGAIN") throw errors.output_failed({ reason: message }, {}, error);
      // Another process that has this pipe open made it non-blocking: try again soon.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

function writeSome(fd: number, bytes: Uint8Array, at: number): Promise<number> {
  return new Promise((resolve, reject) =>
    write(fd, bytes, at, bytes.length - at, null, (error, written) => (error ? reject(error) : resolve(written))),
  );
}
