/** What a schedule or a sensor is to run next, whether or not it may start now. */
import { type ClaimRequest, decideTick, missTick, type Project, type Store, tickKey } from "@tapline/runner";
import { dueOf } from "./due.ts";
import { frontierOf, newestTick } from "./frontier.ts";
import type { Plan, SchedulePlan, SensorPlan } from "./plan.ts";
import { afterLook, noMemory, type SensorMemory, watchedFiles } from "./watched-files.ts";

export type FreshTick = ClaimRequest["fresh"];

/** undefined: nothing is due. What was missed is recorded. */
export function nextTick(project: Project, store: Store, plan: Plan, now: Date): Promise<FreshTick | undefined> {
  return plan.kind === "schedule" ? nextOfSchedule(store, plan, now) : nextOfSensor(project.folder, store, plan, now);
}

async function nextOfSchedule(store: Store, plan: SchedulePlan, now: Date): Promise<FreshTick | undefined> {
  const { open, since } = await frontierOf(store, plan, now);
  // One after another: later due times wait for the end of this one, or are missed.
  if (open !== undefined) return open;
  const due = dueOf({ ...plan, since, now });
  if (due === undefined) return undefined;
  const { name, job } = plan;
  const fresh: FreshTick = { name, kind: "schedule", dueAt: due.dueAt, job, missed: due.missed };
  if (!due.isMissed) return fresh;
  await decideTick(store, tickKey(name, due.dueAt), (values, at) => missTick(values, fresh, at));
  return undefined;
}

/** The look at the files, and the decision to start for them, are one transaction: two servers never start for the same files. */
async function nextOfSensor(folder: string, store: Store, plan: SensorPlan, now: Date): Promise<FreshTick | undefined> {
  const { name, job, minAgeMs } = plan;
  const files = await watchedFiles(folder, plan);
  const last = await newestTick(store, name);
  const pending = await store.facts.decide<SensorMemory, SensorMemory["pending"]>("sensor", [name], ([memory = noMemory]) => {
    const isOver = memory.pending !== null && last?.dueAt === memory.pending.dueAt && last.endedAt !== null;
    const before = isOver ? { ...memory, pending: null } : memory;
    const after = afterLook(before, files, { minAgeMs, now });
    const isSame = JSON.stringify(after) === JSON.stringify(memory);
    return { answer: after.pending, ...(!isSame && { write: { [name]: after } }) };
  });
  return pending === null ? undefined : { name, kind: "sensor", dueAt: pending.dueAt, job, missed: null, files: pending.files };
}
