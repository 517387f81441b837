/** Follows a run for `tapline runs follow`. */
import { existsSync } from "node:fs";
import { eventPaths, followToEnd, openHistory, openProject, type RunRecord, targetsOf } from "@tapline/runner";
import { findRun } from "./find-run.ts";
import { usage } from "./usage.ts";
import { createRunView } from "./views/run-view.ts";
import type { View } from "./views/view.ts";

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
  let view: View | undefined;
  try {
    const end = await followToEnd(project.folder, runId, (timed) => {
      const { event } = timed;
      if (event.type === "job_started") view ??= createRunView({ request, steps: event.steps, targets: targetsOf(project), json, quiet });
      view?.show(timed);
    });
    return end.exitCode;
  } finally {
    view?.close();
  }
}

function recordOf(folder: string, run: string | undefined): RunRecord {
  using history = openHistory(folder);
  return findRun(history, run);
}
