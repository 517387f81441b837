/** The server's log from a place on, as events that are read from the socket as they are asked for: a slow reader holds the server back. */
import { randomInt } from "node:crypto";
import { errors } from "../errors.ts";
import { explainFailure } from "../session/failures.ts";
import { isEnd, isError, PacketFrames, serverError } from "../session/packets.ts";
import { openSession } from "../session/session.ts";
import type { ConnectionOptions } from "../session/settings.ts";
import { EventReader, type LogEvent, UnreadableEvent } from "./events.ts";
import { type LogPosition, positionText } from "./position.ts";

const dumpCommand = 0x12;
/** The server ends at the end of its log in place of waiting for more. */
const nonBlocking = 1;
const heartbeatNs = 1_000_000_000;

export interface LogFeed extends AsyncDisposable {
  /** The next event; undefined at the end of the log, or where the signal was aborted. @throws binlog_unreadable and errors of the connection */
  next(signal: AbortSignal): Promise<LogEvent | undefined>;
}

export interface FeedOptions {
  from: LogPosition;
  /** The server sends on what comes, and once a second that nothing came. */
  stays: boolean;
}

/** @throws errors of connecting */
export async function openFeed(options: ConnectionOptions, { from, stays }: FeedOptions): Promise<LogFeed> {
  const session = await openSession(options);
  const { execute, version } = session;
  let hasChecksum: boolean;
  try {
    const [[checksum] = []] = await execute("SELECT @@global.binlog_checksum");
    hasChecksum = (checksum ?? "NONE") !== "NONE";
    const kind = hasChecksum ? "CRC32" : "NONE";
    await execute(`SET @master_binlog_checksum = '${kind}', @source_binlog_checksum = '${kind}'`);
    // Otherwise the server turns its events with transaction ids into others.
    if (version.isMariadb) await execute("SET @mariadb_slave_capability = 4");
    if (stays) await execute(`SET @master_heartbeat_period = ${heartbeatNs}, @source_heartbeat_period = ${heartbeatNs}`);
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
  const head = Buffer.alloc(10);
  head.writeUInt32LE(from.position, 0);
  head.writeUInt16LE(stays ? 0 : nonBlocking, 4);
  // The server ends another reader that has the same number.
  head.writeUInt32LE(randomInt(2 ** 30, 2 ** 32 - 1), 6);
  const command = session.start(dumpCommand, head, Buffer.from(from.file));
  const frames = new PacketFrames();
  const reader = new EventReader(hasChecksum);
  let isOver = false;
  return {
    async next(signal) {
      while (!isOver) {
        if (frames.next()) {
          if (isError(frames)) throw explainFailure(serverError(frames), options);
          if (isEnd(frames)) {
            isOver = true;
            return undefined;
          }
          // A byte that says all is well is before each event.
          return eventOf(() => reader.read(frames.bytes, frames.start + 1, frames.end), from);
        }
        const chunk = await command.read(signal).catch((error: unknown) => {
          throw explainFailure(error, options);
        });
        if (chunk === undefined) return undefined;
        frames.feed(chunk);
      }
      return undefined;
    },
    async [Symbol.asyncDispose]() {
      // In the middle of the log, the server would send on.
      session.abandon();
    },
  };
}

function eventOf(read: () => LogEvent, from: LogPosition): LogEvent {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableEvent)
      throw errors.binlog_unreadable({ place: `a place after ${positionText(from)}`, why: error.message }, {}, error);
    throw error;
  }
}
