/** Files and settings that change between two runs of tap-csv into a DuckDB file: a run that ends well has each row once. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { testDatabase } from "@tapline/testing/postgres";
import pg from "pg";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { duckdbRows } from "./duckdb.ts";
import { root } from "./repository.ts";

const timeout = 60_000;

/** A database to load into, which another process reads. */
interface Database {
  target: string;
  config: object;
  /** The ids of the table, in order. */
  ids(where?: string): Promise<number[]>;
}

const query = (table: string, where = "true"): string => `SELECT id FROM ${table} WHERE ${where} ORDER BY id`;

function duckdb(folder: string): Database {
  const filepath = join(folder, "loaded.duckdb");
  const ids = async (where?: string) => (await duckdbRows(filepath, query("items", where))).map(({ id }) => Number(id));
  return { target: "target-duckdb", config: { filepath }, ids };
}

async function postgres(): Promise<Database> {
  const { host, port, user, password, database } = await testDatabase();
  const schema = `changed_files_${process.pid}_${Date.now()}`;
  const client = new pg.Client({ host, port, user, password, database });
  await client.connect();
  onTestFinished(async () => {
    await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    await client.end();
  });
  const config = { host, port, user, password, database, default_target_schema: schema };
  const ids = async (where?: string) => (await client.query(query(`${schema}.items`, where))).rows.map(({ id }) => Number(id));
  return { target: "target-postgres", config, ids };
}

interface Settings {
  settings?: object;
  tap?: object;
  target?: object;
  makeDatabase?: (folder: string) => Database | Promise<Database>;
}

async function project({ settings = {}, tap: tapConfig = {}, target: targetConfig = {}, makeDatabase = duckdb }: Settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), "tapline-changed-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { target, config, ids } = await makeDatabase(folder);
  const plugin = (name: string, pluginConfig: object) => ({
    executable: join(root, `plugins/${name}/bin/${name}.js`),
    config: pluginConfig,
  });
  const configure = (more: object = {}): void => {
    const tap = { files: [{ entity: "items", path: "items.csv", ...settings, ...more }], ...tapConfig };
    const plugins = { "tap-csv": plugin("tap-csv", tap), "target-x": plugin(target, { ...config, ...targetConfig }) };
    writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }));
  };
  configure();
  const start = (...flags: string[]) => {
    const args = [join(root, "packages/cli/bin/tapline.js"), "run", "tap-csv", "target-x", ...flags];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    const ended = Promise.all([text(child.stderr), once(child, "close") as Promise<[number | null]>]);
    return { child, ended: ended.then(([err, [code]]) => ({ code, err })) };
  };
  return {
    configure,
    ids,
    start,
    /** Rows with the ids in this range. */
    write: (from: number, to: number, end = ""): void => {
      const rows = Array.from({ length: to - from + 1 }, (_, i) => `${from + i},${i === 0 ? "N/A" : "x"}\n`);
      writeFileSync(join(folder, "items.csv"), `id,v\n${rows.join("")}${end}`);
    },
    run: (...flags: string[]) => start(...flags).ended,
  };
}

test("a changed file of a stream without keys stops the run, and the table is as before", { timeout }, async () => {
  const { write, run, ids } = await project();
  write(1, 3);
  expect((await run()).code).toBe(0);
  write(2, 5);
  expect(await run()).toMatchObject({ code: 1, err: expect.stringMatching(/items.csv was read before and has changed since/) });
  expect(await ids()).toEqual([1, 2, 3]);
});

test("--keep goes on with the new settings for one run, and the next run knows them", { timeout }, async () => {
  const { configure, write, run, ids } = await project();
  write(1, 3);
  expect((await run()).code).toBe(0);
  configure({ null_values: ["N/A"] });
  expect(await run()).toMatchObject({ code: 1, err: expect.stringMatching(/null_values.*would be appended a second time.*--keep/) });
  expect((await run("--keep")).code).toBe(0);
  expect((await run()).code).toBe(0);
  expect(await ids()).toEqual([1, 2, 3]);
});

