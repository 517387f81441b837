/**
 * Runs COPY … TO STDOUT and gives its rows as the bytes that the server sends, without a Buffer or an event for each row: it reads the
 * socket itself while the COPY runs, and gives it back to pg after that.
 */
import type { Readable } from "node:stream";
import type { CopyFrames } from "./copy-frames.ts";
import { type Circumstances, explainFailure } from "./failures.ts";
import { openSession, type Session } from "./session.ts";

interface Connection {
  stream: Readable;
  query(sql: string): void;
}

/** So many bytes are taken from the socket before the reader asks for them: one turn of the event loop then brings work for several chunks. */
const mostAheadBytes = 512 * 1024;

/**
 * Each time that bytes have come, `frames` has rows to take with `frames.next()`; take all of them before you continue. Yields whether
 * more bytes have come already: where they have not, the server may let the reader wait. Where the reader stops early, the statement is
 * cancelled: the transaction needs a rollback then, to a savepoint or to its start.
 * @throws the error that `explainFailure` makes
 */
export async function* copyOut(
  session: Session,
  sql: string,
  frames: CopyFrames,
  circumstances: Circumstances = {},
): AsyncGenerator<boolean> {
  const copy = new CopyOut(sql);
  session.client.query(copy as never);
  /** What came after the last row, until pg has it. */
  let rest: Buffer | undefined;
  try {
    for (;;) {
      const chunk = await copy.read();
      if (chunk === undefined) break;
      rest = frames.feed(chunk);
      yield rest === undefined && copy.hasMore;
      if (rest !== undefined) {
        copy.giveBack(rest);
        break;
      }
    }
    await copy.ended;
  } catch (error) {
    throw explainFailure(
      (error as { severity?: string }).severity === undefined ? (session.lost ?? error) : error,
      session.options,
      circumstances,
    );
  } finally {
    if (!copy.isOver) await endEarly(session, copy, frames, rest);
  }
}

/**
 * Where the server has more rows: cancels the statement over a connection of its own, as PostgreSQL does it, and reads what was sent already.
 * `rest`: all rows have come, and pg has to read these bytes.
 */
async function endEarly(session: Session, copy: CopyOut, frames: CopyFrames, rest: Buffer | undefined): Promise<void> {
  let after = rest;
  try {
    if (after === undefined) {
      await using other = await openSession(session.options);
      await other.execute(`SELECT pg_cancel_backend(${session.processId})`);
    }
    while (after === undefined) {
      const chunk = await copy.read();
      if (chunk === undefined) return;
      after = frames.feed(chunk);
    }
    copy.giveBack(after);
    await copy.ended;
  } catch (error) {
    // The server's answer to the cancelled statement is an error too.
    if (!copy.isOver) session.client.connection.stream.destroy(error as Error);
  }
}

/** What pg calls a Submittable: it gets the connection, and the messages that pg reads before and after the rows. */
class CopyOut {
  readonly ended: Promise<void>;
  isOver = false;
  readonly #sql: string;
  #stream: Readable | undefined;
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

  /** The next bytes; undefined when there will be none. @throws the error of the server or of the connection */
  async read(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.isOver) return undefined;
      const chunk = this.#ahead.shift();
      if (chunk !== undefined) {
        this.#aheadBytes -= chunk.length;
        if (this.#ahead.length === 0) this.#stream?.resume();
        return chunk;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** pg reads on from these bytes, and those that came after them: the end of the COPY, or the server's error. */
  giveBack(rest: Buffer): void {
    const [stream, listener] = [this.#stream, this.#ownListener];
    if (stream === undefined || listener === undefined) return;
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
