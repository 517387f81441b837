/**
 * A run that follows (`--follow`) a table nobody writes to, while others write to another table of the server: the replication slot holds back
 * little of the server's log, and a change that comes at the end still arrives. `IDLE_MINUTES=2` makes it shorter, and the outcome says so.
 * Covers: packages/sdk/src/tap, packages/postgres/src, packages/runner/src/pipe-run, plugins/tap-postgres/src/log, packages/workspace/long/idle-slot.test.ts
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type PostgresServer, startPostgres } from "@tapline/testing/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectOf } from "../src/capture-kills/pipe.ts";
import { postgresDatabase } from "../src/faults/database.ts";
import { startJob } from "../src/faults/job.ts";
import { processesOf, signal } from "../src/faults/processes.ts";
import { suiteServer } from "../src/faults/suite-server.ts";
import { startWriter } from "../src/faults/writer.ts";
import { type Address, ask } from "../src/source-faults/source.ts";
import bars from "./idle-slot.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const target = suiteServer();
const minutes = Number(process.env.IDLE_MINUTES ?? bars.minutes);
let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres({ settings: { wal_level: "logical" } });
});
afterAll(() => server?.stop());

test("the slot of a table that stands still holds back little log", { timeout: (minutes + 5) * 60_000 }, async ({ task }) => {
  const source: Address = { ...server.address, database: "idle" };
  await ask({ ...server.address, database: "postgres" }, "CREATE DATABASE idle");
  await ask(
    source,
    "CREATE TABLE still (id int PRIMARY KEY)",
    "INSERT INTO still VALUES (1)",
    "CREATE TABLE busy (id bigserial, body text)",
  );
  await using place = await postgresDatabase(target());
  const folder = mkdtempSync(join(tmpdir(), "idle-slot-"));
  const settings = { ...source, filter_tables: "public.still" };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify(projectOf(settings, "target-postgres", place.config)));
  const job = startJob(folder, { follows: true });
  const loaded = (): Promise<(string | null)[][]> =>
    ask(place.config as unknown as Address, "SELECT id FROM public.still ORDER BY id").catch(() => []);
  /** @throws where the run ends, or does not come to it within a minute */
  const untilLoaded = async (rows: number): Promise<void> => {
    for (let waited = 0; (await loaded()).length < rows; waited++) {
      if (!job.isRunning() || waited > 600) throw new Error(`${rows} rows did not arrive: ${(await stopped()).text}`);
      await setTimeout(100);
    }
  };
  const stopped = (): typeof job.ended => {
    job.interrupt();
    return job.ended;
  };
  try {
    await untilLoaded(1);
    const [[first]] = (await ask(source, "SELECT pg_current_wal_lsn()")) as [[string]];
    const writer = startWriter(source, async (client) => {
      await client.query(
        `INSERT INTO busy (body) SELECT string_agg(md5(random()::text), '') FROM generate_series(1, ${bars.written_kb_per_second}) AS row, generate_series(1, 30) GROUP BY row`,
      );
      await client.query("DELETE FROM busy WHERE id < (SELECT max(id) - 10000 FROM busy)");
      await setTimeout(1000);
    });
    const samples: number[] = [];
    for (const end = Date.now() + minutes * 60_000; Date.now() < end; await setTimeout(1000)) {
      if (!job.isRunning()) throw new Error(`the run ended: ${(await job.ended).text}`);
      const [[kept]] = (await ask(
        source,
        "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) FROM pg_replication_slots WHERE database = current_database() AND NOT temporary",
      )) as [[string]];
      samples.push(Number(kept));
    }
    await writer.stop();
    const [[written]] = (await ask(source, `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '${first}')`)) as [[string]];
    await ask(source, "INSERT INTO still VALUES (2)");
    await untilLoaded(2);
    const { code, text } = await stopped();
    const most = Math.max(...samples);
    task.meta.result = {
      minutes,
      samples: samples.length,
      written_bytes: Number(written),
      retained_bytes_most: most,
      retained_bytes_mean: Math.round(samples.reduce((sum, one) => sum + one, 0) / samples.length),
    };
    expect(code, text).toBe(0);
    expect(most).toBeLessThan(bars.retained_mb * 1024 * 1024);
    // Little written would show nothing.
    expect(Number(written)).toBeGreaterThan(minutes * 60 * bars.written_kb_per_second * 1000 * 0.7);
  } finally {
    for (const { pid } of processesOf(basename(folder))) signal(pid, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});
