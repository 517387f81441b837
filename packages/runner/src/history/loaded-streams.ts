/** What was loaded into a target since a later step last succeeded, by the history: exactly what that step has to work on. */
import { isSuccess, type LoadedStream } from "@tapline/protocol";
import type { History, RunRecord, StepRecord } from "./history.ts";

export interface LoadedOptions {
  history: History;
  /** The current run. */
  runId: string;
  /** The step's name. */
  step: string;
  job: string;
  environment: string;
  /** Names of plugins. */
  targets: readonly string[];
}

/** How many runs it looks back for the last success of the step. */
const mostRuns = 500;

/** Streams that any run of this environment loaded. null: not known, because a run crashed or the last success is too long ago. */
export function loadedStreams({ history, runId, step, job, environment, targets }: LoadedOptions): LoadedStream[] | null {
  const found: LoadedStream[] = [];
  const runs = history.runs({ limit: mostRuns, environment });
  for (const run of runs) {
    const steps = history.steps(run.runId);
    if (run.runId !== runId && run.name === job && steps.some((each) => each.name === step && isSuccess(each.status))) return found;
    for (const each of steps) {
      if (!loadsInto(each, targets)) continue;
      if (mayHaveLoadedUnrecorded(run, each)) return null;
      found.push(...streamsOf(each));
    }
  }
  return runs.length < mostRuns && history.forgottenUntil() === null ? found : null;
}

function loadsInto({ stateId, plugins }: StepRecord, targets: readonly string[]): boolean {
  return stateId !== null && targets.includes(plugins.at(-1)?.name ?? "");
}

/** It crashed while the step was running, so what it loaded is not recorded. */
function mayHaveLoadedUnrecorded(run: RunRecord, step: StepRecord): boolean {
  return run.status === "crashed" && step.status === "running";
}

function streamsOf({ name, plugins, streams }: StepRecord): LoadedStream[] {
  const tap = plugins[0]?.name ?? "";
  return streams.map(({ stream, table, received, sent }) => ({ step: name, tap, stream, table, rows: received ?? sent }));
}
