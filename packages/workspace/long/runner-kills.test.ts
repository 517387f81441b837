/**
 * Fifty kills of the runner at random moments of an append-only load into DuckDB, and a last run that ends: nothing is lost or doubled, and no
 * lock is left.
 * Covers: packages/runner/src/pipe-run, packages/runner/src/jobs, packages/runner/src/process, packages/runner/src/state, packages/columns/src, packages/sql/src, plugins/target-duckdb/src, packages/workspace/src/runner-kills.ts, packages/workspace/long/runner-kills.test.ts
 */
import { expect, type TestContext, test } from "vitest";
import { expectedOutcome, killRunner } from "../src/runner-kills.ts";
import bars from "./runner-kills.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

// Rounds of five: after more, the load is done and there is nothing left to kill.
test.for(Array.from({ length: bars.seeds }, (_, index) => index + 1))("five kills, seed %i", async (seed, { task }: TestContext) => {
  const outcome = await killRunner({ kills: bars.kills, seed });
  expect(outcome).toMatchObject(expectedOutcome);
  expect(outcome.killed).toBeGreaterThan(0);
  task.meta.result = { seed, rounds: bars.kills, killed: outcome.killed };
});
