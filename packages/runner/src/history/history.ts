/**
 * The history of a project's runs: each command, its steps, their streams. It is in the project's SQLite file, whichever store keeps the
 * states, and no run decides anything by it.
 */

import type { NodeResult, RunStatus } from "@tapline/protocol";
import type { Failure } from "../model/failure.ts";
import type { JobRequest } from "../model/job-request.ts";
import type { CheckResult } from "../model/planned-check.ts";
import type { Runner } from "../model/runner.ts";
import type { StreamResult } from "../model/stream-result.ts";
import type { Trigger, TriggerKind } from "../model/trigger.ts";

export type StepStatus = "waiting" | "skipped" | RunStatus;

/** One `tapline run`. */
export interface RunRecord {
  runId: string;
  /** The job, or "tap-csv target-duckdb". */
  name: string;
  trigger: Trigger;
  environment: string;
  tags: Record<string, string>;
  /** What was asked for, so that it can be run again. */
  request: JobRequest;
  status: RunStatus;
  startedAt: string;
  endedAt: string | null;
  /** The error of the first step that failed. */
  error: Failure | null;
  /** The text log of a run of an earlier version, relative to the project's folder. Later runs keep events. */
  logFile?: string;
  runner: Runner;
  /** Over all streams. Left out until the run has ended, and in old records. */
  rows?: RunRows;
  /** Who was told how it ended; null: that is not decided yet. Left out where nobody is to be told. */
  notices?: NoticeNote[] | null;
}

export interface RunRows {
  loaded: number;
  /** By the taps and by the targets. */
  rejected: number;
}

/** What became of a notice about a run. */
export interface NoticeNote {
  channel: string;
  event: string;
  /** waiting: it has not been sent yet. known: another process sent it. folded: people were told of the same cause before. */
  outcome: "waiting" | "sent" | "refused" | "unsure" | "known" | "folded";
  reason: string | null;
}

/** A step of a run. */
export interface StepRecord {
  runId: string;
  /** The number of the step in the job, from 0. */
  index: number;
  /** The name as it is written in the job. */
  name: string;
  /** null for a utility, which has no state. */
  stateId: string | null;
  status: StepStatus;
  /** The ids of its tries, as in the store and the target's ledger: the run's id, with a suffix or without. In old records they are unlike the run's id. */
  attempts: string[];
  startedAt: string | null;
  endedAt: string | null;
  /** Its plugins, with the versions they report. */
  plugins: { name: string; version: string | null }[];
  /** The exit code of a utility. */
  exitCode: number | null;
  error: Failure | null;
  streams: StreamRecord[];
  /** Why its status is `warning`. Missing in old records and in those of utilities. */
  warnings?: string[];
  /** What the checks of its last try found. Missing where it has none. */
  checks?: readonly CheckResult[];
  /** The parts of a utility's work. Missing in old records. */
  nodes?: NodeResult[];
}

export interface StreamRecord extends StreamResult {
  /** A rate is null where it is not known. */
  rowsPerSecond: number | null;
  bytesPerSecond: number | null;
  /** The bookmark of the stream in the state; null: there is none. */
  bookmarkBefore: unknown;
  bookmarkAfter: unknown;
}

/** What a run did with one stream. */
export interface StreamRun {
  run: RunRecord;
  /** The number of the step. */
  step: number;
  result: StreamRecord;
}

export interface RunFilter {
  limit: number;
  /** Only runs before this one, as listed: the last run of the page before. */
  before?: string | undefined;
  name?: string | undefined;
  status?: RunStatus | undefined;
  environment?: string | undefined;
  trigger?: TriggerKind | undefined;
  /** Only runs that started at this instant or later, in ISO 8601. */
  since?: string | undefined;
  /** All of them must match. */
  tags?: Record<string, string>;
}

export interface RunEnd extends Pick<RunRecord, "status" | "endedAt" | "error" | "rows" | "notices"> {
  /** The size of the files with its events. */
  eventBytes: number;
}

export interface History extends Disposable {
  /** @throws run_id_used */
  openRun(run: RunRecord): void;
  closeRun(runId: string, end: RunEnd): void;
  /** Replaces what is known about the notices of a run. */
  noteNotices(runId: string, notices: NoticeNote[]): void;
  /** Inserts the step or replaces its record. */
  noteStep(step: StepRecord): void;
  /** Newest first. A run without an end whose runner is gone has the status "crashed". */
  runs(filter: RunFilter): RunRecord[];
  run(runId: string): RunRecord | undefined;
  /** The runs whose id begins so, two at most. */
  runsLike(start: string): RunRecord[];
  /** The run with a try of this id. In old records, the ids of tries are unlike those of their runs. */
  runOfAttempt(tryId: string): RunRecord | undefined;
  steps(runId: string): StepRecord[];
  /** What the last runs of a job did with one stream. The newest run first. */
  streamRuns(filter: { name: string; environment: string; stream: string; limit: number }): StreamRun[];
  /** The start of the last run that was forgotten; null: the history is whole. */
  forgottenUntil(): string | null;
  readonly retention: RetentionQueries;
}

/** What deletes old runs needs of the history. Each call does a bounded amount of work. */
export interface RetentionQueries {
  /** The oldest runs that started before an instant and are over. */
  startedBefore(instant: string, limit: number): RunRecord[];
  /** Deletes the records of runs and their steps. */
  forget(runs: readonly RunRecord[]): void;
  /** Runs whose process is gone although they have no end. */
  crashed(limit: number): RunRecord[];
  /** Keeps that the run crashed. */
  noteCrash(run: RunRecord, eventBytes: number): void;
  /** The size of the events of all runs that are over. */
  eventBytes(): number;
  /** The oldest runs whose events are kept. */
  withEvents(limit: number): { runId: string; eventBytes: number }[];
  /** The events of these runs are deleted. */
  dropEvents(runIds: readonly string[]): void;
}
