/** Database files: each table of one file, resumed inside a table, and what is wrong with a file, a view or a bookmark. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { incremental, numbers, range } from "@tapline/testing/tap-run";
import { expect, onTestFinished, test } from "vitest";
import { execute, testFile } from "../test/database-file.ts";
import { discoverCatalog, runTap } from "../test/tap-run.ts";

/** DuckDB's own, of a block. Source: duckdb/src/common/checksum.cpp. */
function checksumOf(block: Buffer): bigint {
  let sum = 5381n;
  for (let at = 0; at < block.length; at += 8) sum ^= BigInt.asUintN(64, block.readBigUInt64LE(at) * 0xbf58476d1ce4e5b9n);
  return sum;
}

/** 30 MB. */
const wide = (rows: number) => `CREATE TABLE wide AS SELECT n AS id, repeat('x', 1000) AS body, 0 AS v FROM range(1, ${rows + 1}) AS r(n)`;

test("a whole table is one version, which is activated after its rows; the next run is another one", async () => {
  const { path, execute } = testFile();
  await execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
  const { messages, types, state } = await runTap({ filepath: path });
  expect(types).toEqual(["SCHEMA", "RECORD", "RECORD", "ACTIVATE_VERSION", "STATE", "STATE"]);
  expect(messages[3]?.version).toBe(messages[1]?.version);
  const again = await runTap({ filepath: path }, { state });
  expect(again.messages[1]?.version).toBeGreaterThan(messages[1]?.version as number);
});

test("a table that stopped is resumed after its last STATE, in the same version, and from its start when the file changed", async () => {
  const { path, execute } = testFile();
  await execute(wide(30_000), "DELETE FROM wide WHERE id % 7 = 0");
  const wanted = range(1, 30_000).filter((id) => id % 7 !== 0);
  const first = await runTap({ filepath: path }, { until: ({ type }) => type === "STATE" });
  const before = numbers(first.rows("main-wide"));
  expect(before.length).toBeGreaterThan(1000);
  const second = await runTap({ filepath: path }, { state: first.state });
  const after = numbers(second.rows("main-wide"));
  expect([...before, ...after].sort((a, b) => a - b)).toEqual(wanted);
  expect(new Set([...first.messages, ...second.messages].flatMap(({ version }) => version ?? [])).size).toBe(1);
  await execute("UPDATE wide SET v = 1");
  const third = await runTap({ filepath: path }, { state: first.state });
  expect(numbers(third.rows("main-wide"))).toEqual(wanted);
  expect(third.messages.find(({ version }) => version !== undefined)?.version).not.toBe(first.messages[1]?.version);
});

test("a table with a column rowid has no place of rows, and is read whole", async () => {
  const { path, execute } = testFile();
  await execute("CREATE TABLE t AS SELECT n AS rowid, repeat('x', 1000) AS body FROM range(10000) AS r(n)");
  const { types, rows } = await runTap({ filepath: path });
  expect(numbers(rows("main-t"), "rowid")).toEqual(range(0, 9999));
  expect(types.indexOf("STATE")).toBeGreaterThan(10_000);
});

test("an incremental run goes on at the border of a range, whatever changed since", async () => {
  const { path, execute } = testFile();
  await execute(wide(30_000), "UPDATE wide SET id = NULL WHERE id = 5");
  const catalog = incremental(await discoverCatalog({ filepath: path }), "main-wide", "id");
  const first = await runTap({ filepath: path }, { catalog, until: ({ type }) => type === "STATE" });
  const border = Number(first.state.bookmarks?.["main-wide"]?.replication_key_value);
  expect(border).toBeGreaterThan(1);
  await execute("DELETE FROM wide WHERE id % 2 = 0", "INSERT INTO wide VALUES (30001, 'new', 0)");
  const second = await runTap({ filepath: path }, { catalog, state: first.state });
  const [before, after] = [first.rows("main-wide").filter(({ id }) => id !== null), numbers(second.rows("main-wide"))];
  expect(first.rows("main-wide").some(({ id }) => id === null)).toBe(true);
  expect(numbers(before)).toEqual(range(1, border - 1).filter((id) => id !== 5));
  expect(after).toEqual([...range(border, 30_000).filter((id) => id % 2 === 1), 30_001]);
});

