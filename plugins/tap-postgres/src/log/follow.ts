/**
 * Follows the log from a slot: changes become lines in the order of their commits, whole transactions only, with one STATE for all streams
 * at commits. It ends before the first transaction that is not wholly before `end`; in a run that stays, when that shall end, or when a table must
 * be read again.
 */
import type { Session } from "@tapline/postgres";
import { activate, type Checkpoints, checkpoints, type GroupChunk, rowVersion, type StreamState } from "@tapline/sdk";
import { nextVersion } from "@tapline/sql-tap";
import { errors } from "../errors.ts";
import type { LogFeed } from "./feed.ts";
import type { LogIdentity, LogStream } from "./log-stream.ts";
import { laterLsn } from "./lsn.ts";
import { type LogMessage, MessageReader, type Relation, UnreadableMessage } from "./pgoutput.ts";
import { putChange, type Transaction } from "./put-change.ts";
import type { StreamFrames } from "./stream-frames.ts";

export type LogItem = readonly [stream: string, chunk: GroupChunk] | Checkpoints;

export interface FollowOptions {
  feed: LogFeed;
  /** By the table's oid. */
  streams: ReadonlyMap<number, LogStream>;
  identity: LogIdentity;
  /** undefined: it stays. */
  end: bigint | undefined;
  /** Aborted when it shall end at the next place between two transactions. */
  ends: AbortSignal;
  /** Called often, between two messages; `read` is how far all is read. It may confirm what is loaded, and look at the server. */
  beat(read: bigint, committedAt: bigint | undefined): Promise<void> | undefined;
  /** For values that the log does not have. */
  session: Session;
  signal: AbortSignal;
  /** A table is described in another way than it is known. Yields what its stream must say before the next row, or marks it for a new read. */
  settle(stream: LogStream, relation: Relation): AsyncIterable<LogItem>;
}

/** Lines are handed over when so many bytes wait. */
const fullAt = 128 * 1024;
/** A STATE at the first commit after so long, also where little was sent. */
const stateEveryMs = 1000;
/**
 * In a run that stays, a STATE without rows, so that the server may forget what others wrote: after so many bytes of log, or so long. A target
 * commits each.
 */
const idleStateBytes = 2n * 1024n * 1024n;
const idleStateEveryMs = 10_000;

