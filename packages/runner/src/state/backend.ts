/** What a store needs of the thing that keeps it: to read what is known of a state id, and to write what a rule decided, at once. */
import type { OpenRun, PastRun, StoredState } from "./store.ts";

export interface RunRow extends OpenRun, PastRun {
  /** The state it goes on from is decided and kept. One that died before that changed nothing. */
  isSettled: boolean;
}

/** What is known of one state id. */
export interface Entry {
  stateId: string;
  state: StoredState | undefined;
  /** Runs that were not ended, oldest first. */
  open: RunRow[];
  /** The newest settled one, open or not. */
  previous: RunRow | undefined;
}

export interface Decision<T> {
  answer: T;
  /** New, or in place of the row with the same run id. */
  runs?: readonly RunRow[];
  /** In place of what is kept. */
  states?: readonly (StoredState | { stateId: string; value: null })[];
}

/** One entry for each id that was asked for, in that order. It may be called again when the write did not happen. */
export type Rule<Ids, T> = (entries: { readonly [K in keyof Ids]: Entry }, now: Date) => Decision<T>;

export interface Backend extends AsyncDisposable {
  readonly id: string;
  readonly place: string;
  /** Reads, decides and writes in one transaction; nobody else decides on these ids meanwhile. What the rule throws is passed on. */
  decide<const Ids extends readonly string[], T>(stateIds: Ids, rule: Rule<Ids, T>): Promise<T>;
  state(stateId: string): Promise<StoredState | undefined>;
  /** By id. */
  states(): Promise<StoredState[]>;
  /** Newest first. */
  runs(stateId: string, limit: number): Promise<RunRow[]>;
}

/** Ended runs that are kept for each state id. */
export const keptRuns = 200;
