/** What changes during a run: its counts, the state it started from, the last commits, and whether the store failed. */
import type { TaplineError } from "@tapline/protocol";
import type { LastCommits } from "./last-commits.ts";
import { createProgress, type Progress } from "./progress.ts";

export interface RunState {
  readonly progress: Progress;
  /** The state before the run, as JSON text; null: there was none. */
  readonly stateBefore: string | null;
  /** The run that committed `stateBefore`. */
  readonly committedBy: string | null;
  /** What to save with the next state. */
  readonly lastCommits: LastCommits;
  /** The last commits are known. */
  readonly isSettled: boolean;
  /** The first failure of the store; undefined while there is none. */
  readonly storeFailure: TaplineError | undefined;
  /** The state that the run starts from is decided. `committedBy` default: as before. */
  startFrom(value: string | null, committedBy?: string | null): void;
  /** The tap starts from a state, not from the beginning. */
  readonly isContinued: boolean;
  /** Why the last commit before this run is not known; null: it is, or the run does not continue. */
  readonly unknownCommit: string | null;
  /** `isFresh`: the first commit makes all that were known before irrelevant. */
  start(how: { isContinued: boolean; unknownCommit: string | null; isFresh: boolean }): void;
  /** This run made a durable commit, under this entry of the ledger. */
  commit(entry: string, runId: string): void;
  /** The last commits before this run are known. */
  setLastCommits(lastCommits: LastCommits): void;
  /** A state could not be saved, or the run lost its state id. Stops the run: more rows would be loaded without a bookmark. */
  failStore(error: TaplineError): void;
}

/** `stop` is called once, at the first failure of the store. */
export function createRunState(stop: () => void): RunState {
  const progress = createProgress();
  let stateBefore: string | null = null;
  let committedBy: string | null = null;
  let lastCommits: LastCommits | undefined;
  let isContinued = false;
  let unknownCommit: string | null = null;
  let isFresh = false;
  let storeFailure: TaplineError | undefined;
  return {
    progress,
    get stateBefore() {
      return stateBefore;
    },
    get committedBy() {
      return committedBy;
    },
    get lastCommits() {
      return lastCommits ?? {};
    },
    get isSettled() {
      return lastCommits !== undefined;
    },
    get isContinued() {
      return isContinued;
    },
    get unknownCommit() {
      return unknownCommit;
    },
    start(how) {
      ({ isContinued, unknownCommit, isFresh } = how);
    },
    commit(entry, runId) {
      lastCommits = { ...(isFresh ? {} : lastCommits), [entry]: runId };
      isFresh = false;
    },
    get storeFailure() {
      return storeFailure;
    },
    startFrom(value, by = committedBy) {
      stateBefore = value;
      committedBy = by;
    },
    setLastCommits(changed) {
      lastCommits = changed;
    },
    failStore(error) {
      if (storeFailure !== undefined) return;
      storeFailure = error;
      stop();
    },
  };
}
