/**
 * Two pipelines side by side: the example's week with dbt, from a planted fault to the cutover and back, its tables compared with the file of
 * the shop; and cutovers killed at random moments: the database is as before or as after and never between, and the same command finishes it.
 * Covers: examples/parallel-run, packages/runner/src/cutover, packages/runner/src/parallel, plugins/target-postgres/src/cutover, packages/workspace/long/parallel-run.test.ts
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalogOf, type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { expect, type TestContext, test } from "vitest";
import { dbtForTests } from "../../../plugins/dbt/test/dbt-for-tests.ts";
import { root } from "../src/repository.ts";
import bars from "./parallel-run.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const tapline = join(root, "packages/cli/bin/tapline.js");

interface Ended {
  code: number | null;
  out: string;
}

/** `killAfterMs`: kill it and everything that it started, unless it ends before. */
async function call(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, killAfterMs?: number): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const pieces: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => void pieces.push(bytes.toString()));
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => killTree(child.pid as number), killAfterMs);
  const code = await new Promise<number | null>((resolve) => child.once("close", (ended) => resolve(ended)));
  clearTimeout(timer);
  return { code, out: pieces.join("") };
}

/** The plugins first or last, as chance has it. */
function killTree(pid: number): void {
  const children = childrenOf(pid);
  for (const each of Math.random() < 0.5 ? [...children, pid] : [pid, ...children]) {
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
}

function childrenOf(pid: number): number[] {
  try {
    const own = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
    return own.flatMap((child) => [child, ...childrenOf(child)]);
  } catch {
    return [];
  }
}

const addressOf = ({ host, port, user, password, database }: TestDatabase) => ({
  ...{ PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password, PGDATABASE: database },
});

test("the week of the example with dbt: a fault is found, the cutover is made and taken back, and every total is that of the file", async ({
  task,
}: TestContext) => {
  const database = await testDatabase();
  const folder = join(root, "examples/parallel-run");
  const env = { ...addressOf(database), DBT_EXECUTABLE: await dbtForTests() };
  const { code, out } = await call(folder, ["week.mjs", "--dbt", "--folder", "output/suite"], env);
  expect(code, out.slice(-3000)).toBe(0);
  expect(out).toMatch(/has differences {4}report daily-\d{8}-1;.*\n.*analytics_new\.sales\S* are equal: 48 rows/);
  expect(out).toMatch(/differing +1 \(orders 1, revenue 1\)/);
  expect(out).toMatch(/SUM\(revenue\) by region of west: [\d.]+ here, [\d.]+ there/);
  expect(out).toContain("7 clean days in a row, of 3 before the cutover");
  expect(out).toContain("daily is not ready for its cutover: nobody has signed off");
  expect(out).toContain("cut over: analytics_legacy is now analytics_archive, analytics_new is now analytics");
  const copy = join(folder, "output/suite");
  const text = (name: string): string => readFileSync(join(copy, name), "utf8");
  expect(text("tapline.yml")).toBe(text("tapline.before.yml"));
  expect(text("tapline.yml")).toContain("default_target_schema: analytics_new");
  const rows = readFileSync(join(copy, "sales.csv"), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
  const cents = rows.reduce((sum, [, , , , quantity, price]) => sum + Number(quantity) * Math.round(Number(price) * 100), 0);
  const total = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
  for (const schema of ["analytics_legacy", "analytics_new"])
    for (const table of ["daily_revenue", "customer_revenue"])
      expect(await database.read(`SELECT SUM(revenue) FROM ${schema}.${table}`), `${schema}.${table}`).toEqual([[total]]);
  expect(out).toMatch(/north +\d+\.\d\d/);
  task.meta.result = { days: 7, sales: rows.length, total };
});

const project = (tables: number, { host, port, user, password, database }: TestDatabase): object => ({
  plugins: {
    warehouse: {
      kind: "target",
      executable: join(root, "plugins/target-postgres/bin/target-postgres.js"),
      config: { host, port, user, password, database, default_target_schema: "analytics_new" },
    },
    "tap-none": { executable: "none" },
  },
  jobs: { daily: ["tap-none warehouse"] },
  parallel_run: {
    daily: {
      old: { schema: "analytics_legacy" },
      new: { schema: "analytics_new" },
      tables: Object.fromEntries(Array.from({ length: tables }, (_, index) => [`t${index}`, {}])),
      cutover: { rename: { analytics_legacy: "analytics_archive", analytics_new: "analytics" }, grants: "copy" },
    },
  },
});

test(`${bars.rounds} cutovers and as many undos killed at random moments`, async ({ task }: TestContext) => {
  const database = await testDatabase();
  const reader = `reader_${database.database}`;
  await database.read(`CREATE ROLE ${reader}`);
  for (const schema of ["analytics_legacy", "analytics_new"]) {
    await database.read(`CREATE SCHEMA ${schema}`);
    for (let index = 0; index < bars.tables; index++)
      await database.read(
        `CREATE TABLE ${schema}.t${index} (id serial PRIMARY KEY, revenue numeric); CREATE VIEW ${schema}.v${index} AS SELECT SUM(revenue) FROM ${schema}.t${index}`,
      );
  }
  await database.read(
    `GRANT USAGE ON SCHEMA analytics_legacy TO ${reader}; GRANT SELECT ON ALL TABLES IN SCHEMA analytics_legacy TO ${reader}`,
  );
  const folder = mkdtempSync(join(tmpdir(), "cutover-kills-"));
  const file = join(folder, "tapline.yml");
  writeFileSync(file, JSON.stringify(project(bars.tables, database), null, 2));
  const cutover = [tapline, "cutover", "daily", "--override", "the suite", "--as", "suite"];
  const undo = [tapline, "cutover", "daily", "--undo"];
  const look = async () => ({ catalog: await catalogOf(database), text: readFileSync(file, "utf8") });
  const before = await look();
  const began = Date.now();
  expect((await call(folder, cutover)).code).toBe(0);
  const length = Date.now() - began;
  const after = await look();
  expect(after).not.toEqual(before);
  expect((await call(folder, undo)).code).toBe(0);
  expect(await look()).toEqual(before);
  const killed = { before: 0, after: 0, ended: 0 };
  try {
    for (let round = 0; round < bars.rounds; round++) {
      for (const [command, from, to] of [
        [cutover, before, after],
        [undo, after, before],
      ] as const) {
        const ended = await call(folder, command, {}, Math.random() * length * 1.1);
        const { catalog } = await settledCatalog(database);
        const isFrom = JSON.stringify(catalog) === JSON.stringify(from.catalog);
        if (!isFrom) expect(catalog).toEqual(to.catalog);
        if (ended.code === 0) killed.ended += 1;
        else killed[isFrom ? "before" : "after"] += 1;
        const finished = await call(folder, command);
        // A finished undo has nothing left to undo.
        if (ended.code !== 0 || command === cutover)
          expect(finished.code === 0 || finished.out.includes("has no cutover to undo"), finished.out).toBe(true);
        expect(await look()).toEqual(to);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await database.read(`DROP OWNED BY ${reader}`, `DROP ROLE ${reader}`);
  }
  expect(killed.before + killed.after).toBeGreaterThan(bars.rounds / 2);
  task.meta.result = { rounds: bars.rounds * 2, ...killed };
});

/** A killed client's session may still be at its COMMIT. */
async function settledCatalog(database: TestDatabase): Promise<{ catalog: string[] }> {
  const others = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'target-postgres%' AND datname = current_database()";
  for (const end = Date.now() + 30_000; (await database.read(others))[0]?.[0] !== "0"; ) {
    if (Date.now() > end) throw new Error("a killed session lives on");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { catalog: await catalogOf(database) };
}
