/** Keeps states in `.tapline/tapline.db`, the SQLite file of a project, beside the history of its runs. */
import { join } from "node:path";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { type Backend, type Decision, type Entry, keptRuns, type RunRow } from "./backend.ts";
import { guardStore } from "./guard-store.ts";
import { runColumns, runValues, upsertRun } from "./run-columns.ts";
import { openSqlite, transact } from "./sqlite.ts";
import { sqliteFacts } from "./sqlite-facts.ts";
import type { StoredState } from "./store.ts";
import { upgradeTables } from "./store-form.ts";

/** @throws store_unusable, store_too_new */
export function openSqliteBackend(projectFolder: string): Backend {
  const path = sqlitePath(projectFolder);
  const database = openSqlite(path);
  const guard = async <T>(work: () => T): Promise<T> => guardStore(path, work);
  return {
    id: prepareTables(database, path),
    place: path,
    decide: (stateIds, rule) =>
      guard(() =>
        transact(database, () => {
          const decision = rule(stateIds.map((stateId) => readEntry(database, stateId)) as Parameters<typeof rule>[0], new Date());
          write(database, decision);
          return decision.answer;
        }),
      ),
    state: (stateId) => guard(() => readState(database, stateId)),
    states: () => guard(() => database.prepare(`${selectState} ORDER BY state_id`).all() as unknown as StoredState[]),
    runs: (stateId, limit) => guard(() => readRuns(database, "state_id = ? ORDER BY rowid DESC LIMIT ?", stateId, limit)),
    facts: sqliteFacts(database, guard),
    [Symbol.asyncDispose]: async () => database.close(),
  };
}

export function sqlitePath(projectFolder: string): string {
  return join(projectFolder, ".tapline", "tapline.db");
}

function readEntry(database: DatabaseSync, stateId: string): Entry {
  return {
    stateId,
    state: readState(database, stateId),
    open: readRuns(database, "state_id = ? AND status = 'running' ORDER BY rowid", stateId),
    previous: readRuns(database, "state_id = ? AND settled ORDER BY rowid DESC LIMIT 1", stateId)[0],
  };
}

const selectState = 'SELECT state_id AS "stateId", value, updated_at AS "updatedAt", run_id AS "runId" FROM state';

function readState(database: DatabaseSync, stateId: string): StoredState | undefined {
  return database.prepare(`${selectState} WHERE state_id = ?`).get(stateId) as StoredState | undefined;
}

function readRuns(database: DatabaseSync, where: string, ...values: (string | number)[]): RunRow[] {
  return database
    .prepare(`SELECT ${runColumns} FROM runs WHERE ${where}`)
    .all(...values)
    .map(asRun);
}

function asRun(row: Record<string, SQLOutputValue>): RunRow {
  return {
    ...(row as unknown as RunRow),
    // The first forms of the table had "state_set".
    kind: String(row.kind).replace("state_", "") as RunRow["kind"],
    runner: JSON.parse(String(row.runner)),
    children: JSON.parse(String(row.children)),
    lastCommits: JSON.parse(String(row.lastCommits)),
    isSettled: row.isSettled === 1,
  };
}

function write(database: DatabaseSync, { runs = [], states = [] }: Decision<unknown>): void {
  for (const run of runs) writeRun(database, run);
  for (const state of states) {
    if (state.value === null) database.prepare("DELETE FROM state WHERE state_id = ?").run(state.stateId);
    else database.prepare("INSERT OR REPLACE INTO state VALUES (?, ?, ?, ?)").run(state.stateId, state.value, state.updatedAt, state.runId);
  }
}

function writeRun(database: DatabaseSync, run: RunRow): void {
  database.prepare(writeRunSql).run(...runValues(run).map((value) => (typeof value === "boolean" ? Number(value) : value)));
  if (run.status === "running") return;
  // Not ?1, which Node 22.13 takes for a named parameter.
  database
    .prepare(
      `DELETE FROM runs WHERE state_id = ? AND status <> 'running'
       AND rowid < (SELECT rowid FROM runs WHERE state_id = ? ORDER BY rowid DESC LIMIT 1 OFFSET ${keptRuns})
       AND rowid <> (SELECT max(rowid) FROM runs WHERE state_id = ? AND settled)`,
    )
    .run(run.stateId, run.stateId, run.stateId);
}

const writeRunSql = upsertRun("runs", () => "?");

/** Returns the store's id. */
function prepareTables(database: DatabaseSync, path: string): string {
  try {
    return guardStore(path, () => {
      transact(database, () => upgradeTables(database, path));
      return (database.prepare("SELECT id FROM store").get() as { id: string }).id;
    });
  } catch (error) {
    database.close();
    throw error;
  }
}
