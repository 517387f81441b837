/** Does once what a server does all the time: for cron, which calls it each minute. */
import { isSuccess } from "@tapline/protocol";
import type { Project, StartRun } from "@tapline/runner";
import { ended, problemOf, started } from "./describe-event.ts";
import type { ServerEvent } from "./events.ts";
import { forgetOld } from "./forget.ts";
import { passPlan } from "./pass.ts";
import { type Plan, plansOf } from "./plan.ts";
import { type Stores, storesOf } from "./stores.ts";

export interface TickOptions {
  project: Project;
  start: StartRun;
  /** Folders in which plugins are found. */
  binFolders: readonly string[];
  now: Date;
  onEvent(event: ServerEvent): void;
}

export interface TickResult {
  started: number;
  /** Runs that failed, and schedules or sensors that could not be looked at. */
  failed: number;
}

/** Starts what is due, and waits for the runs it started. @throws what is wrong with the schedules in tapline.yml */
export async function tickOnce({ project, start, binFolders, now, onEvent }: TickOptions): Promise<TickResult> {
  await using stores = storesOf(project);
  const runs: Promise<boolean>[] = [];
  let problems = 0;
  const plans = plansOf(project);
  for (const plan of plans) {
    try {
      const outcome = await passPlan(plan, { project, ...stores, start, binFolders, now });
      if (outcome.kind === "waiting") onEvent({ type: "waiting", name: plan.name, job: plan.job, ...outcome });
      if (outcome.kind !== "started") continue;
      onEvent(started(plan, outcome));
      runs.push(
        outcome.settled.then((tick) => {
          onEvent(ended(plan, outcome.runId, tick));
          return tick !== undefined && isSuccess(tick.status);
        }),
      );
    } catch (error) {
      problems++;
      onEvent(problemOf(plan.name, error));
    }
  }
  const succeeded = await Promise.all(runs);
  // What is kept only grows by what was started.
  if (runs.length > 0) await forgetIn(plans, stores, { project, onEvent, now });
  return { started: runs.length, failed: succeeded.filter((each) => !each).length + problems };
}

/** A pass that did its work has not failed because old records stay. */
async function forgetIn(
  all: readonly Plan[],
  stores: Stores,
  { project, onEvent, now }: Pick<TickOptions, "project" | "onEvent" | "now">,
): Promise<void> {
  for (const environment of new Set(all.map((plan) => plan.environment)))
    try {
      const plans = all.filter((plan) => plan.environment === environment);
      await forgetOld({ project, store: await stores.storeOf(environment), plans, now });
    } catch (error) {
      onEvent(problemOf(null, error));
    }
}
