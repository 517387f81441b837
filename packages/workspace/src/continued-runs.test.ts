/**
 * Mistakes that people make with databases and projects between two runs: a run never ends green over a database that lacks the rows
 * which its bookmark stands for.
 */
import { appendFileSync, copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { testDatabase } from "@tapline/testing/postgres";
import { describe, expect, onTestFinished, test } from "vitest";
import { bin, type Ended, run } from "./command.ts";
import { duckdbRows, duckdbRun } from "./duckdb.ts";

type PluginConfig = Record<string, unknown>;

/** A database that can be damaged between two runs. */
interface Destination {
  target: "target-duckdb" | "target-postgres";
  config: PluginConfig;
  /** The same server or folder, another place. */
  elsewhere: PluginConfig;
  /** The number of rows; null: there is no such table. */
  count(table: string): Promise<number | null>;
  change(sql: string): Promise<unknown>;
  backUp(): Promise<void>;
  restore(): Promise<void>;
  destroy(): Promise<void>;
}

async function duckdb(folder: string): Promise<Destination> {
  const [filepath, backup] = [join(folder, "shop.duckdb"), join(folder, "backup.duckdb")];
  return {
    target: "target-duckdb",
    config: { filepath },
    elsewhere: { filepath: join(folder, "other.duckdb") },
    async count(table) {
      const [found] = await duckdbRows(filepath, `SELECT * FROM duckdb_tables() WHERE table_name = '${table}'`);
      return found === undefined ? null : Number((await duckdbRows(filepath, `SELECT count(*) AS rows FROM "${table}"`))[0]?.rows);
    },
    change: (sql) => duckdbRun(filepath, sql),
    backUp: async () => copyFileSync(filepath, backup),
    restore: async () => copyFileSync(backup, filepath),
    destroy: async () => rmSync(filepath),
  };
}

async function postgres(): Promise<Destination> {
  const { host, port, user, password, database, read } = await testDatabase();
  const address = { host, port, user, password, database };
  const copy = async (from: string, to: string): Promise<void> => {
    const tables = await read(`SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = '${from}'::regnamespace`);
    for (const [table] of tables)
      await read(
        `DROP TABLE IF EXISTS ${to}."${table}"`,
        `CREATE TABLE ${to}."${table}" (LIKE ${from}."${table}" INCLUDING ALL)`,
        `INSERT INTO ${to}."${table}" SELECT * FROM ${from}."${table}"`,
      );
  };
  return {
    target: "target-postgres",
    config: { ...address, default_target_schema: "shop" },
    elsewhere: { ...address, default_target_schema: "other" },
    async count(table) {
      const [[found] = []] = await read(`SELECT to_regclass('shop."${table}"')::text`);
      return found === null ? null : Number((await read(`SELECT count(*) FROM shop."${table}"`))[0]?.[0]);
    },
    change: (sql) => read("SET search_path = shop", sql),
    async backUp() {
      await read("CREATE SCHEMA backup");
      await copy("shop", "backup");
    },
    restore: () => copy("backup", "shop"),
    destroy: async () => void (await read("DROP SCHEMA shop CASCADE")),
  };
}

const id = (target: string): string => `dev:tap-csv-to-${target}`;

class Shop {
  readonly folder: string;
  readonly destination: Destination;
  constructor(folder: string, destination: Destination) {
    this.folder = folder;
    this.destination = destination;
    this.add("orders", 1, 2, 3);
    this.add("items", 1, 2, 3);
    this.configure();
  }

  get stateId(): string {
    return id(this.destination.target);
  }

  /** Rows that the next run reads. */
  add(stream: string, ...ids: number[]): void {
    const path = join(this.folder, `${stream}.csv`);
    appendFileSync(path, ids.map((each) => `${each === 1 ? "id,name\n" : ""}${each},n${each}\n`).join(""));
  }

  configure(target: PluginConfig = this.destination.config, select: string[] = ["orders", "items"]): void {
    const files = ["orders", "items"].map((entity) => ({ entity, path: `${entity}.csv`, keys: ["id"] }));
    const plugins = {
      "tap-csv": { executable: bin("tap-csv"), config: { files }, select: select.map((stream) => `${stream}.*`) },
      [this.destination.target]: { executable: bin(this.destination.target), config: { ...target, load_method: "append-only" } },
    };
    writeFileSync(join(this.folder, "tapline.yml"), JSON.stringify({ plugins, jobs: { shop: [`tap-csv ${this.destination.target}`] } }));
  }

  tapline(...args: string[]): Promise<Ended> {
    return run("tapline", args, { cwd: this.folder });
  }

  async load(...flags: string[]): Promise<void> {
    expect(await this.tapline("run", "shop", ...flags)).toMatchObject({ code: 0 });
  }

  /** The run fails before anything is read, and each of these is in what it prints. */
  async refuses(...parts: string[]): Promise<void> {
    const { code, stderr } = await this.tapline("run", "shop");
    expect(stderr.split("\n").findLast((line) => line.startsWith("Failed:"))).toEqual(expect.stringContaining(parts[0] ?? ""));
    for (const part of parts) expect(stderr).toContain(part);
    expect(code).toBe(1);
  }

  async counts(): Promise<Record<string, number | null>> {
    return { orders: await this.destination.count("orders"), items: await this.destination.count("items") };
  }
}

/** The age of a run is the second in its id. */
async function nextSecond(): Promise<void> {
  const seconds = (): number => Math.floor(Date.now() / 1000);
  for (const start = seconds(); seconds() === start; ) await pause(20);
}

async function makeShop(name: "DuckDB" | "PostgreSQL"): Promise<Shop> {
  const folder = mkdtempSync(join(tmpdir(), "continued-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return new Shop(folder, await (name === "DuckDB" ? duckdb(folder) : postgres()));
}

describe.each(["DuckDB", "PostgreSQL"] as const)("%s", (name) => {
  test("a database that was deleted: the run stops and names the ways on, which work as they are printed", async () => {
    const shop = await makeShop(name);
    await shop.load();
    await shop.destination.destroy();
    shop.add("orders", 4);
    const accept = `tapline state accept ${shop.stateId}`;
    await shop.refuses("no commit", "tapline run shop --full-refresh --replace", accept);
    await shop.refuses("no commit");
    await shop.load("--full-refresh", "--replace");
    expect(await shop.counts()).toEqual({ orders: 4, items: 3 });
    await shop.load();
    expect(await shop.counts()).toEqual({ orders: 4, items: 3 });
  });

  test("a backup that was restored: the run stops, and continues from the ledger when asked to", async () => {
    const shop = await makeShop(name);
    await shop.load();
    await shop.destination.backUp();
    shop.add("orders", 4);
    await nextSecond();
    await shop.load();
    await shop.destination.restore();
    shop.add("orders", 5);
    await shop.refuses("older run", "tapline run shop --from-ledger");
    await shop.load("--from-ledger");
    expect(await shop.counts()).toEqual({ orders: 5, items: 3 });
    expect((await shop.tapline("state", "history", shop.stateId)).stdout).toMatch(/from ledger done/);
    await shop.load();
    expect(await shop.counts()).toEqual({ orders: 5, items: 3 });
  });

  test("a table that was dropped: only a run that continues its stream stops", async () => {
    const shop = await makeShop(name);
    await shop.load();
    await shop.destination.change("DROP TABLE items");
    shop.configure(undefined, ["orders"]);
    shop.add("orders", 4);
    await shop.load();
    shop.configure();
    await shop.refuses("items", "tapline run shop --full-refresh --replace items");
    await shop.load("--full-refresh", "--replace", "items");
    expect(await shop.counts()).toEqual({ orders: 4, items: 3 });
    await shop.load("--full-refresh", "--replace", "orders");
    expect(await shop.counts()).toEqual({ orders: 4, items: 3 });
  });
});

test("two copies of a project load into one database: the second one stops", async () => {
  const shop = await makeShop("PostgreSQL");
  await shop.load();
  cpSync(join(shop.folder, ".tapline"), join(shop.folder, "copied"), { recursive: true });
  shop.add("orders", 4);
  await nextSecond();
  await shop.load();
  rmSync(join(shop.folder, ".tapline"), { recursive: true });
  cpSync(join(shop.folder, "copied"), join(shop.folder, ".tapline"), { recursive: true });
  shop.add("orders", 5);
  await shop.refuses("newer run", "tapline run shop --from-ledger");
  await shop.load("--from-ledger");
  expect(await shop.counts()).toEqual({ orders: 5, items: 3 });
});

test("another place in the settings, and rows that are there by other means", async () => {
  const shop = await makeShop("DuckDB");
  await shop.load();
  shop.configure(shop.destination.elsewhere);
  await shop.refuses("no commit");
  expect(await shop.tapline("state", "accept")).toMatchObject({ code: 0 });
  await shop.load();
  shop.add("orders", 4);
  await shop.load();
  expect((await shop.tapline("state", "history", shop.stateId)).stdout).toContain("accept");
  // Commits in the new place are known again.
  shop.configure();
  await shop.refuses("last commit", "--from-ledger");
});

test("a stream that never had rows, and a first run into a table of another tool, are no faults", async () => {
  const shop = await makeShop("DuckDB");
  writeFileSync(join(shop.folder, "items.csv"), "id,name\n");
  await shop.load();
  await shop.destination.change("DROP TABLE IF EXISTS items");
  await shop.load();
  shop.add("items", 2, 3);
  await shop.load();
  expect(await shop.counts()).toEqual({ orders: 3, items: 2 });
  const other = await makeShop("DuckDB");
  await other.destination.change("CREATE TABLE orders AS SELECT 9::BIGINT AS id, 'n9' AS name");
  await other.load();
  other.add("orders", 4);
  await other.load();
  expect(await other.counts()).toEqual({ orders: 5, items: 3 });
});

test("a full refresh with a limit, and then no database", async () => {
  const shop = await makeShop("DuckDB");
  await shop.load();
  await shop.load("--limit", "1", "--full-refresh");
  await shop.destination.destroy();
  await shop.refuses("no commit");
});

test("without a selection, a stream whose table was dropped may be read again from its beginning", async () => {
  const shop = await makeShop("DuckDB");
  shop.configure(undefined, []);
  await shop.load();
  await shop.destination.change("DROP TABLE items");
  await shop.refuses("items", "--full-refresh --replace items");
  await shop.load("--full-refresh", "items");
  expect(await shop.counts()).toEqual({ orders: 3, items: 3 });
});

test("without a selection, streams that a run over a new database did not read are refused until they are read again", async () => {
  const shop = await makeShop("DuckDB");
  shop.configure(undefined, []);
  await shop.load();
  await shop.destination.destroy();
  await shop.load("--select", "orders.*", "--full-refresh", "--replace", "orders");
  await shop.refuses("items", "--full-refresh --replace items");
  await shop.load("--full-refresh", "--replace", "items");
  await shop.load();
  expect(await shop.counts()).toEqual({ orders: 3, items: 3 });
});

test("the command that is printed names all tables that are gone, also those that the run would have replaced", async () => {
  const shop = await makeShop("DuckDB");
  await shop.load();
  await shop.destination.change("DROP TABLE items");
  await shop.destination.change("DROP TABLE orders");
  const { code, stderr } = await shop.tapline("run", "shop", "--full-refresh", "--replace", "items");
  expect(code).toBe(1);
  expect(stderr).toContain("tapline run shop --full-refresh --replace items orders");
  await shop.load("--full-refresh", "--replace", "items", "orders");
  expect(await shop.counts()).toEqual({ orders: 3, items: 3 });
});

test("a bookmark of a stream that the tap no longer has refuses nothing in another database", async () => {
  const shop = await makeShop("DuckDB");
  shop.configure(undefined, []);
  await shop.load();
  const files = [{ entity: "customers", path: "orders.csv", keys: ["id"] }];
  const path = join(shop.folder, "tapline.yml");
  const project = JSON.parse(readFileSync(path, "utf8"));
  project.plugins["tap-csv"].config.files = files;
  project.plugins[shop.destination.target].config = shop.destination.elsewhere;
  writeFileSync(path, JSON.stringify(project));
  await shop.load();
  expect((await duckdbRows(String(shop.destination.elsewhere.filepath), "FROM customers")).length).toBe(3);
  // The streams that are back have no rows there.
  project.plugins["tap-csv"].config.files = [...files, { entity: "items", path: "items.csv", keys: ["id"] }];
  writeFileSync(path, JSON.stringify(project));
  await shop.refuses("items", "--full-refresh --replace items");
});

test("a state that a person set is accepted", async () => {
  const shop = await makeShop("DuckDB");
  await shop.load();
  await shop.destination.destroy();
  const { stdout } = await shop.tapline("state", "get", shop.stateId);
  expect(await shop.tapline("state", "set", shop.stateId, stdout)).toMatchObject({ code: 0 });
  shop.add("orders", 4);
  const { code, stdout: summary } = await shop.tapline("run", "shop");
  expect([code, summary.replaceAll(/\s+/g, " ")]).toEqual([
    0,
    expect.stringContaining("not checked whether earlier rows are still there: the state was changed by hand (set)."),
  ]);
  expect(await shop.counts()).toEqual({ orders: 1, items: 0 });
  expect((await shop.tapline("run", "shop")).stdout).not.toContain("not checked");
});

test("a full refresh of some streams keeps the bookmarks of the others", async () => {
  const shop = await makeShop("DuckDB");
  shop.configure(undefined, []);
  await shop.load("--select", "orders.*");
  await shop.load("--full-refresh", "--replace", "items");
  await shop.load("--select", "orders.*", "--full-refresh", "--replace");
  await shop.load();
  expect(await shop.counts()).toEqual({ orders: 3, items: 3 });
  const { code, stderr } = await shop.tapline("run", "shop", "--select", "orders.*", "--full-refresh", "--replace", "items");
  expect([code, stderr]).toEqual([2, expect.stringContaining("does not read")]);
});

test("streams that a full refresh left out are missed in another database", async () => {
  const shop = await makeShop("DuckDB");
  await shop.load();
  await shop.destination.destroy();
  await shop.load("--select", "orders.*", "--full-refresh", "--replace");
  await shop.refuses("items");
});

test("a limit that leaves rows after the last bookmark ends with a warning", async () => {
  const shop = await makeShop("DuckDB");
  const { code, stdout } = await shop.tapline("run", "shop", "--limit", "2");
  expect([code, stdout.replaceAll(/\s+/g, " ")]).toEqual([
    0,
    expect.stringContaining("orders: --limit stopped after 2 rows that no bookmark covers"),
  ]);
});

test("the run after one that failed compares as well", async () => {
  const shop = await makeShop("DuckDB");
  await shop.load();
  shop.add("orders", 4);
  appendFileSync(join(shop.folder, "orders.csv"), '5,"broken\n');
  expect((await shop.tapline("run", "shop")).code).not.toBe(0);
  writeFileSync(join(shop.folder, "orders.csv"), readFileSync(join(shop.folder, "orders.csv"), "utf8").replace('"broken', "whole"));
  await shop.destination.destroy();
  await shop.refuses("no commit");
});

test("a step that changes from one pipe to several, and back, notices that its database is gone", async () => {
  const shop = await makeShop("PostgreSQL");
  const over = (parallel: number): void => {
    const path = join(shop.folder, "tapline.yml");
    const file = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...file, jobs: { shop: { steps: [{ run: "tap-csv target-postgres", parallel }] } } }));
  };
  await shop.load();
  over(2);
  await shop.load();
  shop.add("orders", 4);
  await shop.load();
  over(1);
  await shop.load();
  shop.add("items", 4);
  over(2);
  await shop.load();
  expect(await shop.counts()).toEqual({ orders: 4, items: 4 });
  await shop.destination.backUp();
  await shop.destination.destroy();
  for (const parallel of [2, 1, 3]) {
    over(parallel);
    await shop.refuses("tapline state accept");
  }
  await shop.destination.change("CREATE SCHEMA IF NOT EXISTS shop");
  await shop.destination.restore();
  over(2);
  shop.add("orders", 5);
  await shop.load();
  expect(await shop.counts()).toEqual({ orders: 5, items: 4 });
  await shop.destination.destroy();
  expect(await shop.tapline("state", "accept")).toMatchObject({ code: 0 });
  await shop.load();
});

test("a target without a ledger: a note, and no failure", async () => {
  const folder = mkdtempSync(join(tmpdir(), "continued-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "orders.csv"), "id\n1\n");
  const tap = { executable: bin("tap-csv"), config: { files: [{ entity: "orders", path: "orders.csv", keys: ["id"] }] } };
  const target = { executable: bin("target-jsonl"), config: { destination_path: folder } };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins: { "tap-csv": tap, "target-jsonl": target } }));
  const tapline = (...flags: string[]): Promise<Ended> => run("tapline", ["run", "tap-csv", "target-jsonl", ...flags], { cwd: folder });
  expect((await tapline()).stdout).not.toContain("not checked");
  const second = await tapline();
  expect(second.code).toBe(0);
  expect(second.stdout).toContain("It was not checked whether earlier rows are still there: the target keeps no ledger.");
  expect(await tapline("--from-ledger")).toMatchObject({ code: 2, stderr: expect.stringContaining("target-jsonl keeps no ledger") });
  expect(await tapline("--full-refresh", "--replace")).toMatchObject({ code: 2, stderr: expect.stringContaining("can't replace") });
});
