/** Finds a run in the history by what a person typed, reads its log, and prepares a retry of its failed steps. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type History, type JobRequest, type RunRecord, readLogLines, retryOf, runLike, type StepRecord } from "@tapline/runner";
import { usage } from "./usage.ts";

/** As `runLike`. Without an id: the newest. @throws run_unknown, no_run_yet */
export function findRun(history: History, id: string | undefined): RunRecord {
  const [last] = history.runs({ limit: 1 });
  if (last === undefined) throw usage.no_run_yet({});
  if (id === undefined) return last;
  const run = runLike(history, id);
  if (run === undefined) throw usage.run_unknown({ runId: id });
  return run;
}

/** The log as text, piece by piece. That of an earlier version is a file; if it was rotated, the older part comes first. */
export function* readLog(projectFolder: string, { runId, logFile }: RunRecord): Generator<string> {
  if (logFile !== undefined) {
    const path = join(projectFolder, logFile);
    for (const file of [`${path}.1`, path]) if (existsSync(file)) yield readFileSync(file, "utf8");
    return;
  }
  for (const line of readLogLines(projectFolder, runId)) yield `${line}\n`;
}

/** What to ask for to repeat the steps that did not succeed. @throws run_is_done, run_of_backfill */
export function requestOfRetry(run: RunRecord, steps: readonly StepRecord[]): JobRequest {
  if (run.trigger.kind === "backfill") throw usage.run_of_backfill({ runId: run.runId, id: run.trigger.id });
  const request = retryOf(run, steps);
  if (request === undefined) throw usage.run_is_done({ runId: run.runId });
  return request;
}
