/** What copying and moving a state have in common: two ids, each with the store of its environment, and what is kept there. */
import type { Store } from "@tapline/runner";
import { refuseToReplace } from "./replace-state.ts";
import { keptState, openStoreOf } from "./state-store.ts";
import { usage } from "./usage.ts";

export interface TwoIds {
  from: string;
  to: string;
}

export interface Places {
  source: Store;
  destination: Store;
  /** JSON text. */
  value: string;
  /** The state as it is to be kept under the other id, unless what is there now changes meanwhile. */
  arrival: { stateId: string; value: string; expected: string | null };
}

/** @throws state_same, state_not_kept, state_there and what opening a store throws */
export async function betweenIds({ from, to }: TwoIds, force: boolean, work: (places: Places) => Promise<void>): Promise<void> {
  if (from === to) throw usage.state_same({ id: from });
  await using source = await openStoreOf(from);
  await using destination = await openStoreOf(to);
  const { value } = await keptState(source, from);
  const [expected = null] = await refuseToReplace(destination, [to], force);
  await work({ source, destination, value, arrival: { stateId: to, value, expected } });
}
