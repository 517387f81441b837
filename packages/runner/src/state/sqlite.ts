/** Opens SQLite files with Node's own engine. Suppresses its "experimental" warning, and no other. */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { errors } from "../errors.ts";

/** @throws store_unusable */
export function openSqlite(path: string): DatabaseSync {
  const { DatabaseSync } = loadQuietly();
  try {
    mkdirSync(dirname(path), { recursive: true });
    makePrivate(path);
    const database = new DatabaseSync(path, { timeout: 10_000 });
    // FULL: if a power cut took a bookmark back, an append-only run would load its rows twice.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    return database;
  } catch (error) {
    throw errors.store_unusable({ path, reason: (error as Error).message }, {}, error);
  }
}

/**
 * Creates the file so that only its owner can read it; SQLite alone would let everybody. Its -wal and -shm get the mode of the file. An
 * existing file is not opened: closing it would release the locks that this process has on it (https://sqlite.org/howtocorrupt.html).
 */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Opens a file that another program writes. Nothing is written, not even beside it. */
export function openReadOnly(path: string): DatabaseSync {
  const { DatabaseSync } = loadQuietly();
  return new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
}

/** Opens a file that is only locked, never written. The system releases the lock when its holder dies. */
export function openLock(path: string): DatabaseSync {
  const { DatabaseSync } = loadQuietly();
  return new DatabaseSync(path, { timeout: 10_000 });
}

/** Node prints the warning once, when the module is loaded. */
function loadQuietly(): typeof import("node:sqlite") {
  const warn = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!String(warning).startsWith("SQLite is an experimental feature")) warn.call(process, warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = warn;
  }
}

/** BEGIN IMMEDIATE takes the write lock before the first read, so that nothing is written between a check and the insert after it. */
export function transact<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
