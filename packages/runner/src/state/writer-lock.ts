/**
 * Locks what only one step may write to at a time, such as a DuckDB file or a dbt project, over all runs of a project: the second step
 * waits. The operating system releases a lock when its holder dies.
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

export interface WriteLockOptions {
  /** The project's folder. */
  folder: string;
  paths: readonly string[];
  stop: StopSource;
  onWait(path: string): void;
}

/** Dispose of it to release the locks. @throws run_stopped while it waits, store_unusable */
export async function lockForWriting({ folder, paths, stop, onWait }: WriteLockOptions): Promise<Disposable> {
  const held: DatabaseSync[] = [];
  const release = (): void => {
    for (const lock of held) lock.close();
  };
  try {
    // Sorted, so that two steps that lock the same paths never wait for each other.
    for (const path of [...new Set(paths)].sort()) held.push(await lockPath(folder, path, stop, onWait));
  } catch (error) {
    release();
    throw error;
  }
  return { [Symbol.dispose]: release };
}

/** Logs what the step waits for. */
export function logWait(onEvent: (event: RunEvent) => void): WriteLockOptions["onWait"] {
  return (path) => onEvent({ type: "log", plugin: "tapline", level: "info", message: `waiting for another run that writes to ${path}` });
}

async function lockPath(folder: string, path: string, stop: StopSource, onWait: WriteLockOptions["onWait"]): Promise<DatabaseSync> {
  const lock = openLockFile(folder, path);
  for (let tries = 0; ; tries++) {
    if (isTaken(lock)) return lock;
    if (tries === 0) onWait(path);
    await waitUnlessStopped(lookEveryMs, stop);
    if (stop.signal === undefined) continue;
    lock.close();
    throw errors.run_stopped(stop);
  }
}

/** @throws store_unusable */
function openLockFile(folder: string, target: string): DatabaseSync {
  const locks = join(folder, ".tapline", "locks");
  const path = join(locks, `${createHash("sha256").update(target).digest("hex").slice(0, 16)}.lock`);
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
