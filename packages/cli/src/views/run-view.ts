/** Shows a run with the result of each step, as `tapline run` and `tapline runs follow` do. */
import { describeNodes } from "@tapline/protocol";
import {
  describeRun,
  describeSeconds,
  describeStatus,
  type JobRequest,
  type NextCommands,
  type StepResult,
  type UtilityResult,
} from "@tapline/runner";
import { nextCommands } from "../next-commands.ts";
import { printFailure } from "../outcome.ts";
import { columnsOf, printLines } from "../terminal.ts";
import { createView } from "./create-view.ts";
import type { View } from "./view.ts";

export interface RunViewOptions {
  request: JobRequest;
  /** Names of the job's steps. */
  steps: readonly string[];
  /** The targets of the project. */
  targets: readonly string[];
  json: boolean;
  quiet: boolean;
}

export function createRunView({ request, steps, targets, json, quiet }: RunViewOptions): View {
  const view = createView({ json, quiet, steps });
  return {
    close: view.close,
    show(timed) {
      const { step, event } = timed;
      view.show(timed);
      if (json) return;
      if (event.type === "job_finished" && event.status === "timed_out") {
        view.close();
        printLines([`Timed out after ${describeSeconds(request.timeout_seconds ?? event.seconds)}.`], process.stderr);
      }
      if (event.type !== "run_finished" || step === null) return;
      printResult(event.result, {
        next: nextCommands(request, event.result, { steps: steps.length, targets }),
        quiet,
        heading: steps.length === 1 ? undefined : steps[step],
      });
    },
  };
}

interface PrintOptions {
  next: NextCommands;
  quiet: boolean;
  /** The step's name, where there are several. */
  heading: string | undefined;
}

export function printResult(result: StepResult, { next, quiet, heading }: PrintOptions): void {
  if (!quiet) {
    const head = heading === undefined ? [] : ["", `${heading}: ${describeStatus(result.status)} after ${describeSeconds(result.seconds)}`];
    const columns = columnsOf(process.stdout);
    printLines([...head, ...(result.kind === "pipe" ? describeRun(result, next, columns) : describeParts(result))]);
  }
  if (result.failure !== null) printFailure(result.failure);
}

function describeParts({ nodes, seconds }: UtilityResult): string[] {
  return nodes.length === 0 ? [] : [`${describeNodes(nodes)} in ${describeSeconds(seconds)}`];
}
