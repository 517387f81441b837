/**
 * A back-fill of thirty days from PostgreSQL into PostgreSQL and DuckDB, two partitions at a time, while its command, its runs and their plugins are killed in
 * turn at random moments and the job itself runs beside it: with upsert, --append and --replace-range the target has the rows of the source, each once, and no back-fill moves the job's bookmark.
 * Covers: packages/runner/src/backfill, packages/runner/src/partitions, packages/runner/src/pipe-run, packages/runner/src/state, packages/sql-tap/src, packages/sql/src/load, packages/sdk/src/target, plugins/tap-postgres/src/read, packages/workspace/src/backfill-kills, packages/workspace/long/backfill.test.ts
 */
import { suiteDatabase } from "@tapline/testing/postgres";
import { expect, type TestContext, test } from "vitest";
import { killBackfill } from "../src/backfill-kills/kill-backfill.ts";
import bars from "./backfill.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const database = suiteDatabase();
const { days, rows_of_day: rowsOfDay, kills } = bars;

test.for([
  ["upsert", "postgres", 1],
  ["append", "postgres", 2],
  ["replace", "postgres", 3],
  ["append", "duckdb", 4],
  ["replace", "duckdb", 5],
] as const)("%s into %s, seed %i", async ([way, target, seed], { task }: TestContext) => {
  const outcome = await killBackfill({ database: database(), way, target, seed, days, rowsOfDay, kills });
  const { killed, rows, ...others } = outcome;
  expect(others).toEqual({ odd: [], isBookmarkKept: true, missing: [], extra: [], partitions: days });
  expect(killed).toHaveLength(kills);
  task.meta.result = { partitions: days, rows, kills: killed.length, killed: [...new Set(killed)].join(", ") };
});
