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
  /** The flags of the command, for the history: `runs retry` needs them to do the same again. */
  flags?: Record<string, unknown>;
  /** The indexes of the steps to run; the others count as done. Default: all. */
  only?: ReadonlySet<number>;
  /** The id of the run whose steps are tried again. */
  retryOf?: string;
  /** The runs that this job's steps repeat: a full refresh continues from what they committed. */
  earlierTries?: readonly string[];
  /** The command that runs this job again, for hints. Default: `tapline run` with its name or its plugins. */
  command?: string;
  /** `step` is an index into the job's steps. */
  onEvent(event: RunEvent, step: number): void;
}
