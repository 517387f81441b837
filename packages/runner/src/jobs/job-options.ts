/** What a job is run with. */

import type { RunEvent } from "../model/run-event.ts";
import type { StopSource } from "../model/stop.ts";
import type { PlanOptions } from "./plan.ts";

export interface JobOptions extends PlanOptions {
  stop: StopSource;
  /** With `from_ledger`: the state is kept in the target's ledger alone, in an entry of this name. It may be missing. */
  ledgerName?: string | undefined;
  /** The command that runs this job again, for hints. Default: `tapline run` with its name or its plugins. */
  command?: string;
  /** `step` is an index into the job's steps; null: the event is about the whole run. */
  onEvent(event: RunEvent, step: number | null): void;
}
