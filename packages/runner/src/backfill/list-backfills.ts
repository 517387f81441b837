/** The back-fills of an environment for people, and giving one up. */

import { errors } from "../errors.ts";
import { type ActivePart, activePartsKey, type Backfill, decideBackfill, openKey, type Part } from "../partitions/backfill.ts";
import { endBackfill } from "../partitions/rules.ts";
import type { Store } from "../state/store.ts";
import { stillActive } from "../ticks/tick.ts";
import { partsOf } from "./begin-backfill.ts";

export interface ListedBackfill extends Backfill {
  done: number;
  failed: string[];
}

export interface ShownBackfill extends ListedBackfill {
  /** Those that were begun, in order. */
  begun: Part[];
}

/** Newest first. */
export async function listBackfills(store: Store): Promise<ShownBackfill[]> {
  const found = await store.facts.list<Backfill>("backfill", { prefix: "2", order: "descending" });
  return Promise.all(found.map(({ value }) => shown(store, value)));
}

/** @throws backfill_unknown */
export async function showBackfill(store: Store, id: string): Promise<ShownBackfill> {
  return shown(store, await known(store, id));
}

/** Its range is free from now on; what it loaded stays. @throws backfill_unknown, backfill_at_work */
export async function dropBackfill(store: Store, id: string): Promise<void> {
  await known(store, id);
  const active = stillActive(await store.facts.get<ActivePart[]>("partition", activePartsKey), new Date()).filter(
    ({ backfill }) => backfill === id,
  );
  if (active.length > 0) throw errors.backfill_at_work({ id, parts: active.map(({ name }) => name) });
  await decideBackfill(store, id, (values, now) => endBackfill(values, id, "dropped", now));
}

async function known(store: Store, id: string): Promise<Backfill> {
  // An open one that nothing happened to for long may be forgotten, and still hold its range.
  const open = (await store.facts.get<Backfill[]>("backfill", openKey)) ?? [];
  const backfill = (await store.facts.get<Backfill>("backfill", id)) ?? open.find((each) => each.id === id);
  if (backfill === undefined) throw errors.backfill_unknown({ id });
  return backfill;
}

async function shown(store: Store, backfill: Backfill): Promise<ShownBackfill> {
  const parts = await partsOf(store, backfill.id);
  const begun = backfill.parts.flatMap((name) => parts.get(name) ?? []);
  const is = (status: Part["status"]): string[] => backfill.parts.filter((name) => parts.get(name)?.status === status);
  return { ...backfill, done: is("done").length, failed: is("failed"), begun };
}
