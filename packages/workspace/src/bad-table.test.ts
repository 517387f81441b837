/** One bad table in a project: the run fails and names it, and the rows of all other tables are loaded, however few they are. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { run } from "./command.ts";
import { duckdbRows } from "./duckdb.ts";
import { root } from "./repository.ts";

test("the tables before and after it are loaded", { timeout: 120_000 }, async () => {
  const { host, port, user, password, database, read } = await testDatabase();
  await read(
    "CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1)",
    "CREATE VIEW b AS SELECT 1 / (id - 1) AS id FROM a",
    "CREATE TABLE c (id int PRIMARY KEY); INSERT INTO c VALUES (3)",
  );
  const folder = mkdtempSync(join(tmpdir(), "tapline-bad-table-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const filepath = join(folder, "loaded.duckdb");
  const plugin = (name: string, config: object) => ({ executable: join(root, `plugins/${name}/bin/${name}.js`), config });
  const plugins = {
    "tap-postgres": plugin("tap-postgres", { host, port, user, password, database }),
    "target-duckdb": plugin("target-duckdb", { filepath, default_target_schema: "main" }),
  };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }));
  for (let round = 0; round < 2; round++) {
    const { code, stdout, stderr } = await run("tapline", ["run", "tap-postgres", "target-duckdb"], { cwd: folder });
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain("public-b");
    expect(await duckdbRows(filepath, "SELECT id FROM main.a")).toEqual([{ id: "1" }]);
    expect(await duckdbRows(filepath, "SELECT id FROM main.c")).toEqual([{ id: "3" }]);
  }
});
