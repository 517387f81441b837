/**
 * A replication slot's stream of messages, read from the socket as they are asked for, so that a slow reader holds the server back instead
 * of filling memory. It tells the server regularly that it lives, also while nobody reads.
 */
import type { Readable } from "node:stream";
import { quoteName, quoteText } from "@tapline/columns";
import { type ConnectionOptions, explainFailure, openSession, type Session } from "@tapline/postgres";
import { lsnText } from "./lsn.ts";
import { setTexts } from "./parts.ts";
import { farewell, StreamFrames, statusUpdate } from "./stream-frames.ts";

export interface LogFeed extends AsyncDisposable {
  readonly frames: StreamFrames;
  /** Waits until bytes came. Take all of `frames` before. False: the signal was aborted. @throws the error of the server or of the connection */
  read(signal: AbortSignal): Promise<boolean>;
  /** All before this was read. */
  received: bigint;
}

export interface FeedOptions {
  slot: string;
  publication: string;
  /** Where the server begins. */
  start: bigint;
  /** What the slot may forget; 0n: nothing new. */
  confirmed: bigint;
}

/** How often a waiting reader asks how far the server has come, and how often the server hears from us at least. */
const askEveryMs = 200;
const tellEveryMs = 10_000;

/** A session for the commands of replication. The right is that of the user who logs in, not of `role`. */
export function openReplication(options: ConnectionOptions): Promise<Session> {
  return openSession({ ...options, role: undefined, searchPath: undefined, statementTimeoutMs: 0, isForReplication: true });
}

/** @throws errors of connecting and of the slot */
export async function openFeed(options: ConnectionOptions, { slot, publication, start, confirmed }: FeedOptions): Promise<LogFeed> {
  const session = await openReplication(options);
  try {
    await setTexts(session);
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
  const names = quoteText(quoteName(publication));
  const stream = new SlotStream(
    `START_REPLICATION SLOT ${quoteName(slot)} LOGICAL ${lsnText(start)} (proto_version '1', publication_names ${names})`,
  );
  session.client.query(stream as never);
  const feed: LogFeed = {
    frames: new StreamFrames(),
    received: start,
    async read(signal) {
      try {
        const rest = feed.frames.rest();
        if (rest !== undefined) stream.end(rest);
        const chunk = await stream.read(signal, () => tell(true));
        if (chunk === undefined) return false;
        feed.frames.feed(chunk);
        return true;
      } catch (error) {
        throw explainFailure((error as { severity?: string }).severity === undefined ? (session.lost ?? error) : error, options);
      }
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stream.write(farewell);
      await session[Symbol.asyncDispose]();
    },
  };
  const tell = (asksForAnswer: boolean): void => stream.write(statusUpdate(feed.received, confirmed, { asksForAnswer, nowMs: Date.now() }));
  const timer = setInterval(tell, tellEveryMs, false);
  timer.unref();
  return feed;
}

interface Connection {
  stream: Readable & { write(bytes: Buffer): boolean; writable: boolean };
  query(sql: string): void;
}

/** What pg calls a Submittable. It takes the socket from pg while the stream runs; an error goes back to pg, which reads it. */
class SlotStream {
  #socket: Connection["stream"] | undefined;
  readonly #sql: string;
  #failure: unknown;
  #isOver = false;
  #pgListener: ((chunk: Buffer) => void) | undefined;
  #wake: () => void = () => {};

  constructor(sql: string) {
    this.#sql = sql;
  }

  submit(connection: Connection): void {
    this.#socket = connection.stream;
    this.#pgListener = connection.stream.listeners("data")[0] as (chunk: Buffer) => void;
    connection.stream.removeListener("data", this.#pgListener);
    connection.stream.pause();
    connection.stream.on("readable", this.#onReadable);
    connection.query(this.#sql);
    this.#wake();
  }

  /** The next bytes; undefined when the signal is aborted. While it waits, `ask` is called every now and then. */
  async read(signal: AbortSignal, ask: () => void): Promise<Buffer | undefined> {
    const timer = setInterval(ask, askEveryMs);
    const onAbort = (): void => this.#wake();
    signal.addEventListener("abort", onAbort);
    try {
      for (;;) {
        if (signal.aborted) return undefined;
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#isOver) throw new Error("the server ended the stream of changes");
        const chunk = this.#socket?.read() as Buffer | null | undefined;
        if (chunk !== null && chunk !== undefined) return chunk;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearInterval(timer);
      signal.removeEventListener("abort", onAbort);
    }
  }

  write(bytes: Buffer): void {
    if (this.#socket?.writable === true && !this.#isOver) this.#socket.write(bytes);
  }

  /** The stream has ended: pg reads these bytes, and what follows. */
  end(rest: Buffer): void {
    const [socket, listener] = [this.#socket, this.#pgListener];
    if (socket === undefined || listener === undefined) return;
    this.#pgListener = undefined;
    socket.removeListener("readable", this.#onReadable);
    socket.on("data", listener);
    listener(rest);
    process.nextTick(() => socket.resume());
  }

  readonly #onReadable = (): void => this.#wake();

  handleError(error: unknown): void {
    this.#failure ??= error;
    this.#isOver = true;
    this.#wake();
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#isOver = true;
    this.#wake();
  }
}
