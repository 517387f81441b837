/**
 * A command whose answer is read from the socket as the bytes that the server sends, past mysql2: rows, or the server's log. A reader that
 * is slow holds the server back. No other command may run meanwhile.
 */
import type { Duplex } from "node:stream";

/** So many bytes are taken from the socket before the reader asks for them: one turn of the event loop then brings work for several chunks. */
const mostAheadBytes = 512 * 1024;

export class SocketCommand {
  readonly #stream: Duplex;
  readonly #lost: () => unknown;
  readonly #ownListener: (chunk: Buffer) => void;
  #ahead: Buffer[] = [];
  #aheadBytes = 0;
  #wake: () => void = () => {};

  /** `lost`: why the connection is gone, undefined as long as it is there. */
  constructor(stream: Duplex, packet: Buffer, lost: () => unknown) {
    this.#stream = stream;
    this.#lost = lost;
    this.#ownListener = stream.listeners("data")[0] as (chunk: Buffer) => void;
    stream.removeListener("data", this.#ownListener);
    stream.on("data", this.#onData);
    stream.on("close", this.#onClose);
    stream.write(packet);
  }

  /** `read` gives the next bytes at once. */
  get hasMore(): boolean {
    return this.#ahead.length > 0;
  }

  /** The next bytes; undefined where the signal was aborted. @throws why the connection is gone */
  async read(signal?: AbortSignal): Promise<Buffer | undefined> {
    const onAbort = (): void => this.#wake();
    signal?.addEventListener("abort", onAbort);
    try {
      for (;;) {
        if (signal?.aborted === true) return undefined;
        const chunk = this.#ahead.shift();
        if (chunk !== undefined) {
          this.#aheadBytes -= chunk.length;
          if (this.#ahead.length === 0) this.#stream.resume();
          return chunk;
        }
        const lost = this.#lost();
        if (lost !== undefined) throw lost;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /** The answer was read to its end: mysql2 reads the next one. */
  end(): void {
    this.#stream.removeListener("data", this.#onData);
    this.#stream.removeListener("close", this.#onClose);
    this.#stream.on("data", this.#ownListener);
    this.#stream.resume();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#ahead.push(chunk);
    this.#aheadBytes += chunk.length;
    if (this.#aheadBytes >= mostAheadBytes) this.#stream.pause();
    this.#wake();
  };

  /** After mysql2's own listener, which knows why. */
  readonly #onClose = (): void => void setImmediate(() => this.#wake());
}
