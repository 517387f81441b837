/** The runs that a server started and that have not ended. */
import type { StartedRun } from "@tapline/runner";
import { ended, problemOf, started } from "./describe-event.ts";
import type { ServerEvent } from "./events.ts";
import type { PlanOutcome } from "./pass.ts";
import type { Plan } from "./plan.ts";

export interface ActiveRuns {
  add(plan: Plan, outcome: Extract<PlanOutcome, { kind: "started" }>): void;
  /** A run that a person asked for. */
  addAsked(run: StartedRun): void;
  /** Asks all of them to stop, and waits for their ends. */
  stop(): Promise<void>;
}

/** @param onEnd called after the end of each run of a plan: what waited for it may start now */
export function activeRuns(report: (event: ServerEvent) => void, onEnd: (plan: Plan) => void): ActiveRuns {
  const runs = new Map<StartedRun, Promise<void>>();
  return {
    add(plan, outcome) {
      const { run, runId, settled } = outcome;
      report(started(plan, outcome));
      const end = settled
        .then((tick) => report(ended(plan, runId, tick)))
        .catch((error: unknown) => report(problemOf(plan.name, error)))
        .then(() => {
          runs.delete(run);
          onEnd(plan);
        });
      runs.set(run, end);
    },
    addAsked(run) {
      const end = run.ended.then(() => {
        runs.delete(run);
      });
      runs.set(run, end);
    },
    async stop() {
      for (const run of runs.keys()) run.stop("SIGTERM");
      await Promise.all(runs.values());
    },
  };
}
