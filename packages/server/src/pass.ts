/** One pass over all schedules and sensors: what is due and may run is claimed and started, the rest is told why it waits. */
import {
  type ActiveTick,
  type Block,
  type ClaimAnswer,
  claimTick,
  decideTick,
  endTick,
  makeRunId,
  type ProcessEnd,
  type Project,
  type StartedRun,
  type StartRun,
  type Store,
  type Tick,
  thisRunner,
  tickKey,
} from "@tapline/runner";
import { type FreshTick, nextTick } from "./next-tick.ts";
import { pauseOf } from "./pause.ts";
import { limitsOf, type Plan } from "./plan.ts";

/** Why a tick that is due does not start. */
export type Waiting =
  | { reason: "paused"; name: string; since: string; why: string | null }
  | { reason: "running"; runId: string }
  | { reason: "job_full" | "all_full"; active: ActiveTick[] }
  | { reason: "postponed"; until: string; why: string };

export type PlanOutcome =
  | { kind: "idle" }
  | { kind: "waiting"; waiting: Waiting; dueAt: string | null }
  | { kind: "started"; tick: FreshTick; runId: string; run: StartedRun; settled: Promise<Tick | undefined> };

export interface PassOptions {
  project: Project;
  storeOf(environment: string): Promise<Store>;
  start: StartRun;
  /** Folders in which plugins are found. */
  binFolders: readonly string[];
  now: Date;
}

/** @throws errors of the store, and of files that can't be listed */
export async function passPlan(plan: Plan, { project, storeOf, start, binFolders, now }: PassOptions): Promise<PlanOutcome> {
  const store = await storeOf(plan.environment);
  const paused = await pauseOf(store, plan);
  if (paused !== undefined) {
    const { name, since, reason: why } = paused;
    return { kind: "waiting", waiting: { reason: "paused", name, since, why }, dueAt: null };
  }
  const fresh = await nextTick(plan, { project, store, binFolders, now });
  if (fresh === undefined) return { kind: "idle" };
  const key = tickKey(fresh.name, fresh.dueAt);
  const runId = makeRunId(now);
  const claim = await decideTick<ClaimAnswer>(store, key, (values, at) =>
    claimTick(values, { fresh, runId, holder: thisRunner(), leaseMs: store.leaseMs, limits: limitsOf(project, plan) }, at),
  );
  if (claim.outcome !== "claimed") {
    const waiting = await waitingOf(store, key, claim);
    return waiting === undefined ? { kind: "idle" } : { kind: "waiting", waiting, dueAt: fresh.dueAt };
  }
  const run = start({
    words: [plan.job],
    environment: plan.environment,
    run_id: runId,
    trigger: { kind: plan.kind, name: plan.name, due_at: fresh.dueAt },
  });
  return { kind: "started", tick: fresh, runId, run, settled: run.ended.then((end) => settle(store, { key, runId, end })) };
}

export function waitingFor(block: Block): Waiting {
  return block.outcome === "postponed"
    ? { reason: "postponed", until: block.until, why: block.reason }
    : { reason: block.by === "job" ? "job_full" : "all_full", active: block.active };
}

async function waitingOf(store: Store, key: string, claim: Exclude<ClaimAnswer, { outcome: "claimed" }>): Promise<Waiting | undefined> {
  if (claim.outcome !== "taken") return waitingFor(claim);
  const tick = await store.facts.get<Tick>("tick", key);
  const runId = tick?.endedAt === null ? tick.attempts.at(-1)?.runId : undefined;
  return runId === undefined ? undefined : { reason: "running", runId };
}

/** A run that ended without an end of its tick could not begin, or was killed. @returns the tick as it is now */
async function settle(store: Store, { key, runId, end }: { key: string; runId: string; end: ProcessEnd }): Promise<Tick | undefined> {
  const { exitCode, stderr } = end;
  const tick = await store.facts.get<Tick>("tick", key);
  const isOpen = tick?.endedAt === null && tick.attempts.at(-1)?.runId === runId && tick.status !== "interrupted";
  if (!isOpen) return tick;
  if (tick.status === "claimed" && exitCode !== null) {
    const error = stderr === "" ? `the run ended with exit code ${exitCode}` : stderr;
    await decideTick(store, key, (values, now) => endTick(values, { key, runId, status: "failed", error }, now));
  } else await decideTick(store, key, (values, now) => endTick(values, { key, runId, status: "killed" }, now));
  return store.facts.get<Tick>("tick", key);
}
