/**
 * One sync of the hybrid period: an ordinary run from the tap to the target loads what changed on the old side, and then both sides are
 * compared. The old side is the truth. Each sync is kept, so that a person sees how long the new side has been level.
 */

import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { makeRunId } from "../model/run-id.ts";
import type { Store } from "../state/store.ts";
import { compareSides, hasDigest, inDatabase, notCompared, targetSide } from "./compare.ts";
import { hold } from "./hold.ts";
import { type Compared, type Migration, migrationKey, type Sync, syncKey } from "./migration.ts";
import { type PipeOptions, runPipe } from "./run-pipe.ts";

export interface SyncOptions extends Omit<PipeOptions, "id"> {
  store: Store;
  /** Load only: the comparison is left for another time. */
  skipsComparison: boolean;
  onLost(): void;
}

/** @throws migrate_held, migrate_unknown, migrate_not_hybrid, and what can be wrong before a plugin starts */
export async function syncMigration(found: Migration, options: SyncOptions): Promise<{ sync: Sync; failure: Failure | null }> {
  const { store } = options;
  const key = migrationKey(found);
  await using held = await hold(store, key, options.onLost);
  const { migration } = held;
  if (migration.phase !== "hybrid") throw errors.migrate_not_hybrid({ id: migration.id, phase: migration.phase });
  const started = new Date();
  const id = makeRunId(started);
  const own: PipeOptions = { ...options, id: migration.id };
  const { failure, ...found_ } = await attempt(migration, own, options.skipsComparison);
  const sync: Sync = {
    id,
    startedAt: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    ...found_,
    error: failure?.message ?? null,
  };
  await store.facts.decide("migration", [syncKey(key, id)], () => ({ answer: null, write: { [syncKey(key, id)]: sync } }));
  return { sync, failure };
}

type Attempt = Pick<Sync, "rows" | "status" | "compared"> & { failure: Failure | null };

async function attempt(migration: Migration, options: PipeOptions, skipsComparison: boolean): Promise<Attempt> {
  const { source, target, streams } = migration;
  const ran = await runPipe({ words: [source, target], select: streams.map(({ stream }) => stream) }, options);
  if ("failure" in ran) return { rows: null, status: "failed", compared: null, failure: ran.failure };
  const rows = ran.streams.some(({ loaded }) => loaded === null) ? null : ran.streams.reduce((sum, { loaded }) => sum + (loaded ?? 0), 0);
  if (skipsComparison) return { rows, status: "loaded", compared: null, failure: null };
  const compared = await compareMoving(migration, options);
  if ("failure" in compared) return { rows, status: "failed", compared: null, failure: compared.failure };
  if (compared.equal !== false) return { rows, status: compared.equal === null ? "loaded" : "level", compared, failure: null };
  const failure = asFailure("tapline", errors.migration_differs({ left: source, right: target, summary: compared.summary }));
  return { rows, status: "differs", compared, failure };
}

/** Rows that a run and the old side have on their way are level a moment later. */
const recheckSeconds = 3;

/** The two sides as they are now: the old one may change meanwhile. */
export async function compareMoving(
  { source, target, streams }: Migration,
  options: PipeOptions,
): Promise<Compared | { failure: Failure }> {
  const { project, environment } = options;
  for (const plugin of [source, target])
    if (!(await hasDigest(project, plugin, options))) return notCompared(`${plugin} has no digest, so the sides can't be compared`);
  const sides = { left: { plugin: source, tableOf: inDatabase }, right: targetSide(project, target, environment) };
  return await compareSides(project, sides, streams, { ...options, recheckSeconds });
}
