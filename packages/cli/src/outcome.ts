/** How a command ends: the exit code for each kind of failure, and one line with what happened and what to do. */
import { TaplineError } from "@tapline/protocol";
import { wrap } from "@tapline/protocol/text";
import { asFailure, describeFailure, type Failure } from "@tapline/runner";
import { caughtSignal } from "./signals.ts";
import { clean, columnsOf, paint } from "./terminal.ts";

/** Stable: scripts and schedulers depend on them. */
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

export interface ConcludeOptions {
  json?: boolean;
}

/** Runs a command's work. An error that a person can fix becomes one line and an exit code; any other error is a bug and is thrown. */
export async function conclude(work: () => Promise<number>, { json = false }: ConcludeOptions = {}): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof TaplineError)) throw error;
    process.exitCode = exitCodeOf(error);
    const failure = asFailure("tapline", error);
    if (json) process.stdout.write(`${JSON.stringify({ type: "error", ...failure })}\n`);
    else printFailure(failure);
  }
}

export function printFailure(failure: Failure): void {
  const lines = wrap(clean(describeFailure(failure)), columnsOf(process.stderr));
  process.stderr.write(`${paint("red", lines.join("\n"))}\n`);
}

/** Wrong names of streams. They are noticed only when the tap has listed its streams, but they are mistakes in the command or in tapline.yml. */
const wrongNames = new Set(["select_invalid", "select_unmatched", "stream_not_read", "nothing_selected", "stream_not_in_state"]);

/** Whether a run failed because of a wrong name, before anything was loaded. */
export function isUsage({ code }: Failure): boolean {
  return wrongNames.has(code);
}

function exitCodeOf(error: TaplineError): number {
  if (error.code === "program_stopped") return exitCodes[caughtSignal()];
  if (error.code === "already_running") return exitCodes.alreadyRunning;
  if (error.code === "store_unusable" || error.code === "leftover_unstoppable") return exitCodes.failed;
  return error.class === "config" ? exitCodes.usage : exitCodes.failed;
}
