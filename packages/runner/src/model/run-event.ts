/** What a run reports while it goes on, and its result: the runner's output, which views show and `--json` prints. */

import type { CostPart, Lag, LogLevel, MapCount, NodeResult, ReadProgress, RunStatus } from "@tapline/protocol";
import type { Failure } from "./failure.ts";
import type { Guarantee } from "./guarantee.ts";
import type { CheckResult } from "./planned-check.ts";
import type { Runner } from "./runner.ts";
import type { StreamResult } from "./stream-result.ts";
import type { Trigger } from "./trigger.ts";

export type RunEvent =
  | JobStarted
  | {
      type: "run_started";
      runId: string;
      stateId: string;
      environment: string;
      tap: string;
      target: string;
      /** The state the tap starts from; null: it starts from the beginning. */
      state: unknown;
      /** The streams that are read from the beginning; true: all. */
      fullRefresh: boolean | readonly string[];
      /** The target replaces whole tables, so the tap starts from the beginning each time. */
      overwrite: boolean;
    }
  | { type: "utility_started"; name: string }
  | { type: "log"; plugin: string; level: LogLevel | undefined; message: string }
  /** A part of a utility's work ended. */
  | { type: "node"; plugin: string; node: NodeResult }
  /** `read`: how much of all it will read the tap has read; null where it does not report it. */
  | {
      type: "progress";
      streams: StreamResult[];
      read: ReadProgress | null;
      /** Of a run that follows: how far the tap is behind its source. Left out before the tap tells. */
      lag?: Lag | undefined;
    }
  | { type: "state"; value: string }
  /** What a check found, at the end of a try. */
  | { type: "check"; result: CheckResult }
  /** The step failed in a way that may pass, and is tried again after `waitMs`. */
  | { type: "retrying"; name: string; waitMs: number; failure: Failure }
  | { type: "step_skipped"; name: string; reason: "an earlier step failed" | "the run was stopped" }
  /** The end of one try of a step. */
  | { type: "run_finished"; result: StepResult }
  | JobFinished;

/** The start of the whole run. The first event. */
export interface JobStarted {
  type: "job_started";
  runId: string;
  /** The job, or "tap-csv target-duckdb". */
  name: string;
  environment: string;
  trigger: Trigger;
  tags: Readonly<Record<string, string>>;
  /** The names of the job's steps; `step` of other events is an index into them. */
  steps: readonly string[];
  /** The process that runs it. */
  runner: Runner;
  /** A file that continues another one begins with this event again, and counts from 1. */
  part?: number;
}

/** The end of the whole run. The last event. */
export interface JobFinished {
  type: "job_finished";
  runId: string;
  status: JobStatus;
  seconds: number;
  /** That of `tapline run`. */
  exitCode: number;
  /** The error of the first step that failed. */
  error: Failure | null;
}

/** How a whole run ended. */
export type JobStatus = ResultStatus | "timed_out";

export type ResultStatus = Extract<RunStatus, "done" | "warning" | "failed" | "stopped">;

export type StepResult = RunResult | UtilityResult;

/** The result of a step that runs one program, such as dbt. */
export interface UtilityResult {
  kind: "utility";
  /** The step's name. */
  name: string;
  plugin: string;
  status: ResultStatus;
  startedAt: string;
  seconds: number;
  /** null: killed by a signal. */
  exitCode: number | null;
  /** Parts of its work, where it reports them. */
  nodes: NodeResult[];
  failure: Failure | null;
}

/** The result of a step that pipes a tap into a target. */
export interface RunResult {
  kind: "pipe";
  runId: string;
  stateId: string;
  environment: string;
  tap: string;
  target: string;
  status: ResultStatus;
  startedAt: string;
  seconds: number;
  streams: StreamResult[];
  /** JSON text. */
  stateBefore: string | null;
  stateAfter: string | null;
  /** Where the data went, with the target's setting that names it; null: the target does not report one. */
  place: { setting: string; value: string } | null;
  delivery: Guarantee;
  /** What the load cost; left out where the target does not report it. */
  cost?: readonly CostPart[];
  /** What stream maps did with records, for each stream and each that it became; left out where there are none. */
  mapped?: readonly MapCount[];
  /** What the checks of the step found; left out where it has none. */
  checks?: readonly CheckResult[];
  /** The tap started from the beginning, because the target replaces whole tables. */
  overwrite: boolean;
  /** Why it was not checked that the rows of earlier runs are still there; null: it was, or the run started from the beginning. */
  unchecked: string | null;
  /** What a person should look at even though the run succeeded: its status is then `warning`. */
  warnings: string[];
  /** The target reports at every end what it loaded, unless it is killed. */
  reportsLoad: boolean;
  /** The target shows its rows on request. */
  showsRows: boolean;
  failure: Failure | null;
}
