/** Changes of PostgreSQL into DuckDB by `tapline run`, as the page on PostgreSQL shows it: first run, later runs, and starting over. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type PostgresServer, queryPostgres, startPostgres } from "@tapline/testing/postgres";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { bin, run } from "./command.ts";
import { duckdbRows, duckdbRun } from "./duckdb.ts";
import { startJob } from "./faults/job.ts";
import { pidOf, signal } from "./faults/processes.ts";

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres({ settings: { wal_level: "logical" } });
});
afterAll(() => server?.stop());

async function project(database: string, config: object, more: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), "capture-runs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const address = { ...server.address, database };
  await queryPostgres({ ...address, database: "postgres" }, [`CREATE DATABASE ${database}`]);
  const plugins = {
    "tap-postgres": { executable: bin("tap-postgres"), config: { ...address, ...config }, ...more },
    "target-duckdb": { executable: bin("target-duckdb"), config: { filepath: join(folder, "copy.duckdb"), hard_delete: true } },
  };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }));
  return {
    folder,
    ask: (...statements: string[]) => queryPostgres(address, statements),
    tapline: (...args: string[]) => run("tapline", args, { cwd: folder }),
    load: (...args: string[]) => run("tapline", ["run", "tap-postgres", "target-duckdb", ...args], { cwd: folder }),
    rows: async (table: string) =>
      (await duckdbRows(join(folder, "copy.duckdb"), `SELECT id, v FROM public.${table} ORDER BY 1`)).map(({ id, v }) => `${id} ${v}`),
  };
}

test("a catalog's method: later runs load changes and deletes, one table or all start over, a gap stops the run", async () => {
  const { ask, load, rows } = await project("shop", {}, { metadata: { "public-*": { "replication-method": "LOG_BASED" } } });
  await ask("CREATE TABLE a (id int PRIMARY KEY, v text)", "CREATE TABLE b (id int PRIMARY KEY, v text)");
  await ask("INSERT INTO a VALUES (1, 'one'), (2, 'two')", "INSERT INTO b VALUES (1, 'b')");
  expect(await load()).toMatchObject({ code: 0 });
  await ask("UPDATE a SET v = 'eins' WHERE id = 1", "DELETE FROM a WHERE id = 2", "INSERT INTO b VALUES (2, 'c')");
  expect(await load()).toMatchObject({ code: 0 });
  expect([await rows("a"), await rows("b")]).toEqual([["1 eins"], ["1 b", "2 c"]]);
  await ask("INSERT INTO a VALUES (3, 'three')", "DELETE FROM b WHERE id = 1");
  expect(await load("--full-refresh", "public-a")).toMatchObject({ code: 0 });
  expect([await rows("a"), await rows("b")]).toEqual([["1 eins", "3 three"], ["2 c"]]);
  const [[slot]] = (await ask("SELECT slot_name FROM pg_replication_slots")) as [[string]];
  await ask(`SELECT pg_drop_replication_slot('${slot}')`, "DELETE FROM a WHERE id = 1", "INSERT INTO b VALUES (4, 'd')");
  const stopped = await load();
  expect(stopped.code).not.toBe(0);
  expect(`${stopped.stdout}${stopped.stderr}`).toContain("is gone, so changes since the last run can't be read any more");
  expect(await load("--full-refresh")).toMatchObject({ code: 0 });
  expect([await rows("a"), await rows("b")]).toEqual([["3 three"], ["2 c", "4 d"]]);
  expect(await ask("SELECT count(*) FROM pg_replication_slots WHERE database = 'shop'")).toEqual([["1"]]);
});

test("tapline resync has the next run read one table again, by the same slot, and the others go on", async () => {
  const { ask, folder, load, rows, tapline } = await project("again", { default_replication_method: "LOG_BASED" });
  await ask("CREATE TABLE a (id int PRIMARY KEY, v text)", "CREATE TABLE b (id int PRIMARY KEY, v text)");
  await ask("INSERT INTO a VALUES (1, 'one'), (2, 'two')", "INSERT INTO b VALUES (1, 'b')");
  expect(await load()).toMatchObject({ code: 0 });
  // Rows that somebody else changed in the copy: no change of the log mends them.
  const copy = join(folder, "copy.duckdb");
  await duckdbRun(copy, "UPDATE public.a SET v = 'wrong'");
  await duckdbRun(copy, "UPDATE public.b SET v = 'wrong'");
  const slots = () => ask("SELECT slot_name FROM pg_replication_slots WHERE database = 'again'");
  const before = await slots();
  const unknown = await tapline("resync", "tap-postgres", "target-duckdb", "public.aa");
  expect(unknown.code).toBe(2);
  expect(`${unknown.stdout}${unknown.stderr}`).toContain("near ones are public-a");
  expect(await tapline("resync", "tap-postgres", "target-duckdb", "public.a")).toMatchObject({ code: 0 });
  await ask("DELETE FROM a WHERE id = 2", "INSERT INTO b VALUES (2, 'c')");
  expect(await load()).toMatchObject({ code: 0 });
  expect([await rows("a"), await rows("b")]).toEqual([["1 one"], ["1 wrong", "2 c"]]);
  expect(await slots()).toEqual(before);
});

test("a run that follows and is killed after a STATE without rows goes on from that STATE", async () => {
  const { ask, folder, load, rows } = await project("killed", { default_replication_method: "LOG_BASED", filter_tables: "public.a" });
  await ask("CREATE TABLE a (id int PRIMARY KEY, v text)", "INSERT INTO a VALUES (1, 'one')", "CREATE TABLE other (v text)");
  const path = join(folder, "tapline.yml");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), jobs: { all: ["tap-postgres target-duckdb"] } }));
  const confirmed = async (): Promise<string> =>
    (await ask("SELECT confirmed_flush_lsn - '0/0' FROM pg_replication_slots WHERE database = 'killed' AND NOT temporary"))[0]?.[0] ?? "0";
  const job = startJob(folder, { follows: true });
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) {
      if (!job.isRunning()) throw new Error(`the run ended: ${(await job.ended).text}`);
      await setTimeout(100);
    }
  };
  await until(async () => Number(await confirmed()) > 0 && pidOf(basename(folder), "target") !== undefined);
  // Log that has no row of the table: the server may forget it once the STATE after it is stored.
  const [[end]] = (await ask(
    "INSERT INTO other SELECT md5(n::text) FROM generate_series(1, 60000) AS n",
    "SELECT pg_current_wal_lsn() - '0/0'",
  )) as [[string]];
  await until(async () => Number(await confirmed()) >= Number(end));
  signal(pidOf(basename(folder), "target"), "SIGKILL");
  expect((await job.ended).code).not.toBe(0);
  await ask("INSERT INTO a VALUES (2, 'two')");
  expect(await load()).toMatchObject({ code: 0 });
  expect(await rows("a")).toEqual(["1 one", "2 two"]);
}, 120_000);

test("tapline doctor names what is in the way", async () => {
  const { ask, tapline } = await project("clinic", { default_replication_method: "LOG_BASED" });
  await ask("CREATE TABLE a (id int, v text)");
  const ill = await tapline("doctor");
  expect(`${ill.stdout}${ill.stderr}`).toContain('"public"."a" can\'t be read LOG_BASED: it has no key');
  await ask("ALTER TABLE a ADD PRIMARY KEY (id)");
  const well = await tapline("doctor");
  expect(`${well.stdout}${well.stderr}`).not.toContain("can't be read LOG_BASED");
});

test("a job of several lanes reads the log in one of them, run after run", async () => {
  const { ask, folder, tapline } = await project("lanes", { default_replication_method: "LOG_BASED" });
  const target = { ...server.address, database: "lanes_copy" };
  await queryPostgres({ ...target, database: "postgres" }, ["CREATE DATABASE lanes_copy"]);
  const plugins = {
    "tap-postgres": {
      executable: bin("tap-postgres"),
      config: { ...server.address, database: "lanes", default_replication_method: "LOG_BASED" },
    },
    "target-postgres": { executable: bin("target-postgres"), config: { ...target, hard_delete: true } },
  };
  writeFileSync(
    join(folder, "tapline.yml"),
    JSON.stringify({ plugins, jobs: { all: { steps: [{ run: "tap-postgres target-postgres", parallel: 2 }] } } }),
  );
  await ask(
    "CREATE TABLE a (id int PRIMARY KEY)",
    "CREATE TABLE b (id int PRIMARY KEY)",
    "CREATE TABLE c (id int PRIMARY KEY)",
    "CREATE VIEW v AS SELECT 1 AS id",
  );
  await ask("INSERT INTO a VALUES (1), (2)", "INSERT INTO c VALUES (1)");
  expect(await tapline("run", "all")).toMatchObject({ code: 0 });
  await ask("DELETE FROM a WHERE id = 1", "INSERT INTO b VALUES (7)");
  expect(await tapline("run", "all")).toMatchObject({ code: 0 });
  const ids = async (table: string) => (await queryPostgres(target, [`SELECT id FROM public.${table} ORDER BY id`])).flat();
  expect([await ids("a"), await ids("b"), await ids("c"), await ids("v")]).toEqual([["2"], ["7"], ["1"], ["1", "1"]]);
  expect(await ask("SELECT count(*) FROM pg_replication_slots WHERE database = 'lanes'")).toEqual([["1"]]);
});
