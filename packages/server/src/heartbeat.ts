/** Which servers are at work: each notes itself in the stores it uses. */
import { lifeOf, type Runner, type Store, thisRunner } from "@tapline/runner";

export interface ServerNote {
  runner: Runner;
  /** ISO 8601, in UTC. */
  startedAt: string;
}

const startedAt = new Date().toISOString();
/** A server on another machine counts as alive for this time after its last note. */
const noteMs = 60_000;

export async function noteServer(store: Store): Promise<void> {
  const runner = thisRunner();
  const key = `${runner.hostname}/${runner.pid}`;
  await store.facts.decide("server", [key], () => ({ answer: null, write: { [key]: { runner, startedAt } satisfies ServerNote } }));
}

/** Those that are alive, as far as this machine can know. */
export async function aliveServers(store: Store, now: Date): Promise<ServerNote[]> {
  const notes = await store.facts.list<ServerNote>("server");
  return notes
    .filter(({ value: { runner }, changedAt }) => {
      const life = lifeOf(runner);
      return life === "alive" || (life === "unknown" && now.getTime() - Date.parse(changedAt) < noteMs);
    })
    .map(({ value }) => value);
}
