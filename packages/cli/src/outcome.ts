/** How a command ends: the exit code for each kind of failure, and one line with what happened and what to do. */
import { TaplineError } from "@tapline/protocol";
import { wrap } from "@tapline/protocol/text";
import { asFailure, describeFailure, exitCodeOfError, exitCodes, type Failure } from "@tapline/runner";
import { caughtSignal } from "./signals.ts";
import { clean, columnsOf, paint } from "./terminal.ts";

export { exitCodes };

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

function exitCodeOf(error: TaplineError): number {
  return error.code === "program_stopped" ? exitCodes[caughtSignal()] : exitCodeOfError(error);
}
