/**
 * Fifty rounds of every fault: a load that is killed, cut or starved at a random moment, run again to its end, compared with its source.
 * Covers: packages/workspace/src/faults/bars.ts, packages/workspace/src/faults/faults.ts, packages/workspace/src/faults/settings.ts, packages/workspace/src/faults/rounds.ts, packages/workspace/src/faults/source.ts, packages/workspace/src/faults/random.ts
 */
import type { PostgresServer } from "@tapline/testing/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faults } from "../src/faults/faults.ts";
import { startServer } from "../src/faults/place.ts";
import { runRound } from "../src/faults/round.ts";
import { baseSeed, levelsOf, roundsOf } from "../src/faults/rounds.ts";
import { pairsMissing } from "../src/faults/settings.ts";

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

test.for(faults)("$name", async (fault, { task }) => {
  const rounds = roundsOf(fault, 50);
  const missing = pairsMissing(
    levelsOf(fault),
    rounds.map(({ settings }) => settings),
  );
  const wrong: string[] = [];
  let strikes = 0;
  for (const round of rounds) {
    try {
      strikes += await runRound({ ...round, server });
    } catch (error) {
      wrong.push((error as Error).message);
    }
  }
  task.meta.result = { seed: baseSeed(), rounds: rounds.length, strikes, rounds_failed: wrong.length, pairs_missing: missing.length };
  expect(missing).toEqual([]);
  expect(wrong).toEqual([]);
});
