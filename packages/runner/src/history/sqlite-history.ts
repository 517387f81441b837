/** The history in `.tapline/tapline.db`. A run and a step are one row each; what no query needs is one JSON value. */
import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { parseExact } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { guardStore } from "../state/guard-store.ts";
import { openSqlite, transact } from "../state/sqlite.ts";
import { upgradeTables } from "../state/store-form.ts";
import type { History, RunFilter, RunRecord, StepRecord, StreamRecord, StreamRun } from "./history.ts";
import { retentionQueries } from "./retention-queries.ts";
import { asRun, updateRecord, updateRun } from "./run-rows.ts";
import { searchOf } from "./search.ts";

/** @throws store_unusable, store_too_new */
export function openHistory(projectFolder: string): History {
  const path = join(projectFolder, ".tapline", "tapline.db");
  const database = openSqlite(path);
  const guard = <T>(work: () => T): T => guardStore(path, work);
  try {
    guard(() => transact(database, () => upgradeTables(database, path)));
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    openRun: (run) => guard(() => insertRun(database, run)),
    closeRun: (runId, { eventBytes, ...end }) =>
      guard(() => {
        const run = readRun(database, runId);
        if (run !== undefined) updateRun(database, { ...run, ...end }, eventBytes);
      }),
    noteNotices: (runId, notices) =>
      guard(() => {
        const run = readRun(database, runId);
        if (run !== undefined) updateRecord(database, { ...run, notices });
      }),
    noteStep: (step) =>
      guard(() => {
        database
          .prepare("INSERT INTO history_steps VALUES (?, ?, ?) ON CONFLICT (run_id, step) DO UPDATE SET record = excluded.record")
          .run(step.runId, step.index, JSON.stringify(step));
      }),
    runs: (filter) => guard(() => listRuns(database, filter)),
    run: (runId) => guard(() => readRun(database, runId)),
    runsLike: (start) =>
      guard(() =>
        recordsOf(
          database.prepare("SELECT record FROM history_runs WHERE run_id >= ? AND run_id < ? LIMIT 2"),
          start,
          `${start}\u{10ffff}`,
        ),
      ),
    runOfAttempt: (tryId) =>
      guard(() => {
        const quoted = `"${tryId}"`;
        const row = database.prepare("SELECT run_id FROM history_steps WHERE instr(record, ?) > 0 LIMIT 1").get(quoted);
        return row === undefined ? undefined : readRun(database, row.run_id as string);
      }),
    forgottenUntil: () =>
      guard(() => (database.prepare("SELECT max(until) AS until FROM history_forgotten").get() as { until: string | null }).until),
    retention: retentionQueries(database, guard),
    steps: (runId) =>
      guard(() =>
        (database.prepare("SELECT record FROM history_steps WHERE run_id = ? ORDER BY step").all(runId) as { record: string }[]).map(
          ({ record }) => parseExact(record) as unknown as StepRecord,
        ),
      ),
    streamRuns: ({ stream, ...filter }) => guard(() => listRuns(database, filter).flatMap((run) => resultsOf(database, run, stream))),
    [Symbol.dispose]: () => database.close(),
  };
}

/** The id is checked and taken at once, so that two processes that were given the same id do not both run. */
function insertRun(database: DatabaseSync, run: RunRecord): void {
  const { runId, startedAt, endedAt, name, status, environment, trigger, tags } = run;
  const { changes } = database
    .prepare("INSERT INTO history_runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?) ON CONFLICT (run_id) DO NOTHING")
    .run(runId, startedAt, endedAt, name, status, environment, trigger.kind, JSON.stringify(tags), JSON.stringify(run));
  if (changes === 0) throw errors.run_id_used(run);
}

function readRun(database: DatabaseSync, runId: string): RunRecord | undefined {
  const row = database.prepare("SELECT record FROM history_runs WHERE run_id = ?").get(runId) as { record: string } | undefined;
  return row === undefined ? undefined : asRun(row.record);
}

function listRuns(database: DatabaseSync, filter: RunFilter): RunRecord[] {
  const { sql, values } = searchOf(filter);
  const { limit, status } = filter;
  const found: RunRecord[] = [];
  for (const { record } of database.prepare(sql).iterate(...values) as Iterable<{ record: string }>) {
    if (found.length >= limit) break;
    const run = asRun(record);
    if (status === undefined || run.status === status) found.push(run);
  }
  return found;
}

/** SQLite takes the stream out of each record: one run may have hundreds. */
function resultsOf(database: DatabaseSync, run: RunRecord, stream: string): StreamRun[] {
  const rows = database
    .prepare(
      `SELECT step, each.value AS result FROM history_steps, json_each(record, '$.streams') AS each
       WHERE run_id = ? AND json_extract(each.value, '$.stream') = ? ORDER BY step`,
    )
    .all(run.runId, stream) as { step: number; result: string }[];
  return rows.map(({ step, result }) => ({ run, step, result: parseExact(result) as unknown as StreamRecord }));
}

function recordsOf(statement: StatementSync, ...values: string[]): RunRecord[] {
  return (statement.all(...values) as { record: string }[]).map(({ record }) => asRun(record));
}
