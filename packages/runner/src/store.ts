/**
 * State and run history of a project in one SQLite file, `.tapline/tapline.db`. State is kept as the JSON text the target
 * sent, so no digit of a bookmark is lost. At most one run of a state id is open at a time, guarded by a transaction.
 */
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { TaplineError } from "@tapline/protocol";
import { errors } from "./errors.ts";
import { identify, isAlive, type ProcessIdentity } from "./liveness.ts";
import { openSqlite } from "./sqlite.ts";

export type RunStatus = "running" | "done" | "failed" | "stopped" | "crashed";

export interface StoredState {
  stateId: string;
  /** JSON text. */
  value: string;
  updatedAt: string;
  runId: string;
}

/** A run that was not ended, with the processes it had. */
export interface OpenRun {
  runId: string;
  startedAt: string;
  runner: ProcessIdentity;
  /** The target first: that is the order in which they must be stopped. */
  children: ProcessIdentity[];
}

export type Claim =
  | { outcome: "claimed"; state: string | null }
  /** Its runner lives. */
  | { outcome: "busy"; run: OpenRun }
  /** Its runner is dead, but children of it live. */
  | { outcome: "leftover"; run: OpenRun };

export interface RunEnd {
  status: Exclude<RunStatus, "running">;
  counts: unknown;
  error: unknown;
}

export interface Store extends Disposable {
  /** Opens a run of this state id unless another one lives. Atomic over processes. */
  claim(run: { runId: string; stateId: string }): Claim;
  noteChild(runId: string, child: ProcessIdentity): void;
  markCrashed(runId: string): void;
  endRun(runId: string, end: RunEnd): void;
  state(stateId: string): StoredState | undefined;
  states(): StoredState[];
  saveState(stateId: string, runId: string, value: string): void;
  /** Changes a state by hand (null removes it); noted in the history like a run. @throws already_running */
  changeState(stateId: string, runId: string, value: string | null): void;
}

const form = 1;

const tables = `
CREATE TABLE state (state_id TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at TEXT NOT NULL, run_id TEXT NOT NULL) STRICT;
CREATE TABLE runs (
  run_id TEXT PRIMARY KEY, state_id TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,
  started_at TEXT NOT NULL, ended_at TEXT, runner TEXT NOT NULL, children TEXT NOT NULL,
  counts TEXT, error TEXT, state_before TEXT, state_after TEXT
) STRICT;
CREATE INDEX runs_by_state ON runs (state_id, started_at);
CREATE INDEX runs_open ON runs (state_id) WHERE status = 'running';
PRAGMA user_version = ${form};
`;

/** @throws store_unusable, store_too_new */
export function openStore(projectFolder: string): Store {
  const path = join(projectFolder, ".tapline", "tapline.db");
  const database = openSqlite(path);
  makeTables(database, path);
  return guarded(path, {
    claim: (run) => transact(database, () => claimRun(database, run)),
    noteChild(runId, child) {
      database
        .prepare("UPDATE runs SET children = json_insert(children, '$[#]', json(?)) WHERE run_id = ?")
        .run(JSON.stringify(child), runId);
    },
    markCrashed(runId) {
      database.prepare("UPDATE runs SET status = 'crashed', ended_at = ? WHERE run_id = ? AND status = 'running'").run(now(), runId);
    },
    endRun(runId, { status, counts, error }) {
      database
        .prepare(
          `UPDATE runs SET status = ?, ended_at = ?, counts = ?, error = ?,
           state_after = (SELECT value FROM state WHERE state.state_id = runs.state_id) WHERE run_id = ?`,
        )
        .run(status, now(), JSON.stringify(counts ?? null), JSON.stringify(error ?? null), runId);
    },
    state: (stateId) => readState(database, stateId),
    states: () => database.prepare(`${selectState} ORDER BY state_id`).all() as unknown as StoredState[],
    saveState(stateId, runId, value) {
      writeState(database, stateId, runId, value);
    },
    changeState(stateId, runId, value) {
      transact(database, () => {
        const open = openRuns(database, stateId).find(({ runner }) => isAlive(runner));
        if (open !== undefined) throw alreadyRunning(stateId, open);
        const before = readState(database, stateId)?.value ?? null;
        if (value === null) database.prepare("DELETE FROM state WHERE state_id = ?").run(stateId);
        else writeState(database, stateId, runId, value);
        database
          .prepare("INSERT INTO runs VALUES (?, ?, ?, 'done', ?, ?, ?, '[]', NULL, NULL, ?, ?)")
          .run(
            runId,
            stateId,
            value === null ? "state_clear" : "state_set",
            now(),
            now(),
            JSON.stringify(identify(process.pid)),
            before,
            value,
          );
      });
    },
    [Symbol.dispose]: () => database.close(),
  });
}

