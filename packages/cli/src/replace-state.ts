/** Refuses to replace a state by a copy, a move or an import, unless the person asked for it with --force. */
import type { Store } from "@tapline/runner";
import { usage } from "./usage.ts";

/** Resolves to the state under each id, null for none. @throws state_there */
export async function refuseToReplace(store: Store, stateIds: readonly string[], force: boolean): Promise<(string | null)[]> {
  const kept = new Map((await store.states()).map(({ stateId, value }) => [stateId, value]));
  const there = stateIds.filter((stateId) => kept.has(stateId));
  if (there.length > 0 && !force) throw usage.state_there({ ids: there });
  return stateIds.map((stateId) => kept.get(stateId) ?? null);
}
