/** A run's hold on the partition of a back-fill that it loads: taken at the start, kept with a lease, given back at the end. */
import { isSuccess } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { JobRequest } from "../model/job-request.ts";
import { thisRunner } from "../state/host.ts";
import { openStore } from "../state/open-store.ts";
import type { HeldTick, HoldOptions } from "../ticks/held-tick.ts";
import { keepHolding } from "../ticks/keep-holding.ts";
import { decidePart, partKey } from "./backfill.ts";
import { endPart, holdPart, releasePart } from "./rules.ts";

/** undefined: no back-fill started the run. @throws partition_taken, and errors of the store */
export async function heldPartOf(
  { trigger }: JobRequest,
  { project, environment, runId, onLost }: HoldOptions,
): Promise<HeldTick | undefined> {
  if (trigger?.kind !== "backfill") return undefined;
  const store = await openStore(project, environment);
  const key = partKey(trigger.id, trigger.partition);
  const request = { key, runId, holder: thisRunner(), leaseMs: store.leaseMs };
  const hold = (): Promise<boolean> => decidePart(store, key, (values, now) => holdPart(values, request, now));
  if (!(await hold())) {
    await store[Symbol.asyncDispose]();
    throw errors.partition_taken({ id: trigger.id, partition: trigger.partition, runId });
  }
  const stop = keepHolding({ hold, leaseMs: store.leaseMs, onLost });
  return {
    async end(status, { rows, error }) {
      stop();
      const end = status === "interrupted" || status === "stopped" ? "interrupted" : isSuccess(status) ? "done" : "failed";
      await decidePart(store, key, (values, now) => endPart(values, { key, runId, status: end, rows, error }, now));
    },
    async postpone() {
      stop();
      await decidePart(store, key, (values) => releasePart(values, { key, runId }));
    },
    async [Symbol.asyncDispose]() {
      stop();
      await store[Symbol.asyncDispose]();
    },
  };
}
