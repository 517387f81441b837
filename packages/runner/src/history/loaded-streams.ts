/** What came into a target since a step behind it was last done, told from the history: that step has to work on no more and no less. */
import type { LoadedStream } from "@tapline/protocol";
import type { History, RunRecord, StepRecord } from "./history.ts";

export interface LoadedOptions {
  history: History;
  /** The run that is under way. */
  runId: string;
  /** The step's name. */
  step: string;
  job: string;
  environment: string;
  /** Names of plugins. */
  targets: readonly string[];
}

/** How far it looks back for the last time the step was done. */
const mostRuns = 500;

/** By any run of this environment. null: not known, for a run since then told nothing or lies too far back. */
export function loadedStreams({ history, runId, step, job, environment, targets }: LoadedOptions): LoadedStream[] | null {
  const found: LoadedStream[] = [];
  const runs = history.runs({ limit: mostRuns });
  for (const run of runs) {
    if (run.environment !== environment) continue;
    const steps = history.steps(run.runId);
    if (run.runId !== runId && run.name === job && steps.some((each) => each.name === step && each.status === "done")) return found;
    for (const each of steps) {
      if (!loadsInto(each, targets)) continue;
      if (mayHaveLoadedUntold(run, each)) return null;
      found.push(...streamsOf(each));
    }
  }
  return runs.length < mostRuns ? found : null;
}

function loadsInto({ stateId, plugins }: StepRecord, targets: readonly string[]): boolean {
  return stateId !== null && targets.includes(plugins.at(-1)?.name ?? "");
}

/** It crashed on its way. */
function mayHaveLoadedUntold(run: RunRecord, step: StepRecord): boolean {
  return run.status === "crashed" && step.status === "running";
}

function streamsOf({ name, plugins, streams }: StepRecord): LoadedStream[] {
  const tap = plugins[0]?.name ?? "";
  return streams.map(({ stream, table, received, sent }) => ({ step: name, tap, stream, table, rows: received ?? sent }));
}
