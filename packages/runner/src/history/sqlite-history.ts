/** The history in `.tapline/tapline.db`. A run and a step are one row each; what no query needs is one JSON value. */
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { parseExact } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { guardStore } from "../state/guard-store.ts";
import { lifeOf } from "../state/host.ts";
import { openSqlite } from "../state/sqlite.ts";
import { upgradeTables } from "../state/store-form.ts";
import type { History, RunFilter, RunRecord, StepRecord } from "./history.ts";
import { presentRecord } from "./old-record.ts";

/** @throws store_unusable, store_too_new */
export function openHistory(projectFolder: string): History {
  const path = join(projectFolder, ".tapline", "tapline.db");
  const database = openSqlite(path);
  const guard = <T>(work: () => T): T => guardStore(path, work);
  try {
    guard(() => prepareTables(database, path));
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    openRun: (run) => guard(() => insertRun(database, run)),
    closeRun: (runId, end) =>
      guard(() => {
        const run = readRun(database, runId);
        if (run !== undefined) updateRun(database, { ...run, ...end });
      }),
    noteStep: (step) =>
      guard(() => {
        database
          .prepare("INSERT INTO history_steps VALUES (?, ?, ?) ON CONFLICT (run_id, step) DO UPDATE SET record = excluded.record")
          .run(step.runId, step.index, JSON.stringify(step));
      }),
    runs: (filter) => guard(() => listRuns(database, filter)),
    run: (runId) => guard(() => readRun(database, runId)),
    steps: (runId) =>
      guard(() =>
        (database.prepare("SELECT record FROM history_steps WHERE run_id = ? ORDER BY step").all(runId) as { record: string }[]).map(
          ({ record }) => parseExact(record) as unknown as StepRecord,
        ),
      ),
    [Symbol.dispose]: () => database.close(),
  };
}

function prepareTables(database: DatabaseSync, path: string): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    upgradeTables(database, path);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** The id is checked and taken at once, so that two processes that were given the same id do not both run. */
function insertRun(database: DatabaseSync, run: RunRecord): void {
  const { changes } = database
    .prepare("INSERT INTO history_runs VALUES (?, ?, ?, ?) ON CONFLICT (run_id) DO NOTHING")
    .run(run.runId, run.name, run.startedAt, JSON.stringify(run));
  if (changes === 0) throw errors.run_id_used(run);
}

function updateRun(database: DatabaseSync, run: RunRecord): void {
  database.prepare("UPDATE history_runs SET record = ? WHERE run_id = ?").run(JSON.stringify(run), run.runId);
}

function readRun(database: DatabaseSync, runId: string): RunRecord | undefined {
  const row = database.prepare("SELECT record FROM history_runs WHERE run_id = ?").get(runId) as { record: string } | undefined;
  return row === undefined ? undefined : asRun(row.record);
}

function listRuns(database: DatabaseSync, { limit, name, status, tags = {} }: RunFilter): RunRecord[] {
  const rows = database
    .prepare("SELECT record FROM history_runs WHERE ? IS NULL OR name = ? ORDER BY started_at DESC, rowid DESC")
    .iterate(name ?? null, name ?? null) as Iterable<{ record: string }>;
  const found: RunRecord[] = [];
  for (const { record } of rows) {
    if (found.length >= limit) break;
    const run = asRun(record);
    const fits = Object.entries(tags).every(([key, value]) => run.tags[key] === value);
    if (fits && (status === undefined || run.status === status)) found.push(run);
  }
  return found;
}

/** A run without an end whose runner is gone has crashed. */
function asRun(record: string): RunRecord {
  const run = presentRecord(parseExact(record) as unknown as RunRecord);
  return run.status === "running" && lifeOf(run.runner) === "dead" ? { ...run, status: "crashed" } : run;
}
