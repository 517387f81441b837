/** Starts a run that a person asked for, and waits until it is in the history: until then nobody could look at it. */
import { type History, type JobRequest, makeRunId, type StartRun } from "@tapline/runner";
import type { ActiveRuns } from "./active-runs.ts";
import type { Clock } from "./clock.ts";
import { errors } from "./errors.ts";

export interface AskedRunOptions {
  history: History;
  start: StartRun;
  runs: ActiveRuns;
  clock: Clock;
}

const lookEveryMs = 50;

/** Resolves to its id. @throws run_not_started: it ended before it was in the history */
export async function startAskedRun(request: JobRequest, { history, start, runs, clock }: AskedRunOptions): Promise<string> {
  const runId = makeRunId(clock.now());
  const run = start({ ...request, run_id: runId });
  runs.addAsked(run);
  let end: { exitCode: number | null; stderr: string } | undefined;
  run.ended.then((ended) => {
    end = ended;
  });
  while (history.run(runId) === undefined) {
    // Looked at once more after its end: it may have been fast.
    if (end !== undefined && history.run(runId) === undefined)
      throw errors.run_not_started({ exitCode: end.exitCode, reason: end.stderr === "" ? "it printed no reason" : end.stderr });
    await clock.wait(lookEveryMs);
  }
  return runId;
}
