/** How a run stands: in the store of states, in the history, and in what commands print. */
import { type Static, Type } from "../type.ts";

export const runStatuses = ["running", "done", "failed", "stopped", "timed_out", "crashed"] as const;

export const runStatusSchema = Type.Enum(runStatuses);

/** `stopped`: by a signal. `crashed`: its runner died before it could end the run. */
export type RunStatus = Static<typeof runStatusSchema>;

/** The value where it is a status; undefined for any other. */
export function readRunStatus(value: unknown): RunStatus | undefined {
  return runStatuses.find((status) => status === value);
}
