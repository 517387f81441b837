/**
 * 2,000 rounds of planted differences: a value, a missing row, an extra one, a duplicate, two that are swapped, NULL against an empty text, the last digit
 * of a number or a time. Three in four compare PostgreSQL with DuckDB, one DuckDB with a Parquet file; rows are matched by a number, a text, two columns or as a whole.
 * Each difference is found, none is invented, and rounds without one are equal.
 * Covers: packages/protocol/src/contract/digest.ts, packages/protocol/src/contract/digest-answer.ts, packages/sql/src/digest, packages/postgres/src/digest, packages/duckdb/src/digest, packages/runner/src/verify, packages/workspace/src/verify, packages/workspace/long/verify.test.ts
 */
import { expect, type TestContext, test } from "vitest";
import { roundDatabases } from "../src/verify/round-databases.ts";
import { playRound, type RoundKind } from "../src/verify/rounds.ts";
import bars from "./verify.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const databases = roundDatabases();

async function playRounds(kind: RoundKind, rounds: number, { task }: TestContext): Promise<void> {
  const wrong: unknown[] = [];
  let planted = 0;
  let equal = 0;
  for (let seed = 1000; seed < 1000 + rounds; seed++) {
    const round = await playRound(databases(), kind, seed);
    planted += round.planted;
    if (round.expected.length === 0) equal++;
    const isRight =
      JSON.stringify(round.found) === JSON.stringify(round.expected) &&
      round.report.verdict === (round.expected.length === 0 ? "equal" : "different");
    if (!isRight) wrong.push({ seed, found: round.found, expected: round.expected, failure: round.report.failure });
  }
  task.meta.result = { rounds, planted, rounds_without_a_difference: equal, wrong: wrong.length };
  expect(wrong).toEqual([]);
  expect(planted).toBeGreaterThan(rounds);
  expect(equal).toBeGreaterThan(rounds / 10);
}

test("PostgreSQL against DuckDB", (context) => playRounds("postgres-duckdb", bars.postgres_duckdb_rounds, context));
test("DuckDB against Parquet", (context) => playRounds("duckdb-parquet", bars.duckdb_parquet_rounds, context));
