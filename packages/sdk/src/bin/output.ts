/**
 * Writes bytes to standard output with back-pressure: the producer makes the next piece while one is being written. It uses the file
 * descriptor, since `process.stdout` blocks the whole process on a full pipe.
 */
import { write } from "node:fs";
import { errors } from "../errors.ts";

/** Larger pieces hold a long record and are written without a copy, which would take as much memory again. */
const largestCopy = 4 * 1024 * 1024;

export class Output {
  readonly #fd: number;
  #underWay: Promise<void> = Promise.resolve();
  #spare: Buffer = Buffer.alloc(0);
  #used: Buffer = Buffer.alloc(0);

  constructor(fd = 1) {
    this.#fd = fd;
  }

  /** Copies the bytes, so that the caller may reuse them, and returns when the previous piece is written. @throws output_closed, output_failed */
  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length > largestCopy) {
      await this.#underWay;
      return writeAll(this.#fd, bytes);
    }
    if (this.#spare.length < bytes.length) this.#spare = Buffer.allocUnsafeSlow(bytes.length);
    this.#spare.set(bytes);
    const piece = this.#spare.subarray(0, bytes.length);
    await this.#underWay;
    [this.#spare, this.#used] = [this.#used, this.#spare];
    this.#underWay = writeAll(this.#fd, piece);
    // The next call of write or end throws the failure; until then it must not count as unhandled.
    this.#underWay.catch(() => {});
  }

  /** Returns when everything is written. */
  end(): Promise<void> {
    return this.#underWay;
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
