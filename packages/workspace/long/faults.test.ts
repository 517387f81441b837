/**
 * Fifty rounds of each fault: a load is killed, cut off or starved at a random moment, run again until it ends, and compared with its source:
 * no row is lost, none is doubled. `FAULTS_SEED` repeats a run.
 * Covers: packages/protocol/src, packages/sdk/src, packages/columns/src, packages/sql/src, packages/postgres/src, packages/runner/src, plugins/target-duckdb/src, plugins/target-postgres/src, packages/workspace/src/faults, packages/workspace/long/faults.test.ts
 */
import { expect, test } from "vitest";
import { faults } from "../src/faults/faults.ts";
import { runRound } from "../src/faults/round.ts";
import { baseSeed, failuresIn, levelsOf, roundsOf } from "../src/faults/rounds.ts";
import { pairsMissing } from "../src/faults/settings.ts";
import { suiteServer } from "../src/faults/suite-server.ts";
import bars from "./faults.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const server = suiteServer();

test.for(faults)("$name", async (fault, { task }) => {
  const rounds = roundsOf(fault, bars.rounds);
  const missing = pairsMissing(
    levelsOf(fault),
    rounds.map(({ settings }) => settings),
  );
  let strikes = 0;
  const wrong = await failuresIn(rounds, async (round) => {
    strikes += await runRound({ ...round, server: server() });
  });
  task.meta.result = { seed: baseSeed(), rounds: rounds.length, strikes, rounds_failed: wrong.length, pairs_missing: missing.length };
  expect(missing).toEqual([]);
  expect(wrong).toEqual([]);
});
