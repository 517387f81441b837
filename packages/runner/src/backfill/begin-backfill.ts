/** The beginning of a back-fill: it is a new one, or one of before that is gone on with. */
import { errors } from "../errors.ts";
import { makeRunId } from "../model/run-id.ts";
import { type Backfill, decideBackfill, type Part } from "../partitions/backfill.ts";
import { beginBackfill, isSame } from "../partitions/rules.ts";
import type { Store } from "../state/store.ts";
import type { BackfillPlan } from "./plan-backfill.ts";

export interface BeginOptions {
  plan: BackfillPlan;
  store: Store;
  /** Load also what an earlier back-fill of the same kind has loaded. */
  again: boolean;
}

/** @throws backfill_overlaps */
export async function begin({ plan, store, again }: BeginOptions): Promise<{ backfill: Backfill; isResumed: boolean }> {
  const { pipes: _, parts: planned, leftOut: __, isSingleWriter: ___, ...about } = plan;
  const now = new Date();
  const parts = planned.map(({ name }) => name);
  const fresh: Backfill = { ...about, id: makeRunId(now), parts, status: "open", startedAt: now.toISOString(), endedAt: null };
  const all = await store.facts.list<Backfill>("backfill", { prefix: "2" });
  const same = all.map(({ value }) => value).findLast((each) => each.status !== "dropped" && isSame(each, fresh));
  const earlier = again && same?.status === "done" ? undefined : same;
  if (earlier?.status === "done" && parts.every((name) => earlier.parts.includes(name))) return { backfill: earlier, isResumed: true };
  const wanted = { ...fresh, id: earlier?.id ?? fresh.id };
  const { outcome, backfill } = await decideBackfill(store, wanted.id, (values) => beginBackfill(values, wanted));
  if (outcome !== "overlaps") return { backfill, isResumed: backfill.id !== fresh.id };
  const { id, from, to, by, timezone, mode } = backfill;
  throw errors.backfill_overlaps({ id, from, to, way: `by ${by} in ${timezone}, ${mode}` });
}

/** Those that were begun, by name. */
export async function partsOf(store: Store, id: string): Promise<Map<string, Part>> {
  return new Map((await store.facts.list<Part>("partition", { prefix: `${id}/` })).map(({ value }) => [value.name, value]));
}
