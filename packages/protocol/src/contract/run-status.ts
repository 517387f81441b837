/** How far a run is, or how it ended: in the store of states, in the history, and in what commands print. */
export const runStatuses = ["running", "done", "warning", "failed", "stopped", "timed_out", "crashed"] as const;

/**
 * `warning`: it succeeded, and a person should look at something that was dropped, skipped or guessed. The store of states keeps such a run
 * as `done`: its state is as good. `stopped`: by a signal. `crashed`: its runner is gone and recorded no end.
 */
export type RunStatus = (typeof runStatuses)[number];

/** Whether everything that a run or step with this status had to do is done. */
export function isSuccess(status: string): boolean {
  return status === "done" || status === "warning";
}
