/** What a job is run with. */

import type { RunEvent } from "../model/run-event.ts";
import type { StopSource } from "../model/stop.ts";
import type { PlanOptions } from "./plan.ts";
export interface JobOptions extends PlanOptions {
  stop: StopSource;
  timeoutMs?: number | undefined;
  tags?: Record<string, string>;
  /** Default: "command". */
  trigger?: string;
  /** For the history: what `runs retry` needs to do the same again. */
  flags?: Record<string, unknown>;
  /** Indexes; the others count as done. Default: all. */
  only?: ReadonlySet<number>;
  /** The run whose steps are tried again. */
  retryOf?: string;
  /** Runs that this job's steps try again: a full refresh goes on from what they committed. */
  earlierTries?: readonly string[];
  /** `step` is an index into the job's steps. */
  onEvent(event: RunEvent, step: number): void;
}
