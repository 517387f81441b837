/** Follows a run for `tapline runs follow`. */
import { existsSync } from "node:fs";
import { eventPaths, followRun, openHistory, openProject, type RunRecord, targetsOf } from "@tapline/runner";
import { findRun } from "./find-run.ts";
import { usage } from "./usage.ts";
import { createRunView } from "./views/run-view.ts";

export interface FollowWords {
  run: string | undefined;
  json: boolean;
  quiet: boolean;
}

/** Resolves to the exit code of the run. @throws run_unknown, no_run_yet, events_missing, run_crashed */
export async function followWords({ run, json, quiet }: FollowWords): Promise<number> {
  const project = openProject(process.cwd());
  const record = recordOf(project.folder, run);
  const { runId, request } = record;
  if (!existsSync(eventPaths(project.folder, runId).newest)) throw usage.events_missing({ runId });
  let view: ReturnType<typeof createRunView> | undefined;
  try {
    for await (const timed of followRun(project.folder, runId)) {
      const { event } = timed;
      if (event.type === "job_started") view ??= createRunView({ request, steps: event.steps, targets: targetsOf(project), json, quiet });
      view?.show(timed);
      if (event.type === "job_finished") return event.exitCode;
    }
  } finally {
    view?.close();
  }
  throw usage.run_crashed({ runId });
}

function recordOf(folder: string, run: string | undefined): RunRecord {
  using history = openHistory(folder);
  return findRun(history, run);
}
