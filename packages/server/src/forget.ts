/** Forgets ticks, notices and back-fills that are older than the history of runs is kept. */
import { keepDaysOf, type Project, type Store } from "@tapline/runner";
import { newestTick, type ScheduleMemory } from "./frontier.ts";
import type { Plan } from "./plan.ts";

export interface ForgetOptions {
  project: Project;
  /** Of the plans' environment. */
  store: Store;
  plans: readonly Plan[];
  now: Date;
}

/** A schedule that runs once a year goes on from its last tick, also when that is forgotten. */
export async function forgetOld({ project, store, plans, now }: ForgetOptions): Promise<void> {
  for (const plan of plans) {
    const newest = plan.kind === "schedule" ? await newestTick(store, plan.name) : undefined;
    if (newest === undefined) continue;
    await store.facts.decide<ScheduleMemory, null>("schedule", [plan.name], ([memory]) =>
      memory === undefined || memory.since >= newest.dueAt
        ? { answer: null }
        : { answer: null, write: { [plan.name]: { ...memory, since: newest.dueAt } } },
    );
  }
  const before = new Date(now.getTime() - keepDaysOf(project) * 86_400_000);
  for (const kind of ["tick", "notice", "backfill", "partition"] as const) await store.facts.prune(kind, before);
}
