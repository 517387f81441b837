/** What a store needs from SQLite, a file or PostgreSQL: to read what is known about a state id and to write what a rule decided, in one transaction. */
import type { Facts } from "./facts.ts";
import type { OpenRun, PastRun, StoredState } from "./store.ts";

export interface RunRow extends OpenRun, PastRun {
  /** The state it starts from is decided and kept. A run that died before that changed nothing. */
  isSettled: boolean;
}

/** What is known about one state id. */
export interface Entry {
  stateId: string;
  state: StoredState | undefined;
  /** Runs without an end, oldest first. */
  open: RunRow[];
  /** The newest settled run, open or not. */
  previous: RunRow | undefined;
}

/** `runs`: of this state id, oldest first. */
export function entryOf(stateId: string, state: StoredState | undefined, runs: readonly RunRow[]): Entry {
  return {
    stateId,
    state,
    open: runs.filter(({ status }) => status === "running"),
    previous: runs.findLast(({ isSettled }) => isSettled),
  };
}

export interface Decision<T> {
  answer: T;
  /** New rows, or rows that replace the one with the same run id. */
  runs?: readonly RunRow[];
  /** States that replace what is kept; null deletes. */
  states?: readonly (StoredState | { stateId: string; value: null })[];
}

/** Gets one entry for each state id, in order. It may be called again if the write failed, so it must not have side effects. */
export type Rule<Ids, T> = (entries: { readonly [K in keyof Ids]: Entry }, now: Date) => Decision<T>;

export interface Backend extends AsyncDisposable {
  readonly id: string;
  readonly place: string;
  /** Reads, decides and writes in one transaction. No other process decides on these ids meanwhile. Errors of the rule are passed on. */
  decide<const Ids extends readonly string[], T>(stateIds: Ids, rule: Rule<Ids, T>): Promise<T>;
  state(stateId: string): Promise<StoredState | undefined>;
  /** Sorted by id. */
  states(): Promise<StoredState[]>;
  /** Newest first. */
  runs(stateId: string, limit: number): Promise<RunRow[]>;
  readonly facts: Facts;
}

/** How many ended runs are kept for each state id. */
export const keptRuns = 200;
