/** Claims a state id for a new run: refuses while another run holds it, and stops the processes that a crashed run left. */
import type { Grace } from "../model/stop.ts";
import { endLeftover } from "../process/child.ts";
import { isAlive } from "../process/liveness.ts";
import { alreadyRunning } from "./rules.ts";
import type { OpenRun, PreviousRun, Store } from "./store.ts";

export interface ClaimOptions {
  store: Store;
  runId: string;
  stateId: string;
  grace: Grace;
  warn(message: string): void;
}

/** Resolves to the run before this one. @throws already_running, leftover_unstoppable */
export async function claimStateId(options: ClaimOptions): Promise<PreviousRun | null> {
  for (;;) {
    const claim = await options.store.claim(options);
    if (claim.outcome === "claimed") return claim.previous;
    if (claim.outcome === "busy") throw alreadyRunning(options.stateId, claim.run);
    await endLeftovers(options, claim.run);
  }
}

/** In the order in which they were started, so the target first: it must not see the end of its input. */
async function endLeftovers({ store, stateId, grace, warn }: ClaimOptions, run: OpenRun): Promise<void> {
  for (const child of run.children.filter(isAlive)) await endLeftover({ whose: `Run ${run.runId}`, ...child }, grace.targetMs, warn);
  await store.markCrashed({ runId: run.runId, stateId });
}
