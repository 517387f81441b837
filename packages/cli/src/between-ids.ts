/** The common part of copying and moving a state: two ids, each with the store of its environment. */
import type { Store } from "@tapline/runner";
import { refuseToReplace } from "./replace-state.ts";
import { keptState, openStoreOf } from "./state-store.ts";
import { usage } from "./usage.ts";

export interface TwoIds {
  from: string;
  to: string;
}

export interface Transfer {
  source: Store;
  destination: Store;
  /** JSON text. */
  value: string;
  /** The change of the other id. It is refused if the state there changes meanwhile. */
  arrival: { stateId: string; value: string; expected: string | null };
}

/** @throws state_same, state_not_kept, state_there and what opening a store throws */
export async function betweenIds({ from, to }: TwoIds, force: boolean, work: (transfer: Transfer) => Promise<void>): Promise<void> {
  if (from === to) throw usage.state_same({ id: from });
  await using source = await openStoreOf(from);
  await using destination = await openStoreOf(to);
  const { value } = await keptState(source, from);
  const [expected = null] = await refuseToReplace(destination, [to], force);
  await work({ source, destination, value, arrival: { stateId: to, value, expected } });
}
