/** The state ids of a step's lanes: `ID/1`, `ID/2`, … In the store and in the ledger, lane by lane. */
import type { Store } from "../state/store.ts";

/** "/1" for the first lane. */
export function laneSuffix(index: number): string {
  return `/${index + 1}`;
}

/** The suffixes of the lanes that ever ran. */
export async function lanesOf(store: Store, stateId: string): Promise<string[]> {
  const suffixes: string[] = [];
  while ((await store.history(`${stateId}${laneSuffix(suffixes.length)}`, 1)).length > 0) suffixes.push(laneSuffix(suffixes.length));
  return suffixes;
}
