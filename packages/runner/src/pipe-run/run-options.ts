/** What one step is run with. */

import type { Project } from "../model/project.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { Step } from "../model/step.ts";
import type { Grace, StopSource } from "../model/stop.ts";
export interface RunOptions {
  project: Project;
  step: Step;
  stop: StopSource;
  onEvent(event: RunEvent): void;
  /** These streams (true: all) are read from their beginning; the old state stays until the run's first STATE. */
  fullRefresh?: boolean | readonly string[];
  /** Patterns that narrow what the project selects of the tap. */
  filter?: readonly string[];
  refreshCatalog?: boolean;
  /** Over how many pipes the streams are split. Default: 1. */
  parallel?: number;
  /** Runs that this one tries again. A full refresh then goes on from what one of them committed. */
  earlierTries?: readonly string[];
  grace?: Partial<Grace>;
  /** Where only one step may write at a time, over all runs: it waits for its turn. */
  place?: string | null;
}
