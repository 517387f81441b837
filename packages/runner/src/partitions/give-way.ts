/**
 * A run of a pipe and the partitions of a back-fill of it never load at the same time: what one of them read before the other committed, it
 * would write over newer rows. A run that has its state id waits for the partitions at work. A partition is claimed first, and given back
 * where the state id is held. So of the two that begin at once at least one sees the other, and no new partition starts while a run waits.
 */

import { stateIdOfPart } from "../model/state-id.ts";
import type { StopSource } from "../model/stop.ts";
import { waitUnlessStopped } from "../process/pause.ts";
import type { Store } from "../state/store.ts";
import { stillActive } from "../ticks/tick.ts";
import { type ActivePart, activePartsKey } from "./backfill.ts";

const lookEveryMs = 500;

export interface GiveWay {
  store: Store;
  /** It is held by the run that waits. */
  stateId: string;
  stop: StopSource;
  /** Called once, where it waits. */
  onWait(parts: readonly ActivePart[]): void;
}

/** Resolves when no partition of the pipe is at work, or the run is asked to stop. */
export async function waitForPartitions({ store, stateId, stop, onWait }: GiveWay): Promise<void> {
  for (let isTold = false; stop.signal === undefined; isTold = true) {
    const listed = (await store.facts.get<ActivePart[]>("partition", activePartsKey)) ?? [];
    const own = listed.filter((each) => each.stateId === stateId);
    const alive = stillActive(own, new Date());
    const parts = [
      ...alive,
      ...(await withLeftovers(
        own.filter((each) => !alive.includes(each)),
        store,
      )),
    ];
    if (parts.length === 0) return;
    if (!isTold) onWait(parts);
    await waitUnlessStopped(lookEveryMs, stop);
  }
}

/** Those whose run was killed, and left processes that may still commit. */
async function withLeftovers(dead: readonly ActivePart[], store: Store): Promise<ActivePart[]> {
  const found: ActivePart[] = [];
  for (const part of dead) if ((await store.holder(stateIdOfPart(part.stateId, part.backfill, part.name))) !== undefined) found.push(part);
  return found;
}