/** Returns how far the log was read. @throws log_unreadable and errors of the connection */
export async function* follow(options: FollowOptions): AsyncGenerator<LogItem, bigint> {
  const { feed, streams, session, signal, end, ends } = options;
  let [stated, isStated, committedAt] = [feed.received, true, undefined as bigint | undefined];
  const isStateDue = (): boolean => {
    const age = performance.now() - lastState;
    if (!isStated) return age >= stateEveryMs;
    return end === undefined && read > stated && (age >= idleStateEveryMs || (age >= stateEveryMs && read - stated >= idleStateBytes));
  };
  async function* state(): AsyncGenerator<LogItem> {
    yield* drainAll(all, session);
    yield stateOf(options, read);
    [stated, isStated, lastState] = [read, true, performance.now()];
  }
  const relations = new Map<number, Relation>();
  const all = [...streams.values()];
  let read = feed.received;
  let transaction: Transaction | undefined;
  let lastState = performance.now();
  const messages = new MessageReader();
  const { frames } = feed;
  // Not `aborted` itself, for a signal that was made of others looks at all of them each time.
  let [isAborted, isEnding] = [signal.aborted, ends.aborted];
  const isOver = (): boolean => isAborted || (isEnding && transaction === undefined);
  using _ = onAbort([signal, ends], () => {
    [isAborted, isEnding] = [signal.aborted, ends.aborted];
    feed.wake();
  });
  for (;;) {
    // Without a turn of the event loop where bytes have come, for the server sends each change in a packet of its own.
    const next = feed.read(isOver);
    if (next !== true && !(await next)) break;
    const beat = options.beat(read, committedAt);
    if (beat !== undefined) await beat;
    for (let kind = frames.next(); kind !== undefined; kind = frames.next()) {
      if (kind === "keepalive") {
        if (transaction === undefined) read = laterLsn(read, frames.logEnd);
        feed.received = read;
        if (transaction !== undefined) continue;
        if (end !== undefined && read >= end) return read;
        if (isStateDue()) yield* state();
        continue;
      }
      const message = messageOf(messages, frames);
      switch (message.kind) {
        case "begin":
          if (end !== undefined && message.commitLsn >= end) return laterLsn(read, end);
          committedAt = message.committedAt;
          transaction = { commitLsn: message.commitLsn, committedAt: message.committedAt };
          break;
        case "commit":
          transaction = undefined;
          read = laterLsn(read, message.endLsn);
          feed.received = read;
          isStated = false;
          if (isStateDue() || all.some(({ context }) => context.isStateDue())) yield* state();
          if (isEnding || (end === undefined && all.some(({ resync }) => resync !== undefined))) return read;
          break;
        case "relation": {
          relations.set(message.id, message);
          const stream = streams.get(message.id);
          if (stream === undefined || stream.resync !== undefined || isOld(stream, transaction)) break;
          yield* drain(stream, session);
          yield* options.settle(stream, message);
          break;
        }
        case "truncate":
          for (const id of message.relations) {
            const stream = streams.get(id);
            if (stream === undefined || stream.resync !== undefined || isOld(stream, transaction)) continue;
            yield* drain(stream, session);
            yield* truncate(stream);
          }
          break;
        case "insert":
        case "update":
        case "delete": {
          const stream = streams.get(message.relation);
          if (stream === undefined || stream.resync !== undefined || transaction === undefined || isOld(stream, transaction)) break;
          const relation = relations.get(message.relation);
          if (relation === undefined)
            throw errors.log_unreadable({ why: `a change of table ${message.relation}, which was not described` });
          stream.lines.describe(relation);
          putChange(stream, message, transaction);
          if (stream.lines.size >= fullAt || stream.lines.mustDrain) yield* drain(stream, session);
        }
      }
    }
  }
  return read;
}

/** The rows of the stream have it already. */
function isOld({ lsn }: LogStream, transaction: Transaction | undefined): boolean {
  return transaction !== undefined && transaction.commitLsn < lsn;
}

function messageOf(messages: MessageReader, { bytes, start, end }: StreamFrames): LogMessage {
  try {
    return messages.read(bytes, start, end);
  } catch (error) {
    if (error instanceof UnreadableMessage) throw errors.log_unreadable({ why: error.message }, {}, error);
    throw error;
  }
}

function onAbort(signals: readonly AbortSignal[], listener: () => void): Disposable {
  for (const signal of signals) signal.addEventListener("abort", listener);
  return {
    [Symbol.dispose]() {
      for (const signal of signals) signal.removeEventListener("abort", listener);
    },
  };
}

/** All rows that were there are of an older version. */
async function* truncate(stream: LogStream): AsyncGenerator<LogItem> {
  stream.version = nextVersion({ version: stream.version });
  yield [stream.name, rowVersion(stream.version)];
  yield [stream.name, activate(stream.version)];
}

async function* drain(stream: LogStream, session: Session): AsyncGenerator<LogItem> {
  if (!stream.hasLines) return;
  for (const piece of await stream.lines.drain(session)) yield [stream.name, piece];
}

export async function* drainAll(streams: readonly LogStream[], session: Session): AsyncGenerator<LogItem> {
  for (const stream of streams) yield* drain(stream, session);
}

export function stateOf({ streams, identity }: Pick<FollowOptions, "streams" | "identity">, read: bigint): Checkpoints {
  const bookmarks = [...streams.values()].map((stream): [string, StreamState] => [stream.name, stream.bookmark(identity, read)]);
  return checkpoints(Object.fromEntries(bookmarks));
}
