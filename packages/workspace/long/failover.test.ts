/**
 * Failover of a PostgreSQL server whose log is followed: a primary and a standby with a copy of the slot (PostgreSQL 18). Each round kills the
 * primary under load while a run follows it, promotes the standby, and lets the next runs go on there; the promoted server is the primary of the
 * next round. The target must equal the promoted server by checksum: no change of it is missing, and none that it does not have is there.
 * Covers: packages/protocol/src, packages/sdk/src/tap, packages/postgres/src, packages/runner/src, packages/testing/src/postgres, plugins/tap-postgres/src, packages/workspace/src/failover, packages/workspace/src/source-faults/compare-tables.ts, packages/workspace/long/failover.test.ts
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type PostgresServer, startPostgres } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { projectOf } from "../src/capture-kills/pipe.ts";
import { type DrillEnd, drill, tables } from "../src/failover/drill.ts";
import { postgresDatabase } from "../src/faults/database.ts";
import { randomFrom } from "../src/faults/random.ts";
import { baseSeed } from "../src/faults/rounds.ts";
import { suiteServer } from "../src/faults/suite-server.ts";
import { type Address, ask } from "../src/source-faults/source.ts";
import bars from "./failover.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const target = suiteServer();

test("the standby is promoted, and nothing is lost", { timeout: bars.rounds * 300_000 }, async ({ task }) => {
  const seed = baseSeed();
  const servers: PostgresServer[] = [
    await startPostgres({ settings: { wal_level: "logical", synchronous_commit: "on", fsync: "on", full_page_writes: "on" } }),
  ];
  const folder = mkdtempSync(join(tmpdir(), "failover-"));
  const ends: DrillEnd[] = [];
  try {
    await using place = await postgresDatabase(target());
    let primary = servers[0] as PostgresServer;
    const database = "failover";
    await ask({ ...primary.address, database: "postgres" }, `CREATE DATABASE ${database}`);
    await ask({ ...primary.address, database }, ...tables);
    const pointAt = ({ address }: PostgresServer): void =>
      writeFileSync(join(folder, "tapline.yml"), JSON.stringify(projectOf({ ...address, database }, "target-postgres", place.config)));
    for (let round = 1; round <= bars.rounds; round++) {
      const random = randomFrom(`${seed}, ${round}`);
      const end = await drill({
        ...{ primary, database, target: place.config as unknown as Address, folder, mark: basename(folder), pointAt, random },
      }).catch((error: Error) => {
        throw new Error(`round ${round} (${seed}): ${error.message}`);
      });
      ends.push(end);
      servers.push(end.promoted);
      primary = end.promoted;
      task.meta.result = {
        seed,
        rounds: ends.length,
        rows_lost: 0,
        rows: end.rows,
        commits: ends.reduce((sum, { commits }) => sum + commits, 0),
        seconds_to_first_run_mean: Math.round((ends.reduce((sum, { seconds }) => sum + seconds, 0) / ends.length) * 10) / 10,
      };
    }
  } finally {
    for (const server of servers.toReversed()) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  expect(ends).toHaveLength(bars.rounds);
});
