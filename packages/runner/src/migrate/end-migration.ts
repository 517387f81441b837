/**
 * The way back: the old side stayed the truth, so nothing has to be moved. What must not happen is that something is lost in silence, so the
 * sides are compared first: rows that only the new side has, or has with other values, were written there by somebody.
 */

import { errors } from "../errors.ts";
import type { Failure } from "../model/failure.ts";
import type { Store } from "../state/store.ts";
import { hold } from "./hold.ts";
import { type Migration, migrationKey } from "./migration.ts";
import type { PipeOptions } from "./run-pipe.ts";
import { compareMoving } from "./sync-migration.ts";

export interface BackOptions extends Omit<PipeOptions, "id"> {
  store: Store;
  /** Go back although the new side has what the old one lacks, without a look at it. */
  discard: boolean;
  onLost(): void;
}

/** From then on no sync loads. @throws migrate_held, migrate_unknown, migrate_would_lose */
export async function endMigration(found: Migration, options: BackOptions): Promise<Migration | { failure: Failure }> {
  await using held = await hold(options.store, migrationKey(found), options.onLost);
  const { migration } = held;
  if (migration.phase === "back") return migration;
  const note =
    migration.phase === "hybrid" && !options.discard ? await expectNothingNew(migration, options) : "the sides were not compared";
  if (typeof note !== "string") return note;
  return await held.note({ phase: "back", endedAt: new Date().toISOString(), note });
}

/** Rows that only the old side has are no loss: it is the truth. */
async function expectNothingNew(migration: Migration, options: BackOptions): Promise<string | { failure: Failure }> {
  const compared = await compareMoving(migration, { ...options, id: migration.id });
  if ("failure" in compared) return compared;
  const more = compared.streams.filter(({ onlyRight, differing }) => onlyRight + differing > 0);
  if (more.length === 0) return compared.summary;
  const what = more
    .map(({ stream, onlyRight, differing }) => `${stream}: ${onlyRight} rows of its own, ${differing} with other values`)
    .join("; ");
  throw errors.migrate_would_lose({ target: migration.target, what });
}
