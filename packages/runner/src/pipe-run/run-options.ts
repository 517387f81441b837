/** What one step is run with. */

import type { Catalog } from "@tapline/protocol";
import type { Project } from "../model/project.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { Step } from "../model/step.ts";
import type { Grace, StopSource } from "../model/stop.ts";
export interface RunOptions {
  project: Project;
  step: Step;
  /** The id of this try in the store, in the target's ledger and in the metadata of its rows. Default: a new one. */
  runId?: string;
  stop: StopSource;
  onEvent(event: RunEvent): void;
  /** The streams to read from the beginning; true: all. The old state is kept until the run's first STATE. */
  fullRefresh?: boolean | readonly string[];
  /** Streams whose tables are replaced by what this run reads. They must be read from the beginning. */
  replace?: readonly string[];
  /** The tap stays and follows its source. A signal then ends the run at the next place where its input is whole. */
  follows?: boolean;
  /** Start from the state in the target's ledger. */
  fromLedger?: boolean;
  /**
   * With `fromLedger`: the state is kept in the target's ledger alone, in an entry of this name, whatever the store of this run is. A
   * ledger without the entry means the beginning.
   */
  ledgerName?: string | undefined;
  /** What the run was started with, without options, for hints. Default: `tapline run` and its plugins. */
  command?: string | undefined;
  /** What a lane reads. */
  laneCatalog?: Catalog;
  /** Patterns that narrow what the project selects. */
  filter?: readonly string[];
  refreshCatalog?: boolean;
  /** Number of pipes that the streams are split over. Default: 1. */
  parallel?: number;
  /** The runs that this one repeats. A full refresh then continues from what one of them committed. */
  earlierTries?: readonly string[];
  grace?: Partial<Grace>;
  /** A path that only one step may write to at a time. The run waits until no other step writes to it. */
  writesTo?: string | null;
}
