/**
 * Standard input in pieces that share one buffer, where it is a pipe: `process.stdin` makes a new buffer for each, which costs more than to
 * read it.
 */
import { fstatSync } from "node:fs";
import { Socket } from "node:net";

/** As much as a pipe of Linux holds. */
const pieceBytes = 1 << 16;

/** Each piece is valid until the next one is asked for. */
export function standardInput(): AsyncIterable<Uint8Array> {
  const kind = fstatSync(0);
  return kind.isFIFO() || kind.isSocket() ? new PipeReader() : process.stdin;
}

interface Waiting {
  resolve(result: IteratorResult<Uint8Array>): void;
  reject(error: Error): void;
}

const done: IteratorResult<Uint8Array> = { done: true, value: undefined };

class PipeReader implements AsyncIterableIterator<Uint8Array> {
  readonly #socket: Socket;
  #waiting: Waiting | undefined;
  /** Undefined: it has not ended. */
  #end: Error | "end" | undefined;

  constructor() {
    const buffer = Buffer.allocUnsafeSlow(pieceBytes);
    this.#socket = new Socket({
      fd: 0,
      readable: true,
      writable: false,
      onread: {
        buffer,
        callback: (length) => {
          const waiting = this.#waiting;
          this.#waiting = undefined;
          waiting?.resolve({ done: false, value: buffer.subarray(0, length) });
          // It reads on when the next piece is asked for.
          return false;
        },
      },
    });
    this.#socket.pause();
    this.#socket.on("end", () => this.#ended("end"));
    this.#socket.on("error", (error) => this.#ended(error));
    this.#socket.on("close", () => this.#ended("end"));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#end === undefined) this.#socket.resume();
      else this.#settle();
    });
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#socket.destroy();
    return done;
  }

  #ended(end: Error | "end"): void {
    this.#end ??= end;
    if (this.#waiting !== undefined) this.#settle();
  }

  #settle(): void {
    const { resolve, reject } = this.#waiting as Waiting;
    this.#waiting = undefined;
    if (this.#end instanceof Error) reject(this.#end);
    else resolve(done);
  }
}
