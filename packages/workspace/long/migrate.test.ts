/**
 * Migrations from PostgreSQL to DuckDB whose command, or a plugin of it, is killed at random moments of export, import and verification,
 * while the old side goes on working. In the end the new side holds what the snapshot of the last export held, by sums that the suite
 * computes itself, and after one sync what the old side holds. `FAULTS_SEED` repeats a run; `MIGRATE_SHARE=0.02` plays it with that share of
 * the rows and `MIGRATE_KILLS=10` with fewer kills, and the outcome says so.
 * Covers: packages/runner/src/migrate, packages/runner/src/verify, packages/sdk/src, plugins/tap-postgres/src, plugins/tap-duckdb/src, plugins/target-parquet/src, plugins/target-duckdb/src, packages/workspace/src/migrate-kills
 */
import { connectPostgres } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { randomFrom } from "../src/faults/random.ts";
import { baseSeed } from "../src/faults/rounds.ts";
import { suiteServer } from "../src/faults/suite-server.ts";
import { makeSales, migrationProject, workOneDay } from "../src/migrate-kills/project.ts";
import { sumsInDuckdb, sumsInPostgres } from "../src/migrate-kills/sums.ts";
import bars from "./migrate.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const server = suiteServer();
const { MIGRATE_SHARE: share = "1", MIGRATE_KILLS: wantedKills = String(bars.kills) } = process.env;
const rowsOf = (rows: number): number => Math.ceil(rows * Number(share));
const volume = { customers: rowsOf(bars.customers), products: rowsOf(bars.products), orders: rowsOf(bars.orders) };
const words = ["migrate", "postgres", "duckdb", "--tables", "sales.*", "--quiet"];

/** A database of its own on the server. */
async function salesDatabase(name: string) {
  const { address } = server();
  const admin = await connectPostgres({ ...address, database: "postgres" });
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const database = { ...address, database: name };
  await makeSales(database, volume);
  return database;
}

test("a migration whose command is killed on its way ends with equal sides", async ({ task }) => {
  const seed = baseSeed();
  const random = randomFrom(`${seed}, migrate`);
  const database = await salesDatabase("sales_killed");
  // How long a whole one takes here.
  const began = Date.now();
  {
    using measured = migrationProject(database);
    expect(await measured.tapline(...words)).toMatchObject({ code: 0 });
  }
  const wholeMs = Date.now() - began;
  using project = migrationProject(database);
  const found: Record<string, number> = { export: 0, import: 0, verify: 0 };
  let [kills, migrations, day] = [0, 1, 0];
  let before = "export";
  while (kills < Number(wantedKills)) {
    // A migration that is through goes back, and another one begins on an empty side.
    if (before === "hybrid") {
      await expectEqual();
      project.startOver();
      migrations += 1;
    }
    // An export begins anew after each kill, so most attempts get the time to end it.
    const struck = await project.kill(words, random.share() * wholeMs * 0.7, random.share() < 0.5 ? "tapline" : "plugin");
    before = await phaseNow();
    if (!struck) continue;
    kills += 1;
    found[before] = (found[before] ?? 0) + 1;
    if (random.share() < 0.3) await workOneDay(database, volume, ++day);
  }
  await finish();
  await expectEqual();
  const whole_seconds = Math.round(wholeMs / 1000);
  task.meta.result = { seed, share: Number(share), rows: await rowsNow(), kills, migrations, kills_by_phase_left: found, whole_seconds };
  expect(Math.min(found.export ?? 0, (found.import ?? 0) + (found.verify ?? 0))).toBeGreaterThan(0);

  async function phaseNow(): Promise<string> {
    const { stdout } = await project.tapline("migrate", "status", "--json");
    return stdout === "" ? "export" : (JSON.parse(stdout) as { migration: { phase: string } }).migration.phase;
  }

  async function finish(): Promise<void> {
    const end = await project.tapline(...words);
    expect(end, end.stderr).toMatchObject({ code: 0 });
  }

  /** The old side went on working since the snapshot, so one sync makes both level. */
  async function expectEqual(): Promise<void> {
    const end = await project.tapline("migrate", "sync", "--quiet");
    expect(end, end.stderr).toMatchObject({ code: 0 });
    expect(await sumsInDuckdb(project.duckdb)).toEqual(await sumsInPostgres(database));
  }

  async function rowsNow(): Promise<number> {
    const sums = Object.values(await sumsInPostgres(database));
    return sums.reduce((sum, text) => sum + Number(text.split(" ")[0]), 0);
  }
});
