/** Plans the notices about how a run ended, by the history. */
import { isSuccess } from "@tapline/protocol";
import type { History, RunRecord } from "../history/history.ts";
import type { Project } from "../model/project.ts";
import { tapsWithFilesIn } from "../project/plugin-entry.ts";
import type { Recovered } from "./left-files.ts";
import { noticesOfRun, saysHowTheJobIs } from "./notices-of-run.ts";
import { type Folded, foldRepeats } from "./repeats.ts";

/** `recovered`: what is known where the run ends a time of failures. */
export interface PlannedRun extends Folded {
  recovered: Recovered;
}

/** @throws what the history throws */
export function planOf(project: Project, history: History, run: RunRecord): PlannedRun {
  const settings = project.parsed.file.notify ?? { channels: {} };
  const tapsWithFiles = tapsWithFilesIn(project.parsed, run.environment);
  const before = runsBefore(history, run);
  const steps = history.steps(run.runId);
  const planned = noticesOfRun(settings, { run, steps, before: before[0], tapsWithFiles });
  const wellUntil = before.find(({ status }) => isSuccess(status))?.endedAt ?? "";
  return { ...foldRepeats(settings, planned, run, before), recovered: { run, steps, wellUntil } };
}

/** How many runs of the job it looks back, those that people stopped among them. */
const mostRuns = 200;

function runsBefore(history: History, { runId, name, environment, startedAt }: RunRecord): RunRecord[] {
  return history
    .runs({ limit: mostRuns, name, environment })
    .filter((each) => each.runId !== runId && each.startedAt <= startedAt && saysHowTheJobIs(each));
}
