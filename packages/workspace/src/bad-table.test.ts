/** One bad table in a project: the run fails and names it, and the rows of all other tables are loaded, however few they are. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { run } from "./command.ts";
import { duckdbRows } from "./duckdb.ts";
import { root } from "./repository.ts";

/** A folder with a project that loads the database into DuckDB. `more`: what its entry of tap-postgres has beside the connection. */
function project({ host, port, user, password, database }: TestDatabase, more: object = {}, startSeconds = 0) {
  const folder = mkdtempSync(join(tmpdir(), "tapline-bad-table-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const filepath = join(folder, "loaded.duckdb");
  const plugin = (name: string, config: object) => ({ executable: join(root, `plugins/${name}/bin/${name}.js`), config });
  const plugins = {
    "tap-postgres": { ...plugin("tap-postgres", { host, port, user, password, database }), ...more },
    "target-duckdb": plugin("target-duckdb", { filepath, default_target_schema: "main" }),
  };
  if (startSeconds > 0) {
    const slow = join(folder, "slow-target");
    const target = `'${process.execPath}' '${plugins["target-duckdb"].executable}'`;
    writeFileSync(slow, `#!/bin/sh\nsleep ${startSeconds}\nexec ${target} "$@"\n`, { mode: 0o755 });
    plugins["target-duckdb"].executable = slow;
  }
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }, undefined, 2));
  const load = async (...flags: string[]) => {
    const { code, stdout, stderr } = await run("tapline", ["run", "tap-postgres", "target-duckdb", ...flags], { cwd: folder });
    return { code, output: stdout + stderr };
  };
  return { load, rows: (sql: string) => duckdbRows(filepath, sql) };
}

test.each([0, 1])("the tables before and after it are loaded, by a target that takes %i s more to start", async (seconds) => {
  const source = await testDatabase();
  const { read } = source;
  await read(
    "CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1)",
    "CREATE VIEW b AS SELECT 1 / (id - 1) AS id FROM a",
    "CREATE TABLE c (id int PRIMARY KEY); INSERT INTO c VALUES (3)",
  );
  const { load, rows } = project(source, {}, seconds);
  for (let round = 0; round < 2; round++) {
    const { code, output } = await load();
    expect(code).not.toBe(0);
    expect(output).toContain("public-b");
    expect(await rows("SELECT id FROM main.a")).toEqual([{ id: "1" }]);
    expect(await rows("SELECT id FROM main.c")).toEqual([{ id: "3" }]);
  }
});

test("one that is gone since the catalog was kept is named with what to type, and the others are loaded", async () => {
  const source = await testDatabase();
  await source.read(
    "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY)",
    "INSERT INTO a VALUES (1); INSERT INTO b VALUES (2); INSERT INTO c VALUES (3)",
  );
  const { load, rows } = project(source, { select: ["public-*.*"], metadata: { "public-c": { "replication-method": "FULL_TABLE" } } });
  expect((await load()).code).toBe(0);
  await source.read("DROP TABLE b; INSERT INTO a VALUES (10); INSERT INTO c VALUES (30)");
  const second = await load();
  expect(second.code).not.toBe(0);
  expect(second.output).toMatch(/"public-b".* is gone, or may not be read.*--refresh-catalog/);
  expect(await rows("SELECT id FROM main.a ORDER BY id")).toEqual([{ id: "1" }, { id: "10" }]);
  expect(await rows("SELECT id FROM main.c ORDER BY id")).toEqual([{ id: "3" }, { id: "30" }]);
  expect((await load("--refresh-catalog")).code).toBe(0);

  await source.read("DROP TABLE c");
  const { code, output } = await load("--refresh-catalog");
  expect(code).not.toBe(0);
  expect(output).toMatch(/tapline\.yml, line \d+, .* has no stream "public-c"/);
});
