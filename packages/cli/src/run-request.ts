/** Runs what a request asks for, and shows it: that of `tapline run`, of `tapline runs retry`, or one that a scheduler wrote. */
import { describePlan, type JobRequest, jobOfRequest, openProject, type PlanOptions, runJob, targetsOf } from "@tapline/runner";
import { exitCodes } from "./outcome.ts";
import { ownBinFolders } from "./plugin-folders.ts";
import { catchSignals } from "./signals.ts";
import { printLines } from "./terminal.ts";
import { createRunView } from "./views/run-view.ts";

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
  const view = createRunView({ request, steps: steps.map(({ name }) => name), targets: targetsOf(project), json, quiet });
  try {
    const result = await runJob({ ...plan, stop, onEvent: (event, step) => view.show({ time: new Date(), step, event }) });
    view.close();
    if (result.error !== undefined) throw result.error;
    return result.exitCode;
  } finally {
    view.close();
  }
}
