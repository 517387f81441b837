/** Runs a whole job: its steps in order, with retries, events, and a record in the history. */
import { TaplineError } from "@tapline/protocol";
import type { History, RunEnd, RunRows } from "../history/history.ts";
import { exitCodeOfJob } from "../model/exit-codes.ts";
import type { MeltanoGap } from "../model/meltano.ts";
import type { JobStatus, StepResult } from "../model/run-event.ts";
import type { StreamResult } from "../model/stream-result.ts";
import { tellingOf } from "../notify/tell-run.ts";
import type { Job } from "../project/job.ts";
import { type BegunJob, beginJob, logEvent, patienceOf } from "./begin-job.ts";
import type { JobOptions } from "./job-options.ts";
import { type RanSteps, runSteps } from "./run-steps.ts";

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

/** @throws run_id_used, tick_taken, what can be wrong before the first step starts, and faults of tapline itself */
export async function runJob(options: JobOptions): Promise<JobResult> {
  await using begun = await beginJob(options);
  for (const gap of lostIn(options.project, begun.plan.job)) begun.tell(logEvent("warning", `Of meltano.yml, ${gap.what}: ${gap.text}`));
  const ran = await runSteps(begun, options);
  return await endJob(begun, ran, options);
}

/** What the plugins of this job lose of a Meltano project. */
function lostIn({ meltano }: JobOptions["project"], { steps }: Job): MeltanoGap[] {
  const names = steps.flatMap(({ work }) => (work.kind === "pipe" ? [work.tap, ...work.mappers, work.target] : [work.plugin]));
  const isConcerned = ({ plugin }: MeltanoGap): boolean => plugin === undefined || names.includes(plugin);
  return (meltano?.gaps ?? []).filter((gap) => gap.isOfRuns === true && isConcerned(gap));
}

async function endJob(begun: BegunJob, ran: RanSteps, options: JobOptions): Promise<JobResult> {
  const { started, record, history, events, tell } = begun;
  const { status, results: steps, failure, error } = ran;
  const { runId } = record;
  const exitCode = exitCodeOfJob({ status, steps, error, signal: options.stop.signal, wants99: options.request.exit_99 === true });
  const endedAt = new Date();
  // Before the record of the run: killed in between, a run that succeeded is not started again.
  await endTick(begun, ran);
  const end = { status, endedAt: endedAt.toISOString(), error: failure, rows: rowsOf(steps) };
  const { notes, tell: tellPeople } = tellingOf(options.project, history, { ...record, ...end });
  closeRun(history, runId, { ...end, eventBytes: events.bytes, ...(notes === undefined ? {} : { notices: notes }) });
  for (const message of await tellPeople(patienceOf(options))) tell(logEvent("warning", message));
  // After the record: who reads this event finds the run ended.
  const seconds = (endedAt.getTime() - started.getTime()) / 1000;
  tell({ type: "job_finished", runId, status, seconds, exitCode, error: failure });
  return { runId, status, steps, error, exitCode };
}

async function endTick({ tick, tell }: BegunJob, { status, failure, results, isInterrupted }: RanSteps): Promise<void> {
  try {
    if (failure?.code === "already_running") await tick?.postpone(failure.message);
    else await tick?.end(isInterrupted ? "interrupted" : status, { rows: loadedRows(results), error: failure?.message ?? null });
  } catch (error) {
    if (!(error instanceof TaplineError)) throw error;
    tell(logEvent("warning", `the end of this run could not be recorded for what started it, so it may run again: ${error.message}`));
  }
}

/** null: some stream's are not known. */
function loadedRows(results: RanSteps["results"]): number | null {
  const counts = results.flatMap((result) => (result?.kind === "pipe" ? result.streams.map(({ loaded }) => loaded) : []));
  return counts.some((count) => count === null) ? null : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

function rowsOf(steps: RanSteps["results"]): RunRows {
  const streams = steps.flatMap((step) => (step?.kind === "pipe" ? step.streams : []));
  const total = (count: (stream: StreamResult) => number): number => streams.reduce((sum, stream) => sum + count(stream), 0);
  return {
    loaded: total(({ loaded }) => loaded ?? 0),
    rejected: total(({ rejected, rejectedByTap }) => (rejected ?? 0) + (rejectedByTap?.count ?? 0)),
  };
}

/** The step has reported that the history can't be written. A run without an end is later shown as crashed. */
function closeRun(history: History, runId: string, end: RunEnd): void {
  try {
    history.closeRun(runId, end);
  } catch (error) {
    if (!(error instanceof TaplineError)) throw error;
  }
}
