/** Opens a SQLite file with Node's own engine, without its "experimental" warning and without silencing any other. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { errors } from "./errors.ts";

/** @throws store_unusable */
export function openSqlite(path: string): DatabaseSync {
  const { DatabaseSync } = loadQuietly();
  try {
    mkdirSync(dirname(path), { recursive: true });
    const database = new DatabaseSync(path, { timeout: 10_000 });
    // FULL: a bookmark that a power cut takes back would make an append-only run load its rows twice.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    return database;
  } catch (error) {
    throw errors.store_unusable({ path, reason: (error as Error).message }, {}, error);
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
