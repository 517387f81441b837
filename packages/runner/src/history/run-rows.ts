/** A run as a row of the history: its record, and beside it what runs are looked for by. */
import type { DatabaseSync } from "node:sqlite";
import { parseExact } from "@tapline/protocol";
import { lifeOf } from "../state/host.ts";
import type { RunRecord } from "./history.ts";
import { presentRecord } from "./old-record.ts";

/** A run without an end whose runner is gone has crashed. */
export function asRun(record: string): RunRecord {
  const run = presentRecord(parseExact(record) as unknown as RunRecord);
  return run.status === "running" && lifeOf(run.runner) === "dead" ? { ...run, status: "crashed" } : run;
}

export function updateRun(database: DatabaseSync, run: RunRecord, eventBytes: number): void {
  database
    .prepare("UPDATE history_runs SET status = ?, ended_at = ?, event_bytes = ?, record = ? WHERE run_id = ?")
    .run(run.status, run.endedAt, eventBytes, JSON.stringify(run), run.runId);
}

/** For what no run is looked for by. */
export function updateRecord(database: DatabaseSync, run: RunRecord): void {
  database.prepare("UPDATE history_runs SET record = ? WHERE run_id = ?").run(JSON.stringify(run), run.runId);
}
