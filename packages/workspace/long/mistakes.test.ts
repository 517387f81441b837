/**
 * Ten rounds of each mistake of people between two runs, such as a database that was deleted or restored: the next run fails and changes nothing,
 * and each way out that its error offers leads to the rows of the source. `FAULTS_SEED` repeats a run.
 * Covers: packages/protocol/src, packages/sdk/src, packages/columns/src, packages/sql/src, packages/postgres/src, packages/runner/src, plugins/target-duckdb/src, plugins/target-postgres/src, packages/workspace/src/faults, packages/workspace/long/mistakes.test.ts
 */
import { expect, test } from "vitest";
import { runMistakenRound } from "../src/faults/mistaken-round.ts";
import { mistakes } from "../src/faults/mistakes.ts";
import { baseSeed, failuresIn, roundsOf } from "../src/faults/rounds.ts";
import { suiteServer } from "../src/faults/suite-server.ts";
import bars from "./mistakes.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const server = suiteServer();

test.for(mistakes)("$name", async (mistake, { task }) => {
  const rounds = roundsOf(mistake, bars.rounds);
  const wrong = await failuresIn(rounds, ({ fault, ...round }) => runMistakenRound({ ...round, mistake: fault, server: server() }));
  task.meta.result = { seed: baseSeed(), rounds: rounds.length, rounds_failed: wrong.length };
  expect(wrong).toEqual([]);
});
