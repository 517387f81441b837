/** Schedules, sensors and jobs that a person paused: nothing starts by itself until they are resumed. */
import type { Store } from "@tapline/runner";
import type { Plan } from "./plan.ts";

export interface Pause {
  /** ISO 8601, in UTC. */
  since: string;
  reason: string | null;
}

/** @param name of a schedule, a sensor or a job */
export async function pause(store: Store, name: string, reason: string | null): Promise<Pause> {
  return store.facts.decide<Pause, Pause>("pause", [name], ([found], now) => {
    const answer = found ?? { since: now.toISOString(), reason };
    return { answer, write: { [name]: answer } };
  });
}

/** @returns whether it was paused */
export function resume(store: Store, name: string): Promise<boolean> {
  return store.facts.decide<Pause, boolean>("pause", [name], ([found]) =>
    found === undefined ? { answer: false } : { answer: true, write: { [name]: null } },
  );
}

export function pauseNamed(store: Store, name: string): Promise<Pause | undefined> {
  return store.facts.get<Pause>("pause", name);
}

/** The pause of the plan, or of its job. */
export async function pauseOf(store: Store, { name, job }: Pick<Plan, "name" | "job">): Promise<(Pause & { name: string }) | undefined> {
  for (const each of [name, job]) {
    const found = await pauseNamed(store, each);
    if (found !== undefined) return { ...found, name: each };
  }
  return undefined;
}
