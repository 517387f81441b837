/**
 * A replication slot's stream of messages, read from the socket as they are asked for, so that a slow reader holds the server back instead
 * of filling memory. It tells the server regularly that it lives, also while nobody reads.
 */
import { quoteName, quoteText } from "@tapline/columns";
import { type ConnectionOptions, explainFailure, openSession, type Session, SocketStatement } from "@tapline/postgres";
import { lsnText } from "./lsn.ts";
import { setTexts } from "./parts.ts";
import { farewell, StreamFrames, statusUpdate } from "./stream-frames.ts";

export interface LogFeed extends AsyncDisposable {
  readonly frames: StreamFrames;
  /**
   * Gives the next bytes to `frames`, and waits for them where none have come. Take all of `frames` before. False: it is over, as
   * `isOver` says, which is asked again at each `wake`. @throws the error of the server or of the connection
   */
  read(isOver: () => boolean): Promise<boolean> | true;
  wake(): void;
  /** All before this was read. */
  received: bigint;
  /** The slot may forget what is before; a place that is not later changes nothing. Tells the server at once. */
  confirm(lsn: bigint): void;
}

export interface FeedOptions {
  slot: string;
  publication: string;
  /** Where the server begins. */
  start: bigint;
  /** What the slot may forget at first; 0n: nothing new. */
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
export async function openFeed(options: ConnectionOptions, { slot, publication, start, ...first }: FeedOptions): Promise<LogFeed> {
  let { confirmed } = first;
  const session = await openReplication(options);
  try {
    await setTexts(session);
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
  const names = quoteText(quoteName(publication));
  const stream = new SocketStatement(
    `START_REPLICATION SLOT ${quoteName(slot)} LOGICAL ${lsnText(start)} (proto_version '1', publication_names ${names})`,
  );
  session.client.query(stream as never);
  const feed: LogFeed = {
    frames: new StreamFrames(),
    received: start,
    read(isOver) {
      if (feed.frames.rest() === undefined && !isOver()) {
        const chunk = stream.take();
        if (chunk !== undefined) {
          feed.frames.feed(chunk);
          return true;
        }
      }
      return waitForBytes(isOver);
    },
    wake: () => stream.wake(),
    confirm(lsn) {
      if (lsn <= confirmed) return;
      confirmed = lsn;
      tell(false);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(telling);
      clearInterval(asking);
      stream.write(farewell);
      await session[Symbol.asyncDispose]();
    },
  };
  const tell = (asksForAnswer: boolean): void => stream.write(statusUpdate(feed.received, confirmed, { asksForAnswer, nowMs: Date.now() }));
  let isWaiting = false;
  const telling = setInterval(tell, tellEveryMs, false);
  telling.unref();
  const asking = setInterval(() => isWaiting && tell(true), askEveryMs);
  return feed;

  async function waitForBytes(isOver: () => boolean): Promise<boolean> {
    isWaiting = true;
    try {
      const rest = feed.frames.rest();
      if (rest !== undefined) stream.giveBack(rest);
      const chunk = await stream.read(isOver);
      if (chunk !== undefined) feed.frames.feed(chunk);
      else if (!isOver()) throw new Error("the server ended the stream of changes");
      return chunk !== undefined;
    } catch (error) {
      throw explainFailure((error as { severity?: string }).severity === undefined ? (session.lost ?? error) : error, options);
    } finally {
      isWaiting = false;
    }
  }
}
