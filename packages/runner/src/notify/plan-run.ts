/** Plans the notices about how a run ended, by the history. */
import type { History, RunRecord } from "../history/history.ts";
import type { Project } from "../model/project.ts";
import { tapsWithFilesIn } from "../project/plugin-entry.ts";
import { noticesOfRun, type Planned, saysHowTheJobIs } from "./notices-of-run.ts";

/** @throws what the history throws */
export function planOf(project: Project, history: History, run: RunRecord): Planned[] {
  const settings = project.parsed.file.notify;
  if (settings === undefined) return [];
  const tapsWithFiles = tapsWithFilesIn(project.parsed, run.environment);
  return noticesOfRun(settings, { run, steps: history.steps(run.runId), before: runBefore(history, run), tapsWithFiles });
}

/** How many runs of the job it looks back, those that people stopped among them. */
const mostRuns = 50;

function runBefore(history: History, { runId, name, environment, startedAt }: RunRecord): RunRecord | undefined {
  return history
    .runs({ limit: mostRuns, name, environment })
    .find((each) => each.runId !== runId && each.startedAt <= startedAt && saysHowTheJobIs(each));
}