test("lookback reads again what is before the bookmark, and the bookmark never goes back", async () => {
  const { path, execute } = testFile();
  await execute("CREATE TABLE t (id int, day date)", "INSERT INTO t SELECT n, DATE '2024-01-01' + n::int FROM range(10) AS r(n)");
  const catalog = incremental(await discoverCatalog({ filepath: path }), "main-t", "day");
  const { state } = await runTap({ filepath: path }, { catalog });
  const again = await runTap({ filepath: path, lookback: 2 }, { catalog, state });
  expect(numbers(again.rows("main-t"))).toEqual([7, 8, 9]);
  await execute("DELETE FROM t WHERE id > 7");
  const later = await runTap({ filepath: path, lookback: 2 }, { catalog, state });
  expect(later.state).toEqual(state);
});

test("values without an end are sent in each run, and are no bookmark", async () => {
  const { path, execute } = testFile();
  await execute("CREATE TABLE t (id int, seen timestamp)", "INSERT INTO t VALUES (1, '2024-01-01'), (2, 'infinity')");
  const catalog = incremental(await discoverCatalog({ filepath: path }), "main-t", "seen");
  const first = await runTap({ filepath: path }, { catalog });
  expect(first.state.bookmarks?.["main-t"]).toMatchObject({ replication_key_value: "2024-01-01 00:00:00" });
  expect(first.rows("main-t").map(({ seen }) => seen)).toEqual(["2024-01-01 00:00:00", "infinity"]);
  expect(numbers((await runTap({ filepath: path }, { catalog, state: first.state })).rows("main-t"))).toEqual([1, 2]);
});

test("a bookmark that the column can't have, and a column without an order, are named", async () => {
  const { path, execute } = testFile();
  await execute("CREATE TABLE t (id int, l int[])", "INSERT INTO t VALUES (1, [1])");
  const discovered = await discoverCatalog({ filepath: path });
  const state = { bookmarks: { "main-t": { replication_key: "id", replication_key_value: "abc" } } };
  const wrong = await runTap({ filepath: path }, { catalog: incremental(discovered, "main-t", "id"), state });
  expect(String((wrong.thrown as Error).message)).toContain('The bookmark "abc" is no value of "id"');
  const unordered = await runTap({ filepath: path }, { catalog: incremental(discovered, "main-t", "l") });
  expect(String((unordered.thrown as Error).message)).toContain('"l" can\'t be a replication key');
});

test("a unique index is a key where its columns are not null and there is no constraint that is one", async () => {
  const { path, execute } = testFile();
  await execute(
    'CREATE TABLE a (id int, n int NOT NULL, "a ""b, c" int NOT NULL, k int NOT NULL)',
    "CREATE UNIQUE INDEX a1 ON a (id)",
    "CREATE UNIQUE INDEX a2 ON a ((n + 1))",
    "CREATE INDEX a3 ON a (k)",
    'CREATE UNIQUE INDEX a4 ON a ("a ""b, c", n)',
    "CREATE UNIQUE INDEX a5 ON a (k)",
    "CREATE TABLE b (id int PRIMARY KEY, n int NOT NULL)",
    "CREATE UNIQUE INDEX b1 ON b (n)",
    "CREATE TABLE c (id int)",
    "CREATE UNIQUE INDEX c1 ON c (id)",
  );
  const { streams } = await discoverCatalog({ filepath: path });
  expect(streams.map(({ key_properties }) => key_properties)).toEqual([['a "b, c', "n"], ["id"], []]);
});

test("keys, comments, views and patterns", async () => {
  const { path, execute } = testFile();
  await execute(
    "CREATE TABLE a (x int NOT NULL, y int NOT NULL, z int UNIQUE, UNIQUE (y, x))",
    "COMMENT ON TABLE a IS 'all of it'",
    "COMMENT ON COLUMN a.x IS 'the ex'",
    "CREATE VIEW v AS FROM a",
    "CREATE SCHEMA s",
    "CREATE TABLE s.a_1 (id int)",
    "CREATE TABLE s.b (id int)",
    "CREATE MACRO to_json(x) AS 'no'",
    "CREATE MACRO concat(x, y) AS 'no'",
  );
  const { streams } = await discoverCatalog({ filepath: path });
  expect(streams.map(({ tap_stream_id, key_properties }) => [tap_stream_id, key_properties])).toEqual([
    ["main-a", ["y", "x"]],
    ["main-v", []],
    ["s-a_1", []],
    ["s-b", []],
  ]);
  expect(streams[0]?.schema).toMatchObject({ description: "all of it", properties: { x: { type: "integer", description: "the ex" } } });
  const chosen = await discoverCatalog({ filepath: path, filter_schemas: "s", filter_tables: ["*.a?*"] });
  expect(chosen.streams.map((entry) => entry.tap_stream_id)).toEqual(["s-a_1"]);
  await expect(discoverCatalog({ filepath: path, filter_tables: "none.*" })).rejects.toMatchObject({
    code: "no_tables",
    message: expect.stringContaining("none.*"),
  });
});

