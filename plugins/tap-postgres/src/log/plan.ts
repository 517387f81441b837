/**
 * What a run does with each stream of the log: follow it from its bookmark, or read the table whole first. It stops where the bookmarks
 * can't be continued, because a gap that nobody sees is worse than a run that fails. Pure.
 */
import { errors } from "../errors.ts";
import type { LogBookmark } from "./bookmark.ts";
import { lsnText } from "./lsn.ts";
import type { LogServer, Timelines } from "./server-facts.ts";
import { changeOfRows } from "./shape.ts";
import type { Slot } from "./slot.ts";
import type { LogColumn } from "./table-facts.ts";

export interface PlannedStream {
  bookmark: LogBookmark | undefined;
  table: number;
  /** undefined: the publication does not have the table yet. */
  member: string | undefined;
  columns: readonly LogColumn[];
  /** The columns that are read. */
  names: readonly string[];
}

/** `why`: for the person; undefined at the first run. */
export type StreamPlan = { kind: "follow"; bookmark: LogBookmark } | { kind: "snapshot"; why: string | undefined };

/** The slot that the bookmarks and the setting name, else the default. @throws slots_differ, slot_unnamed */
export function chooseSlot(bookmarks: readonly LogBookmark[], given: string | undefined, byDefault: string | undefined): string {
  const names = new Set([...bookmarks.map(({ slot }) => slot), ...(given === undefined ? [] : [given])]);
  if (names.size > 1) throw errors.slots_differ({ slots: [...names] });
  const name = [...names][0] ?? byDefault;
  if (name === undefined) throw errors.slot_unnamed({});
  return name;
}

/** Call it where there are bookmarks. @throws log_of_other_server, log_behind_bookmark, slot_gone, slot_foreign, slot_lost, slot_moved */
export function checkContinuity(
  bookmarks: readonly LogBookmark[],
  server: LogServer & { history: Timelines },
  { name, slot, database }: { name: string; slot: Slot | undefined; database: string },
): void {
  const serverText = ({ system, timeline }: LogServer): string => `${system}, timeline ${timeline}`;
  for (const { system, timeline, lsn } of bookmarks) {
    const left = system === server.system ? server.history.get(timeline) : undefined;
    const isSame = system === server.system && timeline === server.timeline;
    // A standby that was promoted has the log up to where its primary's was left. What is loaded from after that place is not in it.
    if (left !== undefined && lsn > left) throw errors.log_behind_bookmark({ bookmark: lsnText(lsn), left: lsnText(left), timeline });
    if (!isSame && left === undefined) throw errors.log_of_other_server({ was: serverText({ system, timeline }), is: serverText(server) });
  }
  if (slot === undefined) throw errors.slot_gone({ slot: name });
  checkOwner(slot, database);
  if (slot.isLost) throw errors.slot_lost({ slot: name });
  const last = bookmarks.reduce((most, { lsn }) => (lsn > most ? lsn : most), 0n);
  if (last < slot.confirmed) throw errors.slot_moved({ slot: name, confirmed: lsnText(slot.confirmed), bookmark: lsnText(last) });
}

/** @throws slot_foreign */
export function checkOwner({ name, plugin, database: other }: Slot, database: string): void {
  if (plugin !== "pgoutput" || other !== database) throw errors.slot_foreign({ slot: name, plugin, database: other });
}

export function planStream({ bookmark, table, member, columns, names }: PlannedStream, confirmed: bigint): StreamPlan {
  if (bookmark === undefined) return { kind: "snapshot", why: undefined };
  const again = (why: string): StreamPlan => ({ kind: "snapshot", why });
  if (bookmark.resync) return again("the last run found that the log does not tell all of its rows");
  if (bookmark.table !== table) return again("the table was dropped and made again");
  if (bookmark.member !== member) return again("the table was out of the publication");
  if (bookmark.lsn < confirmed) return again("it was not read for a while, and the slot went on");
  const change = changeOfRows(bookmark.columns, columns, names);
  return change === undefined ? { kind: "follow", bookmark } : again(change);
}
