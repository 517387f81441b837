/** Runs a whole job: its steps in order, with retries, a log, and a record in the history. */

import { TaplineError } from "@tapline/protocol";
import type { History, RunRecord } from "../history/history.ts";
import { openRunLog } from "../history/run-log.ts";
import { openHistory } from "../history/sqlite-history.ts";
import type { JobRequest } from "../model/job-request.ts";
import type { ResultStatus, StepResult } from "../model/run-event.ts";
import { createTryIds, makeRunId } from "../model/run-id.ts";
import { identify } from "../process/liveness.ts";
import { createStopSwitch, joinStops } from "../process/stop-switch.ts";
import type { JobOptions } from "./job-options.ts";
import { type Plan, planJob } from "./plan.ts";
import { runInOrder } from "./schedule.ts";
import { makeStepRun } from "./step-run.ts";

export interface JobResult {
  runId: string;
  status: ResultStatus | "timed_out";
  /** The last try of each step; null: the step was skipped or never began. */
  steps: (StepResult | null)[];
  /** The error that prevented a step from beginning. */
  error: TaplineError | undefined;
  logFile: string;
}

/** @throws what can be wrong before the first step starts, and faults of tapline itself */
export async function runJob(options: JobOptions): Promise<JobResult> {
  const { project, request } = options;
  const plan = await planJob(options);
  const { job } = plan;
  const started = new Date();
  const runId = request.run_id ?? makeRunId(started);
  using history = openHistory(project.folder);
  using log = openRunLog(project.folder, runId);
  history.openRun(recordOf(request, { runId, plan, started, logFile: log.file }));
  const halt = createStopSwitch();
  const timeout = startTimeout(request.timeout_seconds, () => halt.stop("SIGTERM", "its timeout"));
  const stop = joinStops(options.stop, halt);
  const nextTryId = createTryIds(runId);
  const runs = plan.steps.map((planned, index) => makeStepRun({ planned, index, runId, job, nextTryId, history, log, stop, options }));
  try {
    const { only } = request;
    const tasks = runs.map(({ task }, index) => (only === undefined || only.includes(index) ? task : { ...task, run: async () => true }));
    const outcomes = await runInOrder(tasks, { maxParallel: job.maxParallel, isStopped: () => stop.signal !== undefined });
    for (const [index, outcome] of outcomes.entries()) if (outcome === "skipped") runs[index]?.skip();
  } finally {
    clearTimeout(timeout);
  }
  const failure = runs.map((run) => run.failure).find((each) => each !== null) ?? null;
  const isTimedOut = options.stop.signal === undefined && halt.signal !== undefined;
  const ended = failure !== null ? "failed" : runs.some(({ result }) => result?.status === "warning") ? "warning" : "done";
  const status = isTimedOut ? "timed_out" : stop.signal !== undefined ? "stopped" : ended;
  const error = runs.map((run) => run.error).find((each) => each !== undefined);
  closeRun(history, runId, { status, endedAt: new Date().toISOString(), error: failure });
  return { runId, status, steps: runs.map(({ result }) => result), error, logFile: log.file };
}

/** The step has reported that the history can't be written. A run without an end is later shown as crashed. */
function closeRun(history: History, runId: string, end: Parameters<History["closeRun"]>[1]): void {
  try {
    history.closeRun(runId, end);
  } catch (error) {
    if (!(error instanceof TaplineError)) throw error;
  }
}

interface Opening {
  runId: string;
  plan: Plan;
  started: Date;
  logFile: string;
}

function recordOf({ run_id: _, ...request }: JobRequest, { runId, plan, started, logFile }: Opening): RunRecord {
  return {
    runId,
    name: plan.job.name,
    trigger: request.trigger ?? { kind: "command" },
    environment: plan.environment,
    tags: request.tags ?? {},
    request,
    status: "running",
    startedAt: started.toISOString(),
    endedAt: null,
    error: null,
    logFile,
    runner: identify(process.pid),
  };
}

/** Timers can't wait longer than 2^31 ms. A longer timeout needs none. */
function startTimeout(seconds: number | undefined, onEnd: () => void): NodeJS.Timeout | undefined {
  return seconds === undefined || seconds * 1000 >= 2 ** 31 ? undefined : setTimeout(onEnd, seconds * 1000);
}
