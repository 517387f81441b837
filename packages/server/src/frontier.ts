/** Where a schedule stands: its newest tick, and from which time on its due times count. */
import { isSuccess } from "@tapline/protocol";
import { isFinal, type Store, type Tick } from "@tapline/runner";
import type { SchedulePlan } from "./plan.ts";

export interface ScheduleMemory {
  signature: string;
  since: string;
}

export interface Frontier {
  /** The newest tick, where it is not over. */
  open: Tick | undefined;
  since: Date;
}

/** A schedule that is new, or whose expression changed, counts from now on: nothing of before is due. */
export async function frontierOf(store: Store, { name, signature }: SchedulePlan, now: Date): Promise<Frontier> {
  const since = await store.facts.decide<ScheduleMemory, string>("schedule", [name], ([memory]) =>
    memory?.signature === signature
      ? { answer: memory.since }
      : { answer: now.toISOString(), write: { [name]: { signature, since: now.toISOString() } } },
  );
  const newest = await newestTick(store, name);
  const open = newest !== undefined && !isFinal(newest.status) ? newest : undefined;
  return { open, since: sinceOf(since, newest) };
}

/** From the newest tick on; without one, from when the schedule was first seen. */
export function sinceOf(firstSeen: string, newest: Tick | undefined): Date {
  return new Date(newest !== undefined && newest.dueAt > firstSeen ? newest.dueAt : firstSeen);
}

export async function newestTick(store: Store, name: string): Promise<Tick | undefined> {
  return (await ticksOf(store, name, 1))[0];
}

/** Newest first. */
export async function ticksOf(store: Store, name: string, limit: number): Promise<Tick[]> {
  const facts = await store.facts.list<Tick>("tick", { prefix: `${name}/`, order: "descending", limit });
  return facts.map(({ value }) => value);
}

/** undefined: none of the newest ticks succeeded. */
export async function lastSuccess(store: Store, name: string): Promise<Date | undefined> {
  const found = (await ticksOf(store, name, 50)).find(({ status }) => isSuccess(status));
  return found?.endedAt == null ? undefined : new Date(found.endedAt);
}
