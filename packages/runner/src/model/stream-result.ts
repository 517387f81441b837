/** What a run did with one stream: counts from both sides, and what the target changed. */
import type { FirstRejected, ReportedChange, Tolerated } from "@tapline/protocol";
import type { Role } from "./step.ts";

/** A mapper reports no counts that could be compared: it may drop, rename and split streams. */
export type CountingRole = Exclude<Role, "mapper">;

export interface RejectedByTap {
  count: number;
  first: FirstRejected | null;
  /** Where the tap keeps them; null: it only counts them. */
  rejects: string | null;
}

/** A count is null where nobody reported it. */
export interface StreamResult {
  stream: string;
  table: string | null;
  /** The database of the table; left out where the target did not report it. */
  database?: string;
  /** The table that keeps rejected rows. */
  rejects: string | null;
  sent: number | null;
  /** Rows that the tap did not send, by a policy the user chose; null: it reported none. Missing in old records. */
  rejectedByTap?: RejectedByTap | null;
  /** Rows of the source that are not data, which the tap left out. Missing in old records. */
  skipped?: number | null;
  /** Of the sent rows, those that went in files; left out where there is none. */
  inFiles?: number;
  /** Of the rows that arrived at stream maps, those that a filter left out, or dropping the stream; left out without maps. */
  filtered?: number;
  received: number | null;
  /** Rows in commits. Before the end, and if the target died without a summary: those of the commits that it reported. */
  loaded: number | null;
  /** Rows received that no commit covers, because the run ended early. Missing in old records. */
  notCommitted?: number | null;
  inserted: number | null;
  updated: number | null;
  superseded: number | null;
  rejected: number | null;
  /** Of the rows that the target rejected, those whose file it knows. */
  rejectedFiles?: Readonly<Record<string, number>>;
  /** Rows marked deleted, removed or given a tombstone; no part of `loaded`. */
  deleted: number | null;
  /** Records that deleted the row of their key; left out where there is none. */
  deleteRecords?: number | null;
  inTable: number | null;
  bytes: number | null;
  /** Seconds that the slower side spent on the stream. */
  seconds: number | null;
  /** Which sides ended with a summary line; their counts must agree. */
  summedUpBy: CountingRole[];
  /** What the target changed in the table or in names; [] where it reported nothing. */
  changes: ReportedChange[];
  /** What the target could not store as it was sent; left out where there is none. */
  tolerated?: Tolerated[];
}
