/**
 * Places that only one step may write to at a time, such as a DuckDB file or a dbt project, over all runs of a project: who comes
 * second waits. The system lets a lock go when its holder dies.
 */

import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { errors } from "../errors.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { StopSource } from "../model/stop.ts";
import { waitUnlessStopped } from "../process/pause.ts";
import { openLock } from "./sqlite.ts";

const lookEveryMs = 100;

export interface PlaceOptions {
  /** Of the project. */
  folder: string;
  places: readonly string[];
  stop: StopSource;
  onWait(place: string): void;
}

/** Let go when it is disposed of. @throws run_stopped while it waits, store_unusable */
export async function holdPlaces({ folder, places, stop, onWait }: PlaceOptions): Promise<Disposable> {
  const held: DatabaseSync[] = [];
  const letGo = (): void => {
    for (const lock of held) lock.close();
  };
  try {
    // In one order, or two that want the same two could wait for each other.
    for (const place of [...new Set(places)].sort()) held.push(await holdPlace(folder, place, stop, onWait));
  } catch (error) {
    letGo();
    throw error;
  }
  return { [Symbol.dispose]: letGo };
}

/** What a person reads meanwhile. */
export function tellWait(onEvent: (event: RunEvent) => void): PlaceOptions["onWait"] {
  return (place) => onEvent({ type: "log", plugin: "tapline", level: "info", message: `waiting for another run that works on ${place}` });
}

async function holdPlace(folder: string, place: string, stop: StopSource, onWait: PlaceOptions["onWait"]): Promise<DatabaseSync> {
  const lock = openPlace(folder, place);
  for (let tries = 0; ; tries++) {
    if (isTaken(lock)) return lock;
    if (tries === 0) onWait(place);
    await waitUnlessStopped(lookEveryMs, stop);
    if (stop.signal === undefined) continue;
    lock.close();
    throw errors.run_stopped(stop);
  }
}

/** @throws store_unusable */
function openPlace(folder: string, place: string): DatabaseSync {
  const locks = join(folder, ".tapline", "locks");
  const path = join(locks, `${createHash("sha256").update(place).digest("hex").slice(0, 16)}.lock`);
  try {
    mkdirSync(locks, { recursive: true });
    const lock = openLock(path);
    lock.exec("PRAGMA busy_timeout = 0");
    return lock;
  } catch (error) {
    throw errors.store_unusable({ path, reason: (error as Error).message }, {}, error);
  }
}

function isTaken(lock: DatabaseSync): boolean {
  try {
    lock.exec("BEGIN IMMEDIATE");
    return true;
  } catch (error) {
    if (/locked|busy/i.test((error as Error).message)) return false;
    throw error;
  }
}
