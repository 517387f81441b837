/**
 * What is done beside reading the log, between two of its messages: what is stored is confirmed to the server, in any run that hears of it; and a
 * run that stays looks each second how far it is behind, how much log the server keeps for it, and helps it to forget.
 */
import { quoteText } from "@tapline/columns";
import type { Session } from "@tapline/postgres";
import { bookmarkOf, type Durable, type Follow, type State } from "@tapline/sdk";
import { readBookmark } from "./bookmark.ts";
import type { LogFeed } from "./feed.ts";
import type { LogStream } from "./log-stream.ts";
import { readLsn } from "./lsn.ts";
import { epochMs } from "./stream-frames.ts";

export interface WatchOptions {
  session: Session;
  feed: LogFeed;
  slot: string;
  streams: ReadonlyMap<number, LogStream>;
  durable: Durable | undefined;
  follow: Follow | undefined;
  /** Called about each second in a run that stays, with the bytes that the server keeps for the slot. */
  onKept(bytes: number, isCaughtUp: boolean): void;
}

const lookEveryMs = 1000;
/** From so much kept log on the server is asked to note which transactions are open: it can't forget what is before the last such note. */
const noteFromBytes = 4 * 1024 * 1024;

/** Returns what `follow` calls as `beat`. */
export function watchLog({ session, feed, slot, streams, durable, follow, onKept }: WatchOptions) {
  let seen: State | undefined;
  let lookedAt = 0;
  let isCaughtUp = false;
  let mayNote: boolean | undefined;
  const confirm = (): void => {
    const state = durable?.state;
    if (state === undefined || state === seen) return;
    seen = state;
    const lsn = storedLsn(state, slot, [...streams.values()]);
    if (lsn !== undefined) feed.confirm(lsn);
  };
  const look = async (read: bigint, committedAt: bigint | undefined): Promise<void> => {
    mayNote ??= await mayNoteTransactions(session);
    const [[end, now, kept]] = (
      await session.execute(`
        SELECT pg_current_wal_flush_lsn(), (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
          (SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) FROM pg_catalog.pg_replication_slots WHERE slot_name = ${quoteText(slot)})`)
    ).rows as [[string, string, string | null]];
    const behind = (readLsn(end) ?? 0n) - read;
    const bytes = behind > 0n ? Number(behind) : 0;
    // A keepalive is a moment old: what was written since is no delay.
    if (bytes < aMomentOfBytes) isCaughtUp = true;
    const committedMs = committedAt === undefined ? undefined : epochMs + Number(committedAt / 1000n);
    follow?.lag({
      seconds: bytes < aMomentOfBytes || committedMs === undefined ? 0 : Math.max(0, Number(now) - committedMs) / 1000,
      bytes,
    });
    onKept(Number(kept ?? 0), isCaughtUp);
    if (mayNote && isCaughtUp && Number(kept ?? 0) >= noteFromBytes) await session.execute("SELECT pg_log_standby_snapshot()");
  };
  return (read: bigint, committedAt: bigint | undefined): Promise<void> | undefined => {
    confirm();
    if (follow === undefined || performance.now() - lookedAt < lookEveryMs) return undefined;
    lookedAt = performance.now();
    return look(read, committedAt);
  };
}

const aMomentOfBytes = 64 * 1024;

/** What all of the streams have in a stored state; undefined where one is not in it. */
export function storedLsn(state: State, slot: string, streams: readonly LogStream[]): bigint | undefined {
  let least: bigint | undefined;
  for (const { name } of streams) {
    const bookmark = readBookmark(bookmarkOf(state, name));
    if (bookmark === undefined || bookmark.slot !== slot) return undefined;
    if (least === undefined || bookmark.lsn < least) least = bookmark.lsn;
  }
  return least;
}

/** PostgreSQL 16 and later, where the role may: GRANT EXECUTE ON FUNCTION pg_log_standby_snapshot() TO it. */
async function mayNoteTransactions({ execute }: Session): Promise<boolean> {
  const { rows } = await execute(
    "SELECT 1 FROM pg_catalog.pg_proc WHERE proname = 'pg_log_standby_snapshot' AND has_function_privilege(oid, 'EXECUTE')",
  );
  return rows.length > 0;
}
