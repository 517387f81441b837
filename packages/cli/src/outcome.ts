/** How a command ends: the exit code for each kind of failure, and one line that says what happened and what to do. */
import { TaplineError } from "@tapline/protocol";
import { asFailure, describeFailure, type Failure } from "@tapline/runner";
import { caughtSignal } from "./signals.ts";
import { clean, paint } from "./terminal.ts";

/** Frozen: scripts and schedulers decide by them. */
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

export interface Ending {
  json?: boolean;
}

/** Runs a command's work; an error a person can mend becomes one line and an exit code, anything else is a bug and goes on. */
export async function conclude(work: () => Promise<number>, { json = false }: Ending = {}): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof TaplineError)) throw error;
    process.exitCode = exitCodeOf(error);
    const failure = asFailure("tapline", error);
    if (json) process.stdout.write(`${JSON.stringify({ type: "error", ...failure })}\n`);
    else sayFailure(failure);
  }
}

export function sayFailure(failure: Failure): void {
  process.stderr.write(`${paint("red", clean(describeFailure(failure)))}\n`);
}

/** Names that lead nowhere are seen late, when the tap has told its streams; they are mistakes in what was typed or is written in tapline.yml all the same. */
const wrongNames = new Set(["select_invalid", "select_unmatched", "nothing_selected", "stream_not_in_state"]);

/** Whether a run failed of one of these: nothing of it was loaded. */
export function isUsage({ code }: Failure): boolean {
  return wrongNames.has(code);
}

function exitCodeOf(error: TaplineError): number {
  if (error.code === "program_stopped") return exitCodes[caughtSignal()];
  if (error.code === "already_running") return exitCodes.alreadyRunning;
  if (error.code === "store_unusable" || error.code === "leftover_unstoppable") return exitCodes.failed;
  return error.class === "config" ? exitCodes.usage : exitCodes.failed;
}
