/** What deletes old runs from `.tapline/tapline.db`, in bounded pieces. */
import type { DatabaseSync } from "node:sqlite";
import type { RetentionQueries } from "./history.ts";
import { asRun, updateRun } from "./run-rows.ts";

export function retentionQueries(database: DatabaseSync, guard: <T>(work: () => T) => T): RetentionQueries {
  const records = (where: string, ...values: (string | number)[]) =>
    (database.prepare(`SELECT record FROM history_runs WHERE ${where}`).all(...values) as { record: string }[]).map(({ record }) =>
      asRun(record),
    );
  return {
    startedBefore: (instant, limit) =>
      guard(() => records("started_at < ? ORDER BY started_at LIMIT ?", instant, limit).filter(({ status }) => status !== "running")),
    forget: (runs) =>
      guard(() =>
        transact(database, () => {
          for (const { runId, startedAt } of runs) {
            database.prepare("DELETE FROM history_steps WHERE run_id = ?").run(runId);
            database.prepare("DELETE FROM history_runs WHERE run_id = ?").run(runId);
            database.prepare("INSERT INTO history_forgotten VALUES (?)").run(startedAt);
          }
          database.exec("DELETE FROM history_forgotten WHERE until < (SELECT max(until) FROM history_forgotten)");
        }),
      ),
    crashed: (limit) =>
      guard(() => records("event_bytes IS NULL ORDER BY started_at LIMIT ?", limit).filter(({ status }) => status === "crashed")),
    noteCrash: (run, eventBytes) => guard(() => updateRun(database, run, eventBytes)),
    eventBytes: () =>
      guard(
        () =>
          (
            database.prepare("SELECT coalesce(sum(event_bytes), 0) AS bytes FROM history_runs WHERE event_bytes > 0").get() as {
              bytes: number;
            }
          ).bytes,
      ),
    withEvents: (limit) =>
      guard(
        () =>
          database
            .prepare(
              'SELECT run_id AS "runId", event_bytes AS "eventBytes" FROM history_runs WHERE event_bytes > 0 ORDER BY started_at LIMIT ?',
            )
            .all(limit) as { runId: string; eventBytes: number }[],
      ),
    dropEvents: (runIds) =>
      guard(() =>
        transact(database, () => {
          for (const runId of runIds) database.prepare("UPDATE history_runs SET event_bytes = 0 WHERE run_id = ?").run(runId);
        }),
      ),
  };
}

function transact(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
