/** Replaces JSON files so that a reader sees all of a change or nothing of it, one writer at a time. */
import { chmodSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { sync } from "../process/sync.ts";

/** Follows a link and keeps the file's mode. Syncs before and after the rename: if a power cut took a bookmark back, rows would be loaded twice. */
export function replaceJson(path: string, content: unknown): void {
  const old = statSync(path, { throwIfNoEntry: false });
  const real = old === undefined ? path : realpathSync(path);
  const fresh = `${real}.${process.pid}.tmp`;
  try {
    writeFileSync(fresh, `${JSON.stringify(content, null, 1)}\n`, { mode: 0o600, flush: true });
    if (old !== undefined) chmodSync(fresh, old.mode);
    renameSync(fresh, real);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
  sync(dirname(real));
}

/** Holds a lock of the operating system, which is released if this process dies. */
export function locked<T>(lock: DatabaseSync, work: () => T): T {
  lock.exec("BEGIN EXCLUSIVE");
  try {
    return work();
  } finally {
    lock.exec("ROLLBACK");
  }
}
