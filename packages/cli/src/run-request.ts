/** Runs what a request asks for, and shows it: that of `tapline run`, of `tapline runs retry`, or one that a scheduler wrote. */
import { describeNodes } from "@tapline/protocol";
import {
  describePlan,
  describeRun,
  describeSeconds,
  describeStatus,
  type JobRequest,
  type JobResult,
  jobOfRequest,
  type NextCommands,
  openProject,
  type PlanOptions,
  runJob,
  type StepResult,
  targetsOf,
  type UtilityResult,
} from "@tapline/runner";
import { nextCommands } from "./next-commands.ts";
import { exitCodes, isUsage, printFailure } from "./outcome.ts";
import { ownBinFolders } from "./plugin-folders.ts";
import { catchSignals } from "./signals.ts";
import { columnsOf, printLines } from "./terminal.ts";
import { createView } from "./views/create-view.ts";

export interface RunRequest {
  request: JobRequest;
  dryRun?: boolean | undefined;
  json?: boolean | undefined;
  quiet?: boolean | undefined;
}

/** Resolves to the exit code. */
export async function runRequest({ request, dryRun = false, json = false, quiet = false }: RunRequest): Promise<number> {
  const project = openProject(process.cwd());
  const plan: PlanOptions = { project, request, binFolders: ownBinFolders };
  if (dryRun) {
    printLines(await describePlan(plan));
    return exitCodes.done;
  }
  const { steps } = jobOfRequest(project, request);
  const stop = catchSignals();
  const view = createView({ json, quiet, steps: steps.map(({ name }) => name) });
  try {
    const result = await runJob({
      ...plan,
      stop,
      onEvent(event, step) {
        view.show(event, step);
        if (event.type !== "run_finished" || json) return;
        printResult(event.result, {
          next: nextCommands(request, event.result, { steps: steps.length, targets: targetsOf(project) }),
          quiet,
          heading: steps.length === 1 ? undefined : steps[step]?.name,
        });
      },
    });
    view.close();
    if (result.status === "timed_out") printLines([`Timed out after ${describeSeconds(request.timeout_seconds ?? 0)}.`], process.stderr);
    if (result.error !== undefined) throw result.error;
    return exitCodeOf(result, stop.signal, request.exit_99 === true);
  } finally {
    view.close();
  }
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

export function exitCodeOf({ status, steps }: JobResult, signal: NodeJS.Signals | undefined, wants99: boolean): number {
  if (status === "timed_out") return exitCodes.timedOut;
  if (status === "stopped") return signal === "SIGINT" ? exitCodes.SIGINT : exitCodes.SIGTERM;
  if (status === "failed") return steps.flatMap((step) => step?.failure ?? []).every(isUsage) ? exitCodes.usage : exitCodes.failed;
  return wants99 && steps.every(wasIdle) ? exitCodes.nothingToDo : exitCodes.done;
}

/** Only reported counts prove that nothing was new: streams without counts do not. */
function wasIdle(result: StepResult | null): boolean {
  if (result?.kind !== "pipe") return result === null;
  const { streams } = result;
  return streams.length > 0 && streams.every(({ sent, received }) => (sent ?? received) === 0 && (received ?? 0) === 0);
}
