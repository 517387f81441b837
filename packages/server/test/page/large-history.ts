/** A project with many runs: 20 jobs, each with streams and checks, whose history is written as the runner writes it, in one transaction. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openHistory, type RunRecord, type StepRecord, thisRunner } from "@tapline/runner";

const jobs = 20;

interface Size {
  runs: number;
  streams: number;
}

/** A folder of its own below the system's temporary files; whoever makes it removes it. */
export function makeLargeProject({ runs, streams }: Size): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-page-large-"));
  const names = Array.from({ length: jobs }, (_, index) => `job-${index}`);
  const file = {
    jobs: Object.fromEntries(names.map((name) => [name, { steps: ["tap-csv target-duckdb"], fresh_within: "2h" }])),
    schedules: names.map((name, index) => ({ name: `every-${index}`, cron: `${index} * * * *`, job: name })),
  };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify(file));
  mkdirSync(join(folder, ".tapline"));
  openHistory(folder)[Symbol.dispose]();
  const database = new DatabaseSync(join(folder, ".tapline", "tapline.db"));
  database.exec("PRAGMA synchronous = OFF; BEGIN");
  const addRun = database.prepare("INSERT INTO history_runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const addStep = database.prepare("INSERT INTO history_steps VALUES (?, ?, ?)");
  const end = Date.now();
  for (let index = 0; index < runs; index++) {
    const run = runAt(index, new Date(end - (runs - index) * 60_000));
    const { runId, startedAt, endedAt, name, status, environment, trigger, tags } = run;
    addRun.run(runId, startedAt, endedAt, name, status, environment, trigger.kind, JSON.stringify(tags), 2000, JSON.stringify(run));
    addStep.run(runId, 0, JSON.stringify(stepOf(run, index, streams / jobs)));
  }
  database.exec("COMMIT");
  database.close();
  return folder;
}

const runner = thisRunner();

function runAt(index: number, start: Date): RunRecord {
  const startedAt = start.toISOString();
  const isFailed = index % 97 === 0;
  const [message, hint] = ["A quote opens here and is never closed", "Close it, or write it twice."];
  const position = { stream: "orders", file: "orders.csv", line: 7 };
  return {
    ...{ runId: `${startedAt.replaceAll(/[-:]|\.\d+/g, "")}-${index.toString(16).padStart(8, "0")}`, name: `job-${index % jobs}` },
    ...{ environment: "dev", tags: { team: `team-${index % 7}` }, request: { words: [`job-${index % jobs}`] }, startedAt, runner },
    trigger: { kind: "schedule", name: `every-${index % jobs}`, due_at: startedAt },
    status: isFailed ? "failed" : "done",
    endedAt: new Date(start.getTime() + 20_000 + (index % 13) * 1000).toISOString(),
    error: isFailed ? { plugin: "tap-csv", code: "quote_not_closed", message, hint, class: "data", recovery: "fatal", position } : null,
    rows: { loaded: 1000 + index, rejected: index % 5 },
  };
}

function stepOf({ runId, startedAt, endedAt, status, error }: RunRecord, index: number, streams: number): StepRecord {
  const job = index % jobs;
  const stream = (at: number): StepRecord["streams"][number] => ({
    ...{ stream: `stream-${job}-${at}`, table: `main.stream_${job}_${at}`, rejects: null, sent: 1000, received: 1000, loaded: 1000 },
    ...{ inserted: 1000, updated: 0, superseded: 0, rejected: 0, deleted: 0, inTable: 1000 + index, bytes: 50_000, seconds: 3 },
    ...{ summedUpBy: ["tap", "target"], changes: [], rowsPerSecond: 333, bytesPerSecond: 16_000, bookmarkBefore: null },
    bookmarkAfter: { replication_key: "updated", replication_key_value: startedAt },
  });
  return {
    ...{ runId, index: 0, name: "tap-csv target-duckdb", status, stateId: `dev:tap-${job}-to-target-duckdb`, attempts: [runId] },
    ...{ startedAt, endedAt, exitCode: null, error, warnings: [], checks: [checkOf(`stream-${job}-0`)] },
    plugins: ["tap-csv", "target-duckdb"].map((name) => ({ name, version: "0.1.0" })),
    streams: Array.from({ length: streams }, (_, at) => stream(at)),
  };
}

const checkOf = (stream: string): NonNullable<StepRecord["checks"]>[number] => ({
  ...{ id: `${stream}: row_count`, stream, rule: "row_count", columns: [], when: "after", on_fail: "stop" },
  ...{ status: "passed", rows: 1000, failed: 0, first: [], found: "1000", expected: "the number of rows is at least 1" },
});
