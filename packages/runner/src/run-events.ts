/** What a run tells while it goes on, and what it leaves: the runner's output, which views show and `--json` prints. */
import type { Level } from "./plugin-output.ts";
import type { StreamResult } from "./progress.ts";
import type { Failure } from "./verdict.ts";

export type RunEvent =
  | {
      type: "run_started";
      runId: string;
      stateId: string;
      environment: string;
      tap: string;
      target: string;
      state: unknown;
      fullRefresh: boolean;
    }
  | { type: "log"; plugin: string; level: Level | undefined; message: string }
  | { type: "progress"; streams: StreamResult[] }
  | { type: "state"; value: string };

export interface RunResult {
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
  failure: Failure | null;
}
