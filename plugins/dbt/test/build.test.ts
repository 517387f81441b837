/** One dbt build on each database, as a step of a job after a load. All other tests that need dbt are in the long suite. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suiteDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { readTable } from "../../target-duckdb/test/read-table.ts";
import { makeProject, nodesOf, stagingFiles } from "./project.ts";

const database = suiteDatabase();

const built = [
  { kind: "test", name: "not_null_stg_items_id", status: "ok" },
  { kind: "model", name: "stg_items", status: "ok" },
  { kind: "model", name: "total", status: "ok" },
  { kind: "test", name: "unique_stg_items_id", status: "ok" },
];
const withRows = built.map((node) => ({ ...node, rows: node.name === "stg_items" ? 3 : null }));
const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

test("DuckDB: a load, then models and tests on the loaded rows", { timeout: 600_000 }, async () => {
  const project = await makeProject({ target: { name: "target-duckdb", config: { filepath: "w.duckdb" } }, files: stagingFiles("main") });
  const { code, out, err } = await project.tapline("run", "daily");
  expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/ ok {7}model stg_items {2}[\d.]+ s\n/) });
  expect(out).toContain("\n4 ok in ");
  expect(await readTable(join(project.folder, "w.duckdb"), "stg_items", "analytics")).toHaveLength(3);
  expect((await nodesOf(project, 1)).sort(byName)).toMatchObject(withRows);
});

test("PostgreSQL: the same, with the password in no file", { timeout: 600_000 }, async () => {
  const { host, port, user, password, database: name, read } = database();
  const project = await makeProject({
    target: { name: "target-postgres", config: { host, port, user, password: "$PASSWORD", database: name } },
    files: stagingFiles("public"),
  });
  project.write(".env", `PASSWORD=${password}\n`);
  const { code, out, err } = await project.tapline("run", "daily");
  expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/ ok {7}model stg_items {2}[\d.]+ s\n/) });
  expect(await read("SELECT items, price FROM analytics.total")).toEqual([["3", "9.75"]]);
  expect((await nodesOf(project, 1)).sort(byName)).toMatchObject(withRows);
  expect(out + err).not.toContain(password);
  const files = readdirSync(project.folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name !== ".env",
  );
  const holding = files.map(({ parentPath, name: file }) => join(parentPath, file)).filter((path) => readFileSync(path).includes(password));
  expect(files.length).toBeGreaterThan(20);
  expect(holding).toEqual([]);
});
