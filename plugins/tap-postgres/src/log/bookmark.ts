/**
 * The bookmark of a stream that is read from the log: how far, by which slot of which server, and what the table was then. It is valid only
 * where all of that is still so. Pure.
 */
import { isObject } from "@tapline/protocol";
import type { StreamState } from "@tapline/sdk";
import { lsnText, readLsn } from "./lsn.ts";

export interface LogBookmark {
  /** All transactions whose commit lies before this are in the rows. */
  lsn: bigint;
  slot: string;
  /** The server, and the history of its log that it follows: a restored or promoted server has another one. */
  system: string;
  timeline: number;
  /** The table's oid, and its entry in the publication: a table that was made again is another one. */
  table: number;
  member: string;
  /** The version of the rows. */
  version: number;
  /** For each column its number and its type, as `columnMark` has them. */
  columns: Readonly<Record<string, string>>;
  /** The log no longer tells what the rows are: the table must be read again. */
  resync: boolean;
}

/** Undefined where the state is none of this kind, such as that of another replication method. */
export function readBookmark(state: StreamState): LogBookmark | undefined {
  const { slot, system, timeline, table, member, version, columns, resync } = state;
  const lsn = readLsn(state.lsn);
  const isWhole =
    lsn !== undefined &&
    typeof slot === "string" &&
    typeof system === "string" &&
    typeof timeline === "number" &&
    typeof table === "number" &&
    typeof member === "string" &&
    typeof version === "number" &&
    isObject(columns);
  if (!isWhole) return undefined;
  const marks = Object.fromEntries(Object.entries(columns).map(([name, mark]) => [name, String(mark)]));
  return { lsn, slot, system, timeline, table, member, version, columns: marks, resync: resync === true };
}

export function bookmarkState({ lsn, resync, columns, ...rest }: LogBookmark): StreamState {
  return { lsn: lsnText(lsn), ...rest, columns: { ...columns }, ...(resync ? { resync } : {}) };
}
