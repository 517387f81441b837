/** What is fixed about a run from the moment it holds its state id. */
import type { Step } from "./step.ts";
import type { Grace } from "./stop.ts";

export interface RunFacts {
  readonly runId: string;
  readonly step: Step;
  /** The key of the run's state in the target's ledger. */
  readonly ledgerId: string;
  /** The project's folder. */
  readonly folder: string;
  /** What its plugins inherit. */
  readonly processEnv: NodeJS.ProcessEnv;
  readonly grace: Grace;
}
