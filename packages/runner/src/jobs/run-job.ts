/** Runs a whole job: its steps in order, with retries, events, and a record in the history. */

import { TaplineError } from "@tapline/protocol";
import type { History, RunEnd, RunRecord } from "../history/history.ts";
import { openHistory } from "../history/sqlite-history.ts";
import { exitCodeOfJob } from "../model/exit-codes.ts";
import { asFailure } from "../model/failure.ts";
import type { JobRequest } from "../model/job-request.ts";
import type { JobFinished, JobStarted, JobStatus, RunEvent, StepResult } from "../model/run-event.ts";
import { createTryIds, makeRunId } from "../model/run-id.ts";
import type { Patience } from "../notify/send-planned.ts";
import { tellNotStarted } from "../notify/tell-not-started.ts";
import { tellingOf } from "../notify/tell-run.ts";
import { waitUnlessStopped } from "../process/pause.ts";
import { createStopSwitch, joinStops } from "../process/stop-switch.ts";
import { type EventFile, openEventFile } from "../runs/event-file.ts";
import { thisRunner } from "../state/host.ts";
import { heldTickOf } from "../ticks/held-tick.ts";
import { holdLimits } from "./hold-limits.ts";
import type { JobOptions } from "./job-options.ts";
import { type Plan, planJob } from "./plan.ts";
import { forgetOldRuns } from "./retention.ts";
import { runInOrder } from "./schedule.ts";
import { makeStepRun } from "./step-run.ts";

export interface JobResult {
  runId: string;
  status: JobStatus;
  /** The last try of each step; null: the step was skipped or never began. */
  steps: (StepResult | null)[];
  /** The error that prevented a step from beginning. */
  error: TaplineError | undefined;
  /** That of `tapline run`. */
  exitCode: number;
}

/** @throws run_id_used, what can be wrong before the first step starts, and faults of tapline itself */
export async function runJob(options: JobOptions): Promise<JobResult> {
  const { project, request } = options;
  const patience: Patience = { wait: (ms) => waitUnlessStopped(ms, options.stop), isStopped: () => options.stop.signal !== undefined };
  const warn = (message: string, events?: EventFile): void => {
    const event: RunEvent = { type: "log", plugin: "tapline", level: "warning", message };
    events?.write(event, null);
    options.onEvent(event, null);
  };
  const plan = await planJob(options).catch(async (error: unknown) => {
    if (error instanceof TaplineError) for (const warning of await tellNotStarted(project, request, error, patience)) warn(warning);
    throw error;
  });
  const { job } = plan;
  const started = new Date();
  const opening = { runId: request.run_id ?? makeRunId(started), plan, started };
  const { runId } = opening;
  const lost = createStopSwitch();
  const { environment } = plan;
  await using tick = await heldTickOf(request, {
    project,
    environment,
    runId,
    onLost: () => lost.stop("SIGTERM", "another run of its tick"),
  });
  using history = openHistory(project.folder);
  const record = recordOf(request, opening);
  forgetOldRuns(project, history);
  if (project.parsed.file.notify !== undefined) record.notices = null;
  history.openRun(record);
  const begin = startOf(record, plan);
  using events = openEventFile(project.folder, begin);
  options.onEvent(begin, null);
  const note = (message: string): void => {
    const event: RunEvent = { type: "log", plugin: "tapline", level: "info", message };
    events.write(event, null);
    options.onEvent(event, null);
  };
  const halt = createStopSwitch();
  const timeout = startTimeout(request.timeout_seconds, () => halt.stop("SIGTERM", "its timeout"));
  const stop = joinStops(joinStops(options.stop, lost), halt);
  using limits = holdLimits(job.limits, { halt });
  if (limits.note !== undefined) note(limits.note);
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
  const error = limits.exceeded ?? runs.map((run) => run.error).find((each) => each !== undefined);
  const failure =
    limits.exceeded === undefined
      ? (runs.map((run) => run.failure).find((each) => each !== null) ?? null)
      : asFailure("tapline", limits.exceeded);
  const isTimedOut = options.stop.signal === undefined && lost.signal === undefined && halt.signal !== undefined;
  const ended = failure !== null ? "failed" : runs.some(({ result }) => result?.status === "warning") ? "warning" : "done";
  const stopped = isTimedOut ? "timed_out" : stop.signal !== undefined ? "stopped" : ended;
  const status = limits.exceeded === undefined ? stopped : "failed";
  const steps = runs.map(({ result }) => result);
  const exitCode = exitCodeOfJob({ status, steps, error, signal: options.stop.signal, wants99: request.exit_99 === true });
  const endedAt = new Date();
  // Before the record of the run: killed in between, a run that succeeded is not started again.
  try {
    if (failure?.code === "already_running") await tick?.postpone(failure.message);
    else await tick?.end(status === "stopped" && stop.signal === "SIGTERM" ? "interrupted" : status);
  } catch (thrown) {
    if (!(thrown instanceof TaplineError)) throw thrown;
    warn(`the end of this run could not be recorded for its schedule, so it may run again: ${thrown.message}`, events);
  }
  const end: Pick<RunRecord, "status" | "endedAt" | "error"> = { status, endedAt: endedAt.toISOString(), error: failure };
  const { notes, tell } = tellingOf(project, history, { ...record, ...end });
  closeRun(history, runId, { ...end, eventBytes: events.bytes, ...(notes === undefined ? {} : { notices: notes }) });
  for (const message of await tell(patience)) warn(message, events);
  // After the record: who reads this event finds the run ended.
  const seconds = (endedAt.getTime() - started.getTime()) / 1000;
  const finished: JobFinished = { type: "job_finished", runId, status, seconds, exitCode, error: failure };
  events.write(finished, null);
  options.onEvent(finished, null);
  return { runId, status, steps, error, exitCode };
}

/** The step has reported that the history can't be written. A run without an end is later shown as crashed. */
function closeRun(history: History, runId: string, end: RunEnd): void {
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
}

function recordOf({ run_id: _, ...request }: JobRequest, { runId, plan, started }: Opening): RunRecord {
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
    runner: thisRunner(),
  };
}

function startOf({ runId, name, environment, trigger, tags, runner }: RunRecord, { job }: Plan): JobStarted {
  return { type: "job_started", runId, name, environment, trigger, tags, steps: job.steps.map((step) => step.name), runner };
}

/** Timers can't wait longer than 2^31 ms. A longer timeout needs none. */
function startTimeout(seconds: number | undefined, onEnd: () => void): NodeJS.Timeout | undefined {
  return seconds === undefined || seconds * 1000 >= 2 ** 31 ? undefined : setTimeout(onEnd, seconds * 1000);
}
