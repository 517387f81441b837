/**
 * A million row changes of five tables of PostgreSQL, by four writers with updates of keys, transactions of 100,000 changes, rollbacks of such
 * ones, TRUNCATE and ALTER TABLE, captured by `LOG_BASED` into PostgreSQL and DuckDB at the same time, by runs that end and runs that follow.
 * Fifty strikes kill tap, target or runner, or restart the server without warning. After two runs without a fault every table equals the source
 * by checksum in both. `FAULTS_SEED` repeats a run; `VOLUME_SHARE=0.01` plays it with that share of the changes and `VOLUME_STRIKES=2` with
 * fewer strikes, and the outcome says so.
 * Covers: packages/protocol/src, packages/sdk/src/tap, packages/sql-tap/src, packages/postgres/src, packages/runner/src, plugins/tap-postgres/src, packages/workspace/src/capture-kills, packages/workspace/src/source-faults/compare-tables.ts, packages/workspace/long/capture-volume.test.ts
 */
import { type PostgresServer, startPostgres } from "@tapline/testing/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runVolume } from "../src/capture-kills/volume.ts";
import { baseSeed } from "../src/faults/rounds.ts";
import { suiteServer } from "../src/faults/suite-server.ts";
import bars from "./capture-volume.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const { VOLUME_SHARE: share = "1", VOLUME_STRIKES: strikes = String(bars.strikes) } = process.env;
const target = suiteServer();
let server: PostgresServer;

beforeAll(async () => {
  // So little memory that the server keeps large transactions on disk while it decodes them.
  const settings = { wal_level: "logical", synchronous_commit: "on", fsync: "on", logical_decoding_work_mem: "1MB" };
  server = await startPostgres({ settings });
});
afterAll(() => server?.stop());

test("two captures of the same changes end equal to the source", { timeout: 3_600_000 }, async ({ task }) => {
  const seed = baseSeed();
  const wanted = { changes: Math.ceil(bars.changes * Number(share)), strikes: Number(strikes) };
  const { wrong, failed_alone, ...end } = await runVolume({ seed, ...wanted, server, target: target() });
  task.meta.result = { seed, share: Number(share), ...end, failed_alone: failed_alone.length };
  expect(wrong).toEqual([]);
  expect(failed_alone).toEqual([]);
  expect(end.changes).toBeGreaterThanOrEqual(wanted.changes);
  expect(Object.values(end.kills).reduce((sum, count) => sum + count, end.restarts)).toBe(wanted.strikes);
  expect(Object.values(end.rows).every((rows) => rows > 0)).toBe(true);
});
