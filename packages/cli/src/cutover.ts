/** The work of `tapline cutover`: shows the plan, asks whether it may be made, makes it, and shows what became of it. */
import { userInfo } from "node:os";
import {
  applyCutover,
  type CutoverOptions,
  type CutoverPlan,
  describeFailure,
  type Failure,
  openHistory,
  openProject,
  openStore,
  parallelRunOf,
  planCutover,
} from "@tapline/runner";
import { exitCodes, printFailure } from "./outcome.ts";
import { ownBinFolders } from "./plugin-folders.ts";
import { catchSignals } from "./signals.ts";
import { clean, printLines } from "./terminal.ts";
import { usage } from "./usage.ts";
import { describeCutoverEnd, describeCutoverPlan } from "./views/cutover-text.ts";

export interface CutoverOrder {
  job: string | undefined;
  environment: string | undefined;
  undo: boolean;
  dryRun: boolean;
  /** Why it is made although something stands against it. */
  override: string | undefined;
  as: string | undefined;
  json: boolean;
}

/** @returns the exit code. @throws what `planCutover` and `applyCutover` throw, override_unnamed */
export async function cutover({ job, environment, undo, dryRun, override, as, json }: CutoverOrder): Promise<number> {
  const project = openProject(process.cwd());
  const run = parallelRunOf(project, job, environment);
  if (override !== undefined && (as === undefined || as.trim() === "" || override.trim() === "")) throw usage.override_unnamed({});
  const stop = catchSignals();
  await using store = await openStore(project, run.environment);
  using history = openHistory(project.folder);
  const options: CutoverOptions = {
    ...{ project, run, store, history, binFolders: ownBinFolders, stop: stop.asked },
    by: as ?? userInfo().username,
    override,
    onEvent(event) {
      if (event.kind === "log" && event.level === "warning") process.stderr.write(`${clean(event.message)}\n`);
    },
  };
  const action = undo ? "undo" : "cutover";
  const plan = await planCutover(options, action);
  if ("failure" in plan) return failed(plan.failure, json);
  if (dryRun || plan.isDone) {
    print(plan, { job: run.job, environment: run.environment, json });
    return exitCodes.done;
  }
  const end = await applyCutover(options, plan);
  if ("failure" in end) return failed(end.failure, json);
  if (json)
    process.stdout.write(
      `${JSON.stringify({ type: action, job: run.job, environment: run.environment, renames: plan.renames, ...end })}\n`,
    );
  else printLines(describeCutoverEnd(plan, end, run.job));
  return exitCodes.done;
}

function print(plan: CutoverPlan, { json, ...about }: { job: string; environment: string; json: boolean }): void {
  const { fact: _, answer, isDone, resumes, ...rest } = plan;
  if (json) process.stdout.write(`${JSON.stringify({ type: "plan", ...about, ...answer, ...rest, is_done: isDone, resumes })}\n`);
  else printLines(describeCutoverPlan(plan, about));
}

function failed(failure: Failure, json: boolean): number {
  if (json) process.stdout.write(`${JSON.stringify({ type: "error", ...failure, text: describeFailure(failure) })}\n`);
  else printFailure(failure);
  return exitCodes.failed;
}
