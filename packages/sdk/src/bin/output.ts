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
/** Buffers of one size are used again for any piece; those of a piece's size would become garbage that V8 is slow to collect. */
const blockBytes = 512 * 1024;

interface Block {
  buffer: Buffer;
  length: number;
}

export class Output {
  readonly #fd: number;
  /** Filled and not written yet; the first is being written. */
  readonly #ahead: Block[] = [];
  #aheadBytes = 0;
  readonly #free: Buffer[] = [];
  /** Until nothing is ahead. */
  #writing: Promise<void> | undefined;
  /** Resolved when a block is written, or writing has failed. */
  #blockWritten = Promise.withResolvers<void>();
  #failure: unknown;

  constructor(fd = 1) {
    this.#fd = fd;
  }

  /** Copies the bytes, so that the caller may reuse them, and returns when there is room for more. @throws output_closed, output_failed */
  async write(bytes: Uint8Array): Promise<void> {
    const isLarge = bytes.length > largestCopy;
    while (this.#ahead.length > 0 && (isLarge || this.#aheadBytes + bytes.length > mostAheadBytes)) await this.#blockWritten.promise;
    if (this.#failure !== undefined) throw this.#failure;
    if (isLarge) return writeAll(this.#fd, bytes);
    this.#copy(bytes);
    if (this.#ahead.length > 0) this.#writing ??= this.#writeAhead();
  }

  /** Returns when everything is written. @throws as `write` */
  async written(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #copy(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      let block = this.#ahead.at(-1);
      if (block === undefined || block === this.#ahead[0] || block.length === blockBytes) {
        block = { buffer: this.#free.pop() ?? Buffer.allocUnsafeSlow(blockBytes), length: 0 };
        this.#ahead.push(block);
      }
      const end = Math.min(bytes.length, at + blockBytes - block.length);
      block.buffer.set(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end), block.length);
      block.length += end - at;
      this.#aheadBytes += end - at;
      at = end;
    }
  }

  /** Never rejects: the next call of `write` or `written` throws the failure. */
  async #writeAhead(): Promise<void> {
    try {
      for (let block = this.#ahead[0]; block !== undefined; block = this.#ahead[0]) {
        await writeAll(this.#fd, block.buffer.subarray(0, block.length));
        this.#ahead.shift();
        this.#aheadBytes -= block.length;
        this.#free.push(block.buffer);
        this.#tellWaiting();
      }
    } catch (error) {
      this.#failure = error;
      this.#ahead.length = 0;
      this.#tellWaiting();
    }
    this.#writing = undefined;
  }

  #tellWaiting(): void {
    this.#blockWritten.resolve();
    this.#blockWritten = Promise.withResolvers();
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