/** The same store, with SQLite's errors (a full disk, a file that was taken away) told as what they mean. */
function guarded(path: string, store: Store): Store {
  const guard =
    <A extends unknown[], R>(work: (...args: A) => R) =>
    (...args: A): R => {
      try {
        return work(...args);
      } catch (error) {
        if (error instanceof TaplineError) throw error;
        throw errors.store_unusable({ path, reason: (error as Error).message }, {}, error);
      }
    };
  return {
    claim: guard(store.claim),
    noteChild: guard(store.noteChild),
    markCrashed: guard(store.markCrashed),
    endRun: guard(store.endRun),
    state: guard(store.state),
    states: guard(store.states),
    saveState: guard(store.saveState),
    changeState: guard(store.changeState),
    [Symbol.dispose]: store[Symbol.dispose],
  };
}

export function alreadyRunning(stateId: string, { runId, runner, startedAt }: OpenRun): Error {
  return errors.already_running({ stateId, runId, pid: runner.pid, started: startedAt });
}

function claimRun(database: DatabaseSync, { runId, stateId }: { runId: string; stateId: string }): Claim {
  for (const run of openRuns(database, stateId)) {
    if (isAlive(run.runner)) return { outcome: "busy", run };
    if (run.children.some(isAlive)) return { outcome: "leftover", run };
    database.prepare("UPDATE runs SET status = 'crashed', ended_at = ? WHERE run_id = ?").run(now(), run.runId);
  }
  const state = readState(database, stateId)?.value ?? null;
  database
    .prepare("INSERT INTO runs VALUES (?, ?, 'run', 'running', ?, NULL, ?, '[]', NULL, NULL, ?, NULL)")
    .run(runId, stateId, now(), JSON.stringify(identify(process.pid)), state);
  return { outcome: "claimed", state };
}

function openRuns(database: DatabaseSync, stateId: string): OpenRun[] {
  const rows = database
    .prepare("SELECT run_id, started_at, runner, children FROM runs WHERE state_id = ? AND status = 'running' ORDER BY started_at")
    .all(stateId) as { run_id: string; started_at: string; runner: string; children: string }[];
  return rows.map((row) => ({
    runId: row.run_id,
    startedAt: row.started_at,
    runner: JSON.parse(row.runner) as ProcessIdentity,
    children: JSON.parse(row.children) as ProcessIdentity[],
  }));
}

const selectState = 'SELECT state_id AS "stateId", value, updated_at AS "updatedAt", run_id AS "runId" FROM state';

function readState(database: DatabaseSync, stateId: string): StoredState | undefined {
  return database.prepare(`${selectState} WHERE state_id = ?`).get(stateId) as StoredState | undefined;
}

function writeState(database: DatabaseSync, stateId: string, runId: string, value: string): void {
  database
    .prepare(
      "INSERT INTO state VALUES (?, ?, ?, ?) ON CONFLICT (state_id) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at, run_id = excluded.run_id",
    )
    .run(stateId, value, now(), runId);
}

function makeTables(database: DatabaseSync, path: string): void {
  try {
    transact(database, () => {
      const version = (database.prepare("PRAGMA user_version").get() as { user_version: number }).user_version;
      if (version > form) throw errors.store_too_new({ path, version });
      if (version === 0) database.exec(tables);
    });
  } catch (error) {
    database.close();
    if ((error as { code?: string }).code === "store_too_new") throw error;
    throw errors.store_unusable({ path, reason: (error as Error).message }, {}, error);
  }
}

/** BEGIN IMMEDIATE takes the write lock before the first read: nothing can slip in between check and insert. */
function transact<T>(database: DatabaseSync, work: () => T): T {
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

const now = (): string => new Date().toISOString();
