/** The middle of a run: its steps in order, until they are done or something stops them. */
import type { TaplineError } from "@tapline/protocol";
import { asFailure, type Failure } from "../model/failure.ts";
import type { JobStatus, StepResult } from "../model/run-event.ts";
import { createTryIds } from "../model/run-id.ts";
import { createStopSwitch, joinStops } from "../process/stop-switch.ts";
import { type BegunJob, logEvent } from "./begin-job.ts";
import { holdLimits } from "./hold-limits.ts";
import type { JobOptions } from "./job-options.ts";
import { runInOrder } from "./schedule.ts";
import { makeStepRun, type StepRun } from "./step-run.ts";

export interface RanSteps {
  status: JobStatus;
  /** The last try of each step; null: the step was skipped or never began. */
  results: (StepResult | null)[];
  failure: Failure | null;
  /** The error that prevented a step from beginning, or that stopped the run. */
  error: TaplineError | undefined;
  /** It was stopped as by a machine that shuts down, and not by a person: another run is to go on. */
  isInterrupted: boolean;
}

export async function runSteps(begun: BegunJob, options: JobOptions): Promise<RanSteps> {
  const { plan, record, history, events, lost, tell } = begun;
  const { request } = options;
  const { job } = plan;
  const halt = createStopSwitch();
  const timeout = startTimeout(request.timeout_seconds, () => halt.stop("SIGTERM", "its timeout"));
  const stop = joinStops(joinStops(options.stop, lost), halt);
  using limits = holdLimits(job.limits, { halt });
  if (limits.note !== undefined) tell(logEvent("info", limits.note));
  const { runId } = record;
  const nextTryId = createTryIds(runId);
  const runs = plan.steps.map((planned, index) => makeStepRun({ planned, index, runId, job, nextTryId, history, events, stop, options }));
  try {
    const { only } = request;
    const tasks = runs.map(({ task }, index) => (only === undefined || only.includes(index) ? task : { ...task, run: async () => true }));
    const outcomes = await runInOrder(tasks, { maxParallel: job.maxParallel, isStopped: () => stop.signal !== undefined });
    for (const [index, outcome] of outcomes.entries()) if (outcome === "skipped") runs[index]?.skip();
  } finally {
    clearTimeout(timeout);
  }
  const { exceeded } = limits;
  const failure = exceeded === undefined ? firstFailure(runs) : asFailure("tapline", exceeded);
  const isTimedOut = options.stop.signal === undefined && lost.signal === undefined && halt.signal !== undefined;
  // A run that follows has no other end than a signal, and ends well where all that it read is loaded.
  const isWhole = request.follow === true && runs.every(({ result }) => result?.status === "done" || result?.status === "warning");
  const isStopped = stop.signal !== undefined && !isWhole;
  const stopped = isTimedOut ? "timed_out" : isStopped ? "stopped" : endOf(runs);
  const status = exceeded === undefined ? stopped : "failed";
  return {
    status,
    results: runs.map(({ result }) => result),
    failure,
    error: exceeded ?? runs.map((run) => run.error).find((each) => each !== undefined),
    isInterrupted: (status === "stopped" || isWhole) && stop.signal === "SIGTERM",
  };
}

const firstFailure = (runs: readonly StepRun[]): Failure | null => runs.map((run) => run.failure).find((each) => each !== null) ?? null;

function endOf(runs: readonly StepRun[]): "failed" | "warning" | "done" {
  if (firstFailure(runs) !== null) return "failed";
  return runs.some(({ result }) => result?.status === "warning") ? "warning" : "done";
}

/** Timers can't wait longer than 2^31 ms. A longer timeout needs none. */
function startTimeout(seconds: number | undefined, onEnd: () => void): NodeJS.Timeout | undefined {
  return seconds === undefined || seconds * 1000 >= 2 ** 31 ? undefined : setTimeout(onEnd, seconds * 1000);
}
