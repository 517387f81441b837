/** Opens a SQLite file with Node's own engine, without its "experimental" warning and without silencing any other. */
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
    // FULL: a bookmark that a power cut takes back would make an append-only run load its rows twice.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    return database;
  } catch (error) {
    throw errors.store_unusable({ path, reason: (error as Error).message }, {}, error);
  }
}

/**
 * States and flags are its owner's: SQLite by itself would let everybody read them, and gives its -wal and -shm the file's mode.
 * A file that is there is not opened: closing it would let go the locks this process has on it (https://sqlite.org/howtocorrupt.html).
 */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** A file that is only locked, never written. The system lets the lock go when its holder dies. */
export function openLock(path: string): DatabaseSync {
  const { DatabaseSync } = loadQuietly();
  return new DatabaseSync(path, { timeout: 10_000 });
}

/** The warning is given once, when the module is loaded. */
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
