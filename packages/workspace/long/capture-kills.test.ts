/**
 * Changes of PostgreSQL captured by `LOG_BASED` into PostgreSQL and DuckDB while three writers work: updates of keys, large values, large
 * transactions, rollbacks, TRUNCATE and ALTER TABLE. Five runs of each round meet a kill of tap, target or runner, or a restart of the
 * server without warning, at random moments. After two runs without a fault every table equals the source by checksum. `FAULTS_SEED` repeats a run.
 * Covers: packages/protocol/src, packages/sdk/src/tap, packages/sql-tap/src, packages/postgres/src, packages/runner/src, plugins/tap-postgres/src, packages/workspace/src/capture-kills, packages/workspace/src/source-faults/compare-tables.ts, packages/workspace/long/capture-kills.test.ts
 */
import { type PostgresServer, startPostgres } from "@tapline/testing/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CaptureEnd, runCaptureRound } from "../src/capture-kills/round.ts";
import { baseSeed, failuresIn } from "../src/faults/rounds.ts";
import { suiteServer } from "../src/faults/suite-server.ts";
import bars from "./capture-kills.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const target = suiteServer();
let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres({ settings: { wal_level: "logical", synchronous_commit: "on", fsync: "on" } });
});
afterAll(() => server?.stop());

test.for(["PostgreSQL", "DuckDB"] as const)("into %s", { timeout: bars.rounds * 900_000 }, async (into, { task }) => {
  const seed = baseSeed();
  const ends: CaptureEnd[] = [];
  const rounds = Array.from({ length: bars.rounds }, (_, index) => index + 1);
  const wrong = await failuresIn(rounds, async (number) => {
    ends.push(await runCaptureRound({ seed, number, into, server, target: target() }));
  });
  const sum = (of: (end: CaptureEnd) => number): number => ends.reduce((total, end) => total + of(end), 0);
  task.meta.result = {
    seed,
    rounds: rounds.length,
    kills: sum((end) => end.kills),
    restarts: sum((end) => end.restarts),
    runs: sum((end) => end.runs),
    runs_failed: sum((end) => end.failed),
    commits: sum((end) => end.commits),
    rollbacks: sum((end) => end.rollbacks),
    alterations: sum((end) => end.alterations),
    rows: sum((end) => end.rows),
    rounds_failed: wrong.length,
  };
  expect(wrong).toEqual([]);
  // Faults that no run noticed, or a source that nobody changed, would show nothing.
  expect(sum((end) => end.kills)).toBeGreaterThan(rounds.length);
  expect(sum((end) => end.failed)).toBeGreaterThan(0);
  expect(sum((end) => end.alterations)).toBeGreaterThan(rounds.length);
});
