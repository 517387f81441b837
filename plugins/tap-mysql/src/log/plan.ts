/**
 * What a run does with each stream of the log: follow it from its bookmark, or read the table whole first. It stops where the bookmarks
 * can't be continued, because a gap that nobody sees is worse than a run that fails.
 */
import { errors } from "../errors.ts";
import type { Session } from "../session/session.ts";
import type { LogBookmark } from "./bookmark.ts";
import type { Candidate } from "./candidates.ts";
import { namesIn } from "./log-stream.ts";
import { positionText } from "./position.ts";
import { gtidAt, logFiles } from "./server-facts.ts";
import { changeOfRows } from "./shape.ts";

/** `why`: for the person; undefined at the first run. */
export type StreamPlan = { kind: "follow"; bookmark: LogBookmark } | { kind: "snapshot"; why: string | undefined };

export function planStream({ bookmark, table, context }: Candidate): StreamPlan {
  if (bookmark === undefined) return { kind: "snapshot", why: undefined };
  const again = (why: string): StreamPlan => ({ kind: "snapshot", why });
  if (bookmark.resync) return again("the last run found that the log does not tell all of its rows");
  const change = changeOfRows(bookmark.columns, table.columns, namesIn(context.columns, table));
  return change === undefined ? { kind: "follow", bookmark } : again(change);
}

/** @throws binlog_of_other_server, binlog_purged, binlog_other_history */
export async function checkContinuity(session: Session, server: string, bookmarks: readonly LogBookmark[]): Promise<void> {
  const other = bookmarks.find((bookmark) => bookmark.server !== server);
  if (other !== undefined) throw errors.binlog_of_other_server({ was: other.server, is: server });
  if (bookmarks.length === 0) return;
  const files = await logFiles(session);
  const places = new Map(bookmarks.map((bookmark) => [positionText(bookmark), bookmark]));
  for (const [place, { file, position, gtid }] of places) {
    const found = files.find((one) => one.file === file);
    if (found === undefined || found.position < position) throw errors.binlog_purged({ place, oldest: files[0]?.file ?? "none" });
    if (gtid === "") continue;
    const is = await gtidAt(session, { file, position });
    const ids = is.split(",");
    if (!gtid.split(",").every((id) => ids.includes(id))) throw errors.binlog_other_history({ place, was: gtid, is });
  }
}
