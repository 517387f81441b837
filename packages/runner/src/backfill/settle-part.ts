/** Records the end of a partition whose run recorded none: it could not begin, or was killed. */
import { setTimeout as sleep } from "node:timers/promises";
import { decidePart, type Part } from "../partitions/backfill.ts";
import { endPart, type PartEnd } from "../partitions/rules.ts";
import type { ProcessEnd } from "../process/start-run.ts";
import type { Store } from "../state/store.ts";

/** A target that stops takes its time to commit its last cut. The next run stops one that does not end. */
const longestMs = 30_000;
const lookEveryMs = 200;

export interface EndedPart {
  key: string;
  runId: string;
  /** Of the partition. */
  stateId: string;
  end: ProcessEnd;
  /** The command was stopped, and stopped the run. */
  isStopped: boolean;
}

/** @returns the partition as it is now */
export async function settlePart(
  store: Store,
  { key, runId, stateId, end: { exitCode, stderr }, isStopped }: EndedPart,
): Promise<Part | undefined> {
  const part = await store.facts.get<Part>("partition", key);
  if (part === undefined || part.endedAt !== null || part.attempts.at(-1)?.runId !== runId) return part;
  await waitForLeftovers(store, stateId);
  const isKilled = part.status !== "claimed" || exitCode === null;
  const error = stderr === "" ? `its run ended with exit code ${exitCode}` : stderr;
  const own = { key, runId, rows: null };
  const end: PartEnd = isKilled
    ? { ...own, ...(isStopped ? { status: "interrupted", error: null } : { status: "killed", error: "its run was killed" }) }
    : { ...own, status: "failed", error };
  await decidePart(store, key, (values, now) => endPart(values, end, now));
  return store.facts.get<Part>("partition", key);
}

/** What a killed run left may still commit, so until it is gone the partition counts as at work, and a run of the pipe waits. */
async function waitForLeftovers(store: Store, stateId: string): Promise<void> {
  for (let waited = 0; waited < longestMs && (await store.holder(stateId)) !== undefined; waited += lookEveryMs) await sleep(lookEveryMs);
}
