/** How far a run is, or how it ended: in the store of states, in the history, and in what commands print. */
export const runStatuses = ["running", "done", "failed", "stopped", "timed_out", "crashed"] as const;

/** `stopped`: by a signal. `crashed`: its runner is gone and recorded no end. */
export type RunStatus = (typeof runStatuses)[number];