test("a changed file of a stream with keys whose target only appends stops the run; append loads it, with a warning", {
  timeout,
}, async () => {
  const { configure, write, run, ids } = await project({ settings: { keys: ["id"] }, target: { load_method: "append-only" } });
  write(1, 3);
  expect((await run()).code).toBe(0);
  write(2, 5);
  expect(await run()).toMatchObject({ code: 1, err: expect.stringContaining("would be appended a second time") });
  configure({ changed_files: "append" });
  expect(await run()).toMatchObject({ code: 0, err: expect.stringContaining("4 rows of it were sent again and are appended") });
  expect(await ids()).toEqual([1, 2, 2, 3, 3, 4, 5]);
});

test("a setting that changes rows applies to rows that were loaded, by their keys", { timeout }, async () => {
  const { configure, write, run, ids } = await project({ settings: { keys: ["id"] } });
  write(1, 3);
  expect((await run()).code).toBe(0);
  configure({ null_values: ["N/A"] });
  expect(await run()).toMatchObject({
    code: 0,
    err: expect.stringContaining("the setting null_values changed, so items.csv is read again"),
  });
  expect(await ids("v IS NULL")).toEqual([1]);
  configure({ null_values: ["N/A"], keys: [] });
  expect(await run()).toMatchObject({ code: 1, err: expect.stringContaining("in the table under the old keys") });
});

test("--limit deletes nothing, and the next run without it does", { timeout }, async () => {
  const { write, run, ids } = await project({ settings: { keys: ["id"], detect_deletes: true } });
  write(1, 3);
  expect((await run()).code).toBe(0);
  write(2, 3);
  expect((await run("--limit", "100")).code).toBe(0);
  expect(await ids("_sdc_deleted_at IS NULL")).toEqual([1, 2, 3]);
  expect((await run()).code).toBe(0);
  expect(await ids("_sdc_deleted_at IS NULL")).toEqual([2, 3]);
});

describe.each([
  ["DuckDB", duckdb],
  ["PostgreSQL", postgres],
])("changed_files: replace into %s", (_, makeDatabase) => {
  const replacing = { settings: { changed_files: "replace" }, tap: { add_metadata_columns: true }, makeDatabase };

  test("exchanges the rows of the file", { timeout }, async () => {
    const { write, run, ids } = await project(replacing);
    write(1, 3);
    expect((await run()).code).toBe(0);
    write(2, 5);
    expect((await run()).code).toBe(0);
    expect(await ids()).toEqual([2, 3, 4, 5]);
    write(2, 6);
    expect((await run()).code).toBe(0);
    expect(await ids()).toEqual([2, 3, 4, 5, 6]);
  });

  test("leaves the old rows under --limit", { timeout }, async () => {
    const { write, run, ids } = await project(replacing);
    write(1, 3);
    expect((await run()).code).toBe(0);
    write(2, 5);
    expect((await run("--limit", "2")).code).toBe(0);
    expect(await ids()).toEqual([1, 2, 3]);
    expect((await run()).code).toBe(0);
    expect(await ids()).toEqual([2, 3, 4, 5]);
  });

  test("leaves the old rows when the run ends inside the file, and the next run exchanges them", { timeout }, async () => {
    const { write, run, start, ids } = await project(replacing);
    write(1, 3);
    expect((await run()).code).toBe(0);
    const last = 300_000;
    write(1001, last, "too short\n");
    expect((await run()).code).toBe(1);
    expect(await ids()).toEqual([1, 2, 3]);
    write(1001, last);
    const { child, ended } = start();
    setTimeout(() => child.kill("SIGKILL"), 900);
    await ended;
    // The target notices that the runner is gone, and keeps the file locked until it has ended.
    const found = await vi.waitFor(() => ids(), { timeout: 20_000 });
    expect([3, last - 1000]).toContain(found.length);
    expect((await run()).code).toBe(0);
    expect((await ids()).length).toBe(last - 1000);
    expect(await ids("id < 1001")).toEqual([]);
  });
});

test("changed_files: replace is refused before a row where the target can't", { timeout }, async () => {
  const { write, run } = await project({
    settings: { changed_files: "replace" },
    tap: { add_metadata_columns: true },
    makeDatabase: (folder) => ({ target: "target-jsonl", config: { destination_path: folder }, ids: async () => [] }),
  });
  write(1, 3);
  expect(await run()).toMatchObject({ code: 1, err: expect.stringContaining("does not list the capability replace-source") });
});
