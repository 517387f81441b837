/** What changes during a run: its counts, the state it started from, and whether the store failed. */
import type { TaplineError } from "@tapline/protocol";
import { createProgress, type Progress } from "./progress.ts";

export interface RunState {
  readonly progress: Progress;
  /** The state before the run, as JSON text; null: there was none. */
  readonly stateBefore: string | null;
  /** The run that committed `stateBefore`. */
  readonly committedBy: string | null;
  /** The first failure of the store; undefined while there is none. */
  readonly storeFailure: TaplineError | undefined;
  /** The state that the run starts from is decided. `committedBy` default: as before. */
  startFrom(value: string | null, committedBy?: string | null): void;
  /** A state could not be saved, or the run lost its state id. Stops the run: more rows would be loaded without a bookmark. */
  failStore(error: TaplineError): void;
}

/** `stop` is called once, at the first failure of the store. */
export function createRunState(stop: () => void): RunState {
  const progress = createProgress();
  let stateBefore: string | null = null;
  let committedBy: string | null = null;
  let storeFailure: TaplineError | undefined;
  return {
    progress,
    get stateBefore() {
      return stateBefore;
    },
    get committedBy() {
      return committedBy;
    },
    get storeFailure() {
      return storeFailure;
    },
    startFrom(value, by = committedBy) {
      stateBefore = value;
      committedBy = by;
    },
    failStore(error) {
      if (storeFailure !== undefined) return;
      storeFailure = error;
      stop();
    },
  };
}
