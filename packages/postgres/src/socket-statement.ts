/**
 * A statement whose answer is read from the socket as the bytes that the server sends, past pg: a COPY, or a stream of changes. A reader
 * that is slow holds the server back.
 */
import type { Duplex } from "node:stream";

interface Connection {
  stream: Duplex;
  query(sql: string): void;
}

/** So many bytes are taken from the socket before the reader asks for them: one turn of the event loop then brings work for several chunks. */
const mostAheadBytes = 512 * 1024;

/** What pg calls a Submittable: it gets the connection, and the messages that pg reads before and after the bytes. */
export class SocketStatement {
  readonly ended: Promise<void>;
  isOver = false;
  readonly #sql: string;
  #stream: Duplex | undefined;
  #ownListener: ((chunk: Buffer) => void) | undefined;
  /** What has come and was not read yet. */
  #ahead: Buffer[] = [];
  #aheadBytes = 0;
  #failure: unknown;
  #wake: () => void = () => {};
  #end: () => void = () => {};
  #fail: (error: unknown) => void = () => {};

  constructor(sql: string) {
    this.#sql = sql;
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    // Whoever reads sees the failure first.
    this.ended.catch(() => {});
  }

  submit(connection: Connection): void {
    this.#stream = connection.stream;
    this.#ownListener = connection.stream.listeners("data")[0] as (chunk: Buffer) => void;
    connection.stream.removeListener("data", this.#ownListener);
    connection.stream.on("data", this.#onData);
    connection.query(this.#sql);
  }

  /** `read` gives the next bytes at once. */
  get hasMore(): boolean {
    return this.#ahead.length > 0;
  }

  /** The next bytes, where they have come already. */
  take(): Buffer | undefined {
    if (this.#failure !== undefined || this.isOver) return undefined;
    const chunk = this.#ahead.shift();
    if (chunk === undefined) return undefined;
    this.#aheadBytes -= chunk.length;
    if (this.#ahead.length === 0) this.#stream?.resume();
    return chunk;
  }

  /** The next bytes; undefined when there will be none, or when the reader is done, as it says when it is asked at each `wake`. @throws the error of the server or of the connection */
  async read(isDone: () => boolean = () => false): Promise<Buffer | undefined> {
    for (;;) {
      if (isDone()) return undefined;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.isOver) return undefined;
      const chunk = this.take();
      if (chunk !== undefined) return chunk;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Has a reader that waits ask whether it is done. */
  wake(): void {
    this.#wake();
  }

  /** Sends bytes past pg, as long as the statement runs. */
  write(bytes: Buffer): void {
    if (this.#stream?.writable === true && !this.isOver) this.#stream.write(bytes);
  }

  /** pg reads on from these bytes, and those that came after them: the end of the statement, or the server's error. */
  giveBack(rest: Buffer): void {
    const [stream, listener] = [this.#stream, this.#ownListener];
    if (stream === undefined || listener === undefined) return;
    this.#ownListener = undefined;
    stream.removeListener("data", this.#onData);
    stream.on("data", listener);
    for (const bytes of [rest, ...this.#ahead.splice(0)]) listener(bytes);
    stream.resume();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#ahead.push(chunk);
    this.#aheadBytes += chunk.length;
    if (this.#aheadBytes >= mostAheadBytes) this.#stream?.pause();
    this.#wake();
  };

  handleError(error: unknown): void {
    this.#failure = error;
    this.isOver = true;
    this.#fail(error);
    this.#wake();
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.isOver = true;
    this.#end();
    this.#wake();
  }
}
