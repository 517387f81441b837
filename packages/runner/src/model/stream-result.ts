/** What a run did with one stream: counts from both sides, and what the target changed. */
import type { ReportedChange, Tolerated } from "@tapline/protocol";
import type { Role } from "./step.ts";

/** A mapper reports no counts that could be compared: it may drop, rename and split streams. */
export type CountingRole = Exclude<Role, "mapper">;

/** A count is null where nobody reported it. */
export interface StreamResult {
  stream: string;
  table: string | null;
  /** The table that keeps rejected rows. */
  rejects: string | null;
  sent: number | null;
  received: number | null;
  loaded: number | null;
  inserted: number | null;
  updated: number | null;
  superseded: number | null;
  rejected: number | null;
  /** Rows marked deleted, removed or given a tombstone; no part of `loaded`. */
  deleted: number | null;
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
