/** What a run tells while it goes on, and what it leaves: the runner's output, which views show and `--json` prints. */

import type { LogLevel, NodeResult } from "@tapline/protocol";
import type { Failure } from "./failure.ts";
import type { Guarantee } from "./guarantee.ts";
import type { StreamResult } from "./stream-result.ts";

export type RunEvent =
  | {
      type: "run_started";
      runId: string;
      stateId: string;
      environment: string;
      tap: string;
      target: string;
      /** What the tap goes on from; null where it starts from the beginning. */
      state: unknown;
      /** The streams that are read from their beginning; true: all. */
      fullRefresh: boolean | readonly string[];
      /** The target writes whole tables, so the tap starts from the beginning each time. */
      overwrite: boolean;
    }
  | { type: "utility_started"; name: string }
  | { type: "log"; plugin: string; level: LogLevel | undefined; message: string }
  /** A part of a utility's work ended. */
  | { type: "node"; plugin: string; node: NodeResult }
  | { type: "progress"; streams: StreamResult[] }
  | { type: "state"; value: string }
  /** What failed can pass: it is tried again in so many milliseconds. */
  | { type: "retrying"; name: string; waitMs: number; failure: Failure }
  /** A step it waits for failed, or the run was stopped before. */
  | { type: "step_skipped"; name: string }
  /** Each try of a step ends with one. */
  | { type: "run_finished"; result: StepResult };

export type StepResult = RunResult | UtilityResult;

/** Of a program that is no pipe. */
export interface UtilityResult {
  kind: "utility";
  /** The step's. */
  name: string;
  plugin: string;
  status: "done" | "failed" | "stopped";
  startedAt: string;
  seconds: number;
  /** null: killed by a signal. */
  exitCode: number | null;
  /** Parts of its work, where it tells of them. */
  nodes: NodeResult[];
  failure: Failure | null;
}

/** Of a tap into a target. */
export interface RunResult {
  kind: "pipe";
  runId: string;
  stateId: string;
  environment: string;
  tap: string;
  target: string;
  status: "done" | "failed" | "stopped";
  startedAt: string;
  seconds: number;
  streams: StreamResult[];
  /** JSON text. */
  stateBefore: string | null;
  stateAfter: string | null;
  /** Where the data went, by the setting that names it; null: not told. */
  place: { setting: string; value: string } | null;
  delivery: Guarantee;
  /** The tap started from the beginning, for the target writes whole tables. */
  overwrite: boolean;
  /** What a person should look at although the run is done. */
  warnings: string[];
  failure: Failure | null;
}
