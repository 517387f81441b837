/**
 * Fifty kills of the runner at random moments, with a run after the last one.
 * Covers: packages/runner/src/run, packages/runner/src/state, packages/sql/src, plugins/target-duckdb/src, packages/workspace/src/runner-kills.ts, packages/workspace/long/runner-kills.test.ts
 */
import { expect, type TestContext, test } from "vitest";
import { expectedOutcome, killRunner } from "../src/runner-kills.ts";

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

// Rounds of five: after more, the load is done and there is nothing left to kill.
test.for(Array.from({ length: 10 }, (_, index) => index + 1))("five kills, seed %i", async (seed, { task }: TestContext) => {
  const outcome = await killRunner({ kills: 5, seed });
  expect(outcome).toMatchObject(expectedOutcome);
  expect(outcome.killed).toBeGreaterThan(0);
  task.meta.result = { seed, rounds: 5, killed: outcome.killed };
});
