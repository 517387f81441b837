/**
 * Runs from a DuckDB table, whole and by a key, and from folders of Parquet and JSON files into DuckDB: tap, target or runner is killed up
 * to three times at random moments, and the source changes in between. After each run no row is there twice, and after the last one the
 * target has exactly the rows of the source. `FAULTS_SEED` repeats a run.
 * Covers: packages/protocol/src, packages/sdk/src, packages/sql-tap/src, packages/duckdb/src, packages/runner/src, plugins/tap-duckdb/src, plugins/target-duckdb/src, packages/workspace/src/duckdb-kills, packages/workspace/long/tap-duckdb-kills.test.ts
 */
import { expect, test } from "vitest";
import { type KillRoundEnd, runKillRound } from "../src/duckdb-kills/round.ts";
import { killedSources } from "../src/duckdb-kills/sources.ts";
import { baseSeed, failuresIn } from "../src/faults/rounds.ts";
import bars from "./tap-duckdb-kills.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const victims = ["tap", "target", "runner"] as const;
const cases = killedSources.flatMap((source) => victims.map((victim) => ({ source, name: source.name, victim })));

test.for(cases)("$name: $victim killed", { timeout: bars.rounds * 900_000 }, async ({ source, victim }, { task }) => {
  const seed = baseSeed();
  const rounds = Array.from({ length: bars.rounds }, (_, index) => ({
    source,
    victim,
    seed: `${seed}, ${source.name}, ${victim}, ${index + 1}`,
  }));
  const ends: KillRoundEnd[] = [];
  const wrong = await failuresIn(rounds, async (round) => void ends.push(await runKillRound(round)));
  const sum = (of: (end: KillRoundEnd) => number): number => ends.reduce((total, end) => total + of(end), 0);
  const [kills, runs] = [sum((end) => end.kills), sum((end) => end.runs)];
  task.meta.result = { seed, rounds: rounds.length, kills, runs, rounds_failed: wrong.length };
  expect(wrong).toEqual([]);
  expect(kills).toBeGreaterThanOrEqual(rounds.length);
});
