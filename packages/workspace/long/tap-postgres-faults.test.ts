/**
 * Rounds of each fault of a run from PostgreSQL to PostgreSQL: tap or runner killed, connection cut, server restarted, tables altered,
 * statements timed out, at moments that are parts of a measured run, half of them while writers change the tables. After the runs that
 * follow, the target equals the source: no row is lost, and none that stands still is there twice. `FAULTS_SEED` repeats a run.
 * Covers: packages/protocol/src, packages/sdk/src, packages/sql-tap/src, packages/postgres/src, packages/runner/src, plugins/tap-postgres/src, plugins/target-postgres/src, packages/workspace/src/source-faults, packages/workspace/long/tap-postgres-faults.test.ts
 */
import { type PostgresServer, startPostgres } from "@tapline/testing/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { baseSeed, failuresIn } from "../src/faults/rounds.ts";
import { suiteServer } from "../src/faults/suite-server.ts";
import { sourceFaults } from "../src/source-faults/faults.ts";
import { measureRun, type RoundEnd, runSourceRound } from "../src/source-faults/round.ts";
import { type Address, ask, makeTables } from "../src/source-faults/source.ts";
import bars from "./tap-postgres-faults.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const target = suiteServer();
let server: PostgresServer;
let source: Address;
let measuredMs = 0;

beforeAll(async () => {
  server = await startPostgres({ settings: { synchronous_commit: "on" } });
  source = { ...server.address, database: "postgres" };
  await ask(source, "CREATE DATABASE source");
  source = { ...server.address, database: "source" };
  await ask(source, ...makeTables);
  // The first run compiles and warms up.
  for (let run = 0; run < 2; run++) measuredMs = await measureRun({ source, target: target() });
});
afterAll(() => server?.stop());

test.for(sourceFaults)("$name", { timeout: bars.rounds * 900_000 }, async (fault, { task }) => {
  const seed = baseSeed();
  const rounds = Array.from({ length: bars.rounds }, (_, index) => ({ fault, seed, number: index + 1 }));
  const ends: RoundEnd[] = [];
  const wrong = await failuresIn(rounds, async (round) => {
    ends.push(await runSourceRound({ ...round, server, source, target: target(), measuredMs }));
  });
  const sum = (of: (end: RoundEnd) => number): number => ends.reduce((total, end) => total + of(end), 0);
  const [strikes, runs, failed] = [sum((end) => end.strikes), sum((end) => end.runs), sum((end) => end.failed)];
  task.meta.result = { seed, rounds: rounds.length, strikes, runs, runs_failed: failed, rounds_failed: wrong.length };
  expect(wrong).toEqual([]);
  expect(strikes).toBeGreaterThanOrEqual(rounds.length);
  // A fault that no run noticed would show nothing.
  expect(failed).toBeGreaterThan(0);
});
