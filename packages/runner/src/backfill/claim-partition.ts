/** The claim of one partition, and the request for the run that loads it. */
import type { JobRequest } from "../model/job-request.ts";
import { decidePart, partKey } from "../partitions/backfill.ts";
import { claimPart, type PartClaim, releasePart } from "../partitions/rules.ts";
import { thisRunner } from "../state/host.ts";
import type { Store } from "../state/store.ts";
import type { BackfillPlan, PlannedPart } from "./plan-backfill.ts";

export interface ClaimOptions {
  store: Store;
  /** How many partitions are loaded at once. */
  parallel: number;
}

/** The claim, unless a run of the pipe itself is at work: then nothing is claimed. `runId`: who has what is wanted. */
export async function claim(
  { store, parallel }: ClaimOptions,
  { id, part, runId, since }: { id: string; part: PlannedPart; runId: string; since: string },
): Promise<{ outcome: PartClaim["outcome"] | "busy"; runId?: string }> {
  const key = partKey(id, part.name);
  const { stateId } = part.pipe;
  const request = { backfill: id, name: part.name, stateId, runId, holder: thisRunner(), leaseMs: store.leaseMs, parallel, since };
  const claimed = await decidePart(store, key, (values, now) => claimPart(values, request, now));
  if (claimed.outcome !== "claimed") return claimed;
  const holder = await store.holder(stateId);
  if (holder === undefined) return claimed;
  await decidePart(store, key, (values) => releasePart(values, { key, runId }));
  return { outcome: "busy", runId: holder.runId };
}

export function requestOf({ plan }: { plan: BackfillPlan }, id: string, { name, partition, pipe }: PlannedPart, runId: string): JobRequest {
  return {
    words: plan.words,
    environment: plan.environment,
    select: pipe.streams.map(({ stream }) => stream),
    only: [pipe.index],
    from: partition.from,
    to: partition.to,
    ...(plan.mode === "replace" && { replace_range: true }),
    run_id: runId,
    trigger: { kind: "backfill", id, partition: name },
  };
}
