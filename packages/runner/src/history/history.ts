/**
 * What a project's runs did: each command, its steps, their streams. It stays in the project's own SQLite file whatever
 * store keeps the states, and nothing a run decides is read from here.
 */

import type { NodeResult, RunStatus } from "@tapline/protocol";
import type { Failure } from "../model/failure.ts";
import type { StreamResult } from "../model/stream-result.ts";
import type { ProcessIdentity } from "../process/liveness.ts";

export type StepStatus = "waiting" | "skipped" | RunStatus;

/** One `tapline run`. */
export interface RunRecord {
  runId: string;
  /** The job, or "tap-csv target-duckdb". */
  name: string;
  /** "command", or "retry of RUN". */
  trigger: string;
  environment: string;
  tags: Record<string, string>;
  /** What it was told, to be able to run it again: flags by name. */
  flags: Record<string, unknown>;
  status: RunStatus;
  startedAt: string;
  endedAt: string | null;
  /** Of the step that failed first. */
  error: Failure | null;
  /** Below the project's folder. */
  logFile: string;
  runner: ProcessIdentity;
}

/** A step of a run, or one part of a step that is split over several pipes. */
export interface StepRecord {
  runId: string;
  /** From 0, in the order of the job; a part has the number of its own. */
  index: number;
  /** As it is written in the job. */
  name: string;
  /** null where none is kept: a utility, or a run that does not keep it. */
  stateId: string | null;
  status: StepStatus;
  /** The ids of its tries in the store, in the target's ledger and in its rows' metadata. */
  attempts: string[];
  startedAt: string | null;
  endedAt: string | null;
  /** What its plugins said of themselves. */
  plugins: { name: string; version: string | null }[];
  /** Of a utility. */
  exitCode: number | null;
  error: Failure | null;
  streams: StreamRecord[];
  /** Parts of a utility's work. Older records have none. */
  nodes?: NodeResult[];
}

export interface StreamRecord extends StreamResult {
  /** null: not told. */
  rowsPerSecond: number | null;
  bytesPerSecond: number | null;
  /** Its part under `bookmarks` in the state; null where there is none. */
  bookmarkBefore: unknown;
  bookmarkAfter: unknown;
}

export interface RunFilter {
  limit: number;
  name?: string | undefined;
  status?: RunStatus | undefined;
  /** Each of them must be there. */
  tags?: Record<string, string>;
}

export interface History extends Disposable {
  openRun(run: RunRecord): void;
  closeRun(runId: string, end: Pick<RunRecord, "status" | "endedAt" | "error">): void;
  /** Inserts it, or replaces what is known of it. */
  noteStep(step: StepRecord): void;
  /** Newest first. One whose runner is gone is "crashed". */
  runs(filter: RunFilter): RunRecord[];
  run(runId: string): RunRecord | undefined;
  steps(runId: string): StepRecord[];
}
