/** The exit codes of `tapline run`. Stable: scripts and schedulers depend on them. Pure. */
import type { TaplineError } from "@tapline/protocol";
import type { Failure } from "./failure.ts";
import type { JobStatus, StepResult } from "./run-event.ts";

export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  alreadyRunning: 3,
  nothingToDo: 99,
  timedOut: 124,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

export interface JobEnd {
  status: JobStatus;
  /** The last try of each step; null: the step was skipped or never began. */
  steps: readonly (StepResult | null)[];
  /** The error that prevented a step from beginning. */
  error: TaplineError | undefined;
  /** The signal that stopped it. */
  signal: NodeJS.Signals | undefined;
  /** Exit with 99 when there was nothing to do. */
  wants99: boolean;
}

export function exitCodeOfJob({ status, steps, error, signal, wants99 }: JobEnd): number {
  if (error !== undefined) return exitCodeOfError(error);
  if (status === "timed_out") return exitCodes.timedOut;
  if (status === "stopped") return signal === "SIGINT" ? exitCodes.SIGINT : exitCodes.SIGTERM;
  if (status === "failed") return steps.flatMap((step) => step?.failure ?? []).every(isUsage) ? exitCodes.usage : exitCodes.failed;
  return wants99 && steps.every(wasIdle) ? exitCodes.nothingToDo : exitCodes.done;
}

/** Of an error that kept a run, or another command, from doing its work. */
export function exitCodeOfError(error: Pick<TaplineError, "code" | "class">): number {
  if (error.code === "already_running") return exitCodes.alreadyRunning;
  if (error.code === "store_unusable" || error.code === "leftover_unstoppable") return exitCodes.failed;
  return error.class === "config" ? exitCodes.usage : exitCodes.failed;
}

/** Wrong names of streams. They are noticed only when the tap has listed its streams, but they are mistakes in the command or in tapline.yml. */
const wrongNames = new Set([
  "select_invalid",
  "select_unmatched",
  "stream_not_read",
  "nothing_selected",
  "stream_not_in_state",
  "check_stream_unknown",
  "check_column_unknown",
]);

/** Whether a run failed because of a wrong name, before anything was loaded. */
function isUsage({ code }: Failure): boolean {
  return wrongNames.has(code);
}

/** Only reported counts prove that nothing was new: streams without counts do not. */
function wasIdle(result: StepResult | null): boolean {
  if (result?.kind !== "pipe") return result === null;
  const { streams } = result;
  return streams.length > 0 && streams.every(({ sent, received }) => (sent ?? received) === 0 && (received ?? 0) === 0);
}
