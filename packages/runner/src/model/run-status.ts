/** How far a run is, or how it ended. "crashed": its runner is gone and did not record an end. */
export type RunStatus = "running" | "done" | "failed" | "stopped" | "timed_out" | "crashed";