test("views that can't be read are named: one over a table that is gone, and one that reads a file", async () => {
  const { path, folder, execute } = testFile();
  writeFileSync(join(folder, "secret.csv"), "a,b\n1,2\n");
  await execute(
    "CREATE TABLE t (id int)",
    "INSERT INTO t VALUES (1)",
    "CREATE TABLE gone (id int)",
    "CREATE VIEW over_gone AS FROM gone",
    `CREATE VIEW of_file AS FROM '${folder}/secret.csv'`,
    "CREATE VIEW of_net AS SELECT 1 AS id FROM (SELECT 1) WHERE 1 = 1",
    "DROP TABLE gone",
  );
  const found = await runTap({ filepath: path });
  expect(numbers(found.rows("main-t"))).toEqual([1]);
  expect(found.rows("main-of_file")).toEqual([]);
  expect(found.warnings.join("\n")).toMatch(/"main"."over_gone" can't be read.*gone/);
  expect(found.warnings.join("\n")).toMatch(/"main"."of_file" can't be read/);
  const open = await runTap({ filepath: path, external_access: true });
  expect(open.rows("main-of_file")).toEqual([{ a: 1, b: 2 }]);
  const catalog = await discoverCatalog({ filepath: path, external_access: true });
  const closed = await runTap({ filepath: path }, { catalog });
  expect(numbers(closed.rows("main-t"))).toEqual([1]);
  expect(closed.thrown).toMatchObject({ code: "streams_failed", message: expect.stringContaining("main-of_file") });
});

test("what is no database, or no file, is said", async () => {
  const { path, folder } = testFile();
  const failure = (filepath: string) => expect(discoverCatalog({ filepath })).rejects;
  await failure(path).toMatchObject({ code: "file_missing" });
  await failure(folder).toMatchObject({ code: "filepath_is_directory" });
  await failure(":memory:").toMatchObject({ code: "filepath_in_memory" });
  await failure("md:shop").toMatchObject({ code: "filepath_not_local" });
  writeFileSync(path, "id\n1\n");
  await failure(path).toMatchObject({ code: "not_a_database", message: expect.stringContaining("CSV") });
  await expect(discoverCatalog({})).rejects.toMatchObject({ code: "source_missing" });
});

test("a file of a newer DuckDB, and one that was cut off, are errors with what to do", async () => {
  const { path, execute } = testFile();
  await execute(wide(3000));
  const bytes = readFileSync(path);
  // The version of the storage follows the checksum of the first block, in eight bytes, and the four of the mark.
  bytes.writeBigUInt64LE(999n, 12);
  writeFileSync(path, bytes);
  const broken = { code: "file_broken", message: expect.stringContaining("checksum") };
  await expect(discoverCatalog({ filepath: path })).rejects.toMatchObject(broken);
  bytes.writeBigUInt64LE(checksumOf(bytes.subarray(8, 4096)), 0);
  writeFileSync(path, bytes);
  const newer = { code: "database_version", hint: expect.stringContaining("EXPORT DATABASE") };
  await expect(discoverCatalog({ filepath: path })).rejects.toMatchObject(newer);
});

test("a file whose write-ahead log was left by a killed writer is read with what that log holds", async () => {
  const { path, folder } = testFile();
  const program = `
    const { DuckDBInstance } = require(${JSON.stringify(createRequire(import.meta.url).resolve("@duckdb/node-api"))});
    (async () => {
      const connection = await (await DuckDBInstance.create(${JSON.stringify(path)})).connect();
      await connection.run("CREATE TABLE t AS SELECT 1 AS id");
      process.kill(process.pid, "SIGKILL");
    })()`;
  await once(spawn(process.execPath, ["-e", program], { stdio: "inherit" }), "exit");
  expect(statSync(`${path}.wal`).size).toBeGreaterThan(0);
  expect(numbers((await runTap({ filepath: path })).rows("main-t"))).toEqual([1]);
  expect(statSync(join(folder, "shop.duckdb.wal")).size).toBeGreaterThan(0);
});

test("a file that another process writes is locked: the error names the process, and the next run reads it", async () => {
  const { path, execute } = testFile();
  await execute("CREATE TABLE t AS SELECT 1 AS id");
  const program = `
    const { DuckDBInstance } = require(${JSON.stringify(createRequire(import.meta.url).resolve("@duckdb/node-api"))});
    DuckDBInstance.create(${JSON.stringify(path)}).then(() => { console.log("open"); setInterval(() => {}, 1000); })`;
  const writer = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void writer.kill("SIGKILL"));
  await once(writer.stdout, "data");
  await expect(discoverCatalog({ filepath: path })).rejects.toMatchObject({
    code: "database_locked",
    recovery: "retry",
    message: expect.stringContaining(String(writer.pid)),
  });
  writer.kill("SIGKILL");
  await once(writer, "exit");
  expect(numbers((await runTap({ filepath: path })).rows("main-t"))).toEqual([1]);
});

test("a file that is replaced while it is read is read as it was, with a warning; one that is overwritten is an error", async () => {
  const { path, folder, execute: run } = testFile();
  await run(wide(30_000));
  const other = join(folder, "other");
  mkdirSync(other);
  await execute(join(other, "shop.duckdb"), "CREATE TABLE wide AS SELECT -1 AS id, 'y' AS body, 0 AS v");
  copyFileSync(path, join(folder, "kept.duckdb"));
  let done = false;
  const replaced = await runTap(
    { filepath: path },
    {
      async between() {
        if (!done) renameSync(join(other, "shop.duckdb"), path);
        done = true;
      },
    },
  );
  expect(replaced.thrown).toBeUndefined();
  expect(numbers(replaced.rows("main-wide"))).toEqual(range(1, 30_000));
  expect(replaced.warnings.join()).toContain("was replaced while it was read");
  expect(numbers((await runTap({ filepath: path })).rows("main-wide"))).toEqual([-1]);

  rmSync(path);
  copyFileSync(join(folder, "kept.duckdb"), path);
  let cut = false;
  const overwritten = await runTap(
    { filepath: path },
    {
      async between() {
        if (!cut) truncateSync(path, statSync(path).size - 4096);
        cut = true;
      },
    },
  );
  expect(overwritten.thrown).toMatchObject({ code: "file_changed" });
  expect(overwritten.types).not.toContain("ACTIVATE_VERSION");
});

test("dates that are none to JSON Schema make the column text, and JSON's null is counted", async () => {
  const { path, execute } = testFile();
  await execute(
    "CREATE TABLE t (id int, d date, s timestamp_s, j json)",
    "INSERT INTO t VALUES (1, '2024-01-01', '2024-01-01 10:00:00', 'null'), (2, 'infinity', '12000-01-01 00:00:00', '[1]')",
  );
  const { rows, messages, warnings } = await runTap({ filepath: path });
  expect(rows("main-t")).toEqual([
    { id: 1, d: "2024-01-01", s: "2024-01-01 10:00:00", j: null },
    { id: 2, d: "infinity", s: "12000-01-01 00:00:00", j: [1] },
  ]);
  const last = messages.findLast(({ type }) => type === "SCHEMA");
  expect(last?.schema.properties).toMatchObject({ d: { type: ["null", "string"] }, s: { type: ["null", "string"] } });
  expect(last?.schema.properties.d).not.toHaveProperty("format");
  expect(warnings.join()).toContain("JSON's null in 1 row");
  const textual = await discoverCatalog({ filepath: path, dates_as_string: true });
  expect(textual.streams[0]?.schema.properties?.d).not.toHaveProperty("format");
});

test("a view that fails in the middle is an error: its rows are no version, and no bookmark follows them", async () => {
  const { path, execute } = testFile();
  await execute(
    "CREATE TABLE base AS SELECT n, repeat('x', 100) AS body FROM range(300000) AS r(n)",
    "CREATE VIEW v AS SELECT n, body, CASE WHEN n = 250000 THEN error('boom') ELSE 1 END AS c FROM base",
  );
  const { messages, types, thrown, warnings } = await runTap({ filepath: path, filter_tables: ["main.v"] });
  expect(String((thrown as Error)?.message) + warnings.join()).toContain("boom");
  expect(types).not.toContain("ACTIVATE_VERSION");
  expect(
    messages.some(
      ({ type, value }) =>
        type === "STATE" &&
        value.bookmarks["main-v"] !== undefined &&
        !("progress" in (value.bookmarks["main-v"] ?? {})) &&
        Object.keys(value.bookmarks["main-v"] ?? {}).includes("version"),
    ),
  ).toBe(false);
});

test("an incremental read that fails in the middle keeps the bookmark before the failure", async () => {
  const { path, execute } = testFile();
  await execute(
    "CREATE TABLE base AS SELECT n, repeat('x', 100) AS body FROM range(300000) AS r(n)",
    "CREATE VIEW v AS SELECT n, body, CASE WHEN n = 250000 THEN error('boom') ELSE 1 END AS c FROM base",
  );
  const catalog = incremental(await discoverCatalog({ filepath: path, filter_tables: ["main.v"] }), "main-v", "n");
  const { state, thrown, warnings } = await runTap({ filepath: path, filter_tables: ["main.v"] }, { catalog });
  expect(String((thrown as Error)?.message) + warnings.join()).toContain("boom");
  expect(Number(state.bookmarks?.["main-v"]?.replication_key_value ?? 0)).toBeLessThanOrEqual(250_000);
});

test("a catalog keeps the digits of bounds: the largest and smallest HUGEINT pass it", async () => {
  const { path, execute } = testFile();
  const ends = ["170141183460469231731687303715884105727", "-170141183460469231731687303715884105728"];
  await execute("CREATE TABLE t (h HUGEINT)", `INSERT INTO t VALUES ${ends.map((end) => `('${end}'::HUGEINT)`).join(", ")}`);
  const catalogFile = join(path, "../catalog.json");
  const bin = join(import.meta.dirname, "../bin/tap-duckdb.js");
  const config = join(path, "../config.json");
  writeFileSync(config, JSON.stringify({ filepath: path }));
  const run = (...args: string[]): string =>
    execFileSync(process.execPath, [bin, "--config", config, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  writeFileSync(catalogFile, run("--discover"));
  const [schema] = run("--catalog", catalogFile).split("\n");
  for (const end of ends) expect(schema).toContain(`:${end}`);
});

test("a table that stopped is read from its start where other columns are selected since", async () => {
  const { path, execute } = testFile();
  await execute(wide(30_000));
  const catalog = await discoverCatalog({ filepath: path });
  const without = structuredClone(catalog);
  for (const { breadcrumb, metadata } of without.streams[0]?.metadata ?? [])
    if (breadcrumb.at(-1) === "v") Object.assign(metadata, { inclusion: "available", selected: false });
  const first = await runTap({ filepath: path }, { catalog: without, until: ({ type }) => type === "STATE" });
  expect(first.rows("main-wide")[0]).not.toHaveProperty("v");
  const second = await runTap({ filepath: path }, { state: first.state });
  expect(numbers(second.rows("main-wide"))).toEqual(range(1, 30_000));
  expect(second.rows("main-wide")[0]).toHaveProperty("v");
});

test("a range has its begin and not its end, to the nanosecond, and neither NULL nor values without an end", async () => {
  const { path, execute } = testFile();
  await execute(
    "CREATE TABLE t (id int, seen_at timestamp_ns)",
    "INSERT INTO t VALUES (1, '2026-01-30 23:59:59.999999999'), (2, '2026-01-31 00:00:00'), (3, '2026-01-31 23:59:59.999999999'), (4, '2026-02-01 00:00:00'), (5, NULL), (6, 'infinity'), (7, '-infinity')",
  );
  const catalog = incremental(await discoverCatalog({ filepath: path }), "main-t", "seen_at");
  const config = { filepath: path, start_date: "2026-01-31T00:00:00+01:00", end_date: "2026-02-01T00:00:00+01:00" };
  const { rows, state } = await runTap(config, { catalog });
  expect(numbers(rows("main-t"))).toEqual([2, 3]);
  expect((await runTap(config, { catalog, state })).rows("main-t")).toEqual([]);
});

test("a range that stopped goes on at a border, and sends each row once", async () => {
  const { path, execute } = testFile();
  await execute(
    "CREATE TABLE wide AS SELECT n AS id, timestamptz '2026-01-01 00:00:00Z' + (n // 3) * interval 1 minute AS seen_at, repeat('x', 1000) AS body FROM range(30000) AS r(n)",
  );
  const catalog = incremental(await discoverCatalog({ filepath: path }), "main-wide", "seen_at");
  const config = { filepath: path, start_date: "2026-01-02", end_date: "2026-01-07" };
  const first = await runTap(config, { catalog, until: ({ type }) => type === "STATE" });
  const second = await runTap(config, { catalog, state: first.state });
  const sent = [...numbers(first.rows("main-wide")), ...numbers(second.rows("main-wide"))].sort((a, b) => a - b);
  expect(numbers(second.rows("main-wide")).length).toBeGreaterThan(0);
  expect(sent).toEqual(range(3 * 1440, 3 * 6 * 1440 - 1));
});

test("a key that is no time can't be read by range", async () => {
  const { path, execute } = testFile();
  await execute("CREATE TABLE t AS SELECT 1 AS id");
  const catalog = incremental(await discoverCatalog({ filepath: path }), "main-t", "id");
  expect((await runTap({ filepath: path, end_date: "2026-01-01" }, { catalog })).thrown).toMatchObject({
    message: expect.stringContaining('the replication key "id" is INTEGER'),
  });
});
