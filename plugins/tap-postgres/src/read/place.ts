/** How far the read of one table has come in this run, kept while it is read, for a read that is taken up again in a new snapshot. */
import type { ReadContext, StreamState } from "@tapline/sdk";
import { bookmarkText } from "@tapline/sql-tap";
import type { Facts, Snapshot } from "../snapshot.ts";

export interface Place {
  /** Of the first snapshot: rows that it does not see are looked for by what it knew. */
  readonly facts: Facts;
  /** Of a whole table: the state to go on from. */
  state: StreamState;
  /** Of an incremental read: the last value that was sent. */
  bookmark: string | null;
}

export function newPlace({ state, startValue }: ReadContext, { facts }: Snapshot): Place {
  return { facts, state, bookmark: bookmarkText(startValue) };
}
