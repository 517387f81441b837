/** A state is replaced by a copy, a move or an import only where a person said so. */
import type { Store } from "@tapline/runner";
import { usage } from "./usage.ts";

/** What is kept under each of these ids now, null for nothing. @throws state_there */
export async function refuseToReplace(store: Store, stateIds: readonly string[], force: boolean): Promise<(string | null)[]> {
  const kept = new Map((await store.states()).map(({ stateId, value }) => [stateId, value]));
  const there = stateIds.filter((stateId) => kept.has(stateId));
  if (there.length > 0 && !force) throw usage.state_there({ ids: there });
  return stateIds.map((stateId) => kept.get(stateId) ?? null);
}
