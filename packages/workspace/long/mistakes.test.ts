/**
 * Ten rounds of each mistake of people between two runs, such as a database that was deleted or restored: the next run fails and changes nothing,
 * and each way out that its error offers leads to the rows of the source. `FAULTS_SEED` repeats a run.
 * Covers: packages/protocol/src, packages/sdk/src, packages/columns/src, packages/sql/src, packages/postgres/src, packages/runner/src, plugins/target-duckdb/src, plugins/target-postgres/src, packages/workspace/src/faults, packages/workspace/long/mistakes.test.ts
 */
import type { PostgresServer } from "@tapline/testing/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer } from "../src/faults/database.ts";
import { runMistakenRound } from "../src/faults/mistaken-round.ts";
import { mistakes } from "../src/faults/mistakes.ts";
import { baseSeed, roundsOf } from "../src/faults/rounds.ts";
import bars from "./mistakes.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

let server: PostgresServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

test.for(mistakes)("$name", async (mistake, { task }) => {
  const rounds = roundsOf(mistake, bars.rounds);
  const wrong: string[] = [];
  for (const { fault, ...round } of rounds) {
    try {
      await runMistakenRound({ ...round, mistake: fault, server });
    } catch (error) {
      wrong.push((error as Error).message);
    }
  }
  task.meta.result = { seed: baseSeed(), rounds: rounds.length, rounds_failed: wrong.length };
  expect(wrong).toEqual([]);
});
