/** A cutover of a real PostgreSQL database, by the real command: what it refuses, what it changes in files, and the way back. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { catalogOf, connectPostgres, type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { makeFolder, start, tapline } from "./tapline.ts";

const bin = (name: string): string => fileURLToPath(new URL(`../../../plugins/${name}/bin/${name}.js`, import.meta.url));

const project = ({ host, port, user, password, database }: TestDatabase, more = ""): string => `# The new pipeline.
plugins:
  tap-csv: { executable: ${bin("tap-csv")}, config: { files: [{ entity: sales, path: sales.csv, keys: [id] }] } }
  warehouse:
    kind: target
    executable: ${bin("target-postgres")}
    config:
      host: ${host}
      port: ${port}
      user: ${user}
      password: "${password}"
      database: ${database}
      default_target_schema: "analytics_new"   # until the cutover
  dbt: { config: { target: warehouse, project_dir: transform, schema: analytics_new } }
jobs:
  daily: [tap-csv warehouse]
${more}
parallel_run:
  daily:
    old: { schema: analytics_legacy }
    new: { schema: analytics_new }
    tables: { daily_revenue: { keys: [day] } }
    cutover: { rename: { analytics_legacy: analytics_archive, analytics_new: analytics }, lock_timeout_ms: 300000 }
`;

const files = {
  "transform/dbt_project.yml": "name: shop\nvars:\n  source_schema: 'analytics_new'   # read by sources\n",
  "transform/models/sources.yml": "sources:\n  - name: raw\n    schema: analytics_new\n",
  "transform/models/built.sql": "select * from analytics_{{ var('kind') }}.daily_revenue\n",
  "transform/models/total.sql": "select sum(revenue) from analytics_new.daily_revenue\n",
};

async function makeProject(more = "") {
  const database = await testDatabase();
  await database.read(
    "CREATE SCHEMA analytics_legacy; CREATE SCHEMA analytics_new",
    "CREATE TABLE analytics_legacy.daily_revenue (day date, revenue numeric); CREATE TABLE analytics_new.daily_revenue (day date, revenue numeric)",
  );
  const folder = makeFolder();
  mkdirSync(join(folder, "transform/models"), { recursive: true });
  const texts: Record<string, string> = { "tapline.yml": project(database, more), ...files };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "sales.csv"), "id,amount\n1,2.50\n");
  const read = (): Record<string, string> =>
    Object.fromEntries(Object.keys(texts).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  return { database, folder, texts, read };
}

const override = ["--override", "the old server is gone", "--as", "ana"];

test("schemas and files change together, and undo leaves both as they were, byte for byte", async () => {
  const { database, folder, texts, read } = await makeProject();
  const before = await catalogOf(database);
  const plan = await tapline(folder, ["cutover", "--dry-run"]);
  expect(plan.err).toBe("");
  expect(plan.out).toContain("tapline.yml: plugins.warehouse.config.default_target_schema: analytics_new -> analytics");
  expect(plan.out).toContain("transform/models/sources.yml: sources.0.schema: analytics_new -> analytics");
  expect(plan.out).toContain("transform/models/total.sql:1: select sum(revenue) from analytics_new.daily_revenue (not changed");
  expect(plan.out).toMatch(/transform\/models\/built\.sql:1: .* \(not changed: it may put a name together from parts/);
  expect(plan.out).toContain('ALTER SCHEMA "analytics_new" RENAME TO "analytics";');
  expect(plan.out).toContain("in the way   no day has been compared");

  const refused = await tapline(folder, ["cutover", "daily"]);
  expect([refused.code, refused.out]).toEqual([1, ""]);
  expect(refused.err).toContain(
    "daily is not ready for its cutover: no day has been compared; nobody has signed off a report of these days",
  );
  expect(await catalogOf(database)).toEqual(before);
  expect(read()).toEqual(texts);

  const done = await tapline(folder, ["cutover", "daily", ...override]);
  expect([done.err, done.code]).toEqual(["", 0]);
  expect(done.out).toContain("cut over: analytics_legacy is now analytics_archive, analytics_new is now analytics");
  const after = read();
  expect(after["tapline.yml"]).toBe(
    (texts["tapline.yml"] as string)
      .replace('default_target_schema: "analytics_new" ', 'default_target_schema: "analytics" ')
      .replace("schema: analytics_new } }\njobs", "schema: analytics } }\njobs"),
  );
  expect(after["transform/dbt_project.yml"]).toBe("name: shop\nvars:\n  source_schema: 'analytics'   # read by sources\n");
  expect(after["transform/models/total.sql"]).toBe(texts["transform/models/total.sql"]);

  const run = await tapline(folder, ["run", "daily"]);
  expect([run.err, run.code]).toEqual([expect.any(String), 0]);
  expect(await database.read("SELECT amount FROM analytics.sales")).toEqual([["2.50"]]);
  expect((await tapline(folder, ["cutover"])).out).toContain("it is done");
  await database.read("DROP TABLE analytics.sales, analytics._tapline_loads");

  const undone = await tapline(folder, ["cutover", "--undo"]);
  expect([undone.err, undone.code]).toEqual(["", 0]);
  expect(read()).toEqual(texts);
  expect(await catalogOf(database)).toEqual(before);
  const again = await tapline(folder, ["cutover", "--undo"]);
  expect(again.err).toContain("daily has no cutover to undo");
}, 300_000);

test("a job that starts while the schemas are renamed is refused, and loads under the new name afterwards", async () => {
  const { database, folder } = await makeProject();
  const writer = await connectPostgres(database);
  await writer.query("BEGIN; INSERT INTO analytics_new.daily_revenue VALUES ('2026-01-01', 1)");
  const cutover = start(folder, ["cutover", "daily", ...override]);
  const waiting =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'target-postgres cutover' AND wait_event_type = 'Lock'";
  await expect.poll(() => database.read(waiting), { timeout: 200_000 }).toEqual([["1"]]);
  const refused = await tapline(folder, ["run", "daily"]);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("cutover") });
  await writer.query("COMMIT");
  await writer.end();
  expect(await cutover.answer).toMatchObject({ err: "", code: 0 });
  expect(await tapline(folder, ["run", "daily"])).toMatchObject({ code: 0 });
  expect(await database.read("SELECT id, amount FROM analytics.sales")).toEqual([["1", "2.50"]]);
  expect(await database.read("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'analytics%' ORDER BY 1")).toEqual([
    ["analytics"],
    ["analytics_archive"],
  ]);
}, 300_000);

test("other environments keep the old name, and lose no byte by the way there and back", async () => {
  const { folder, texts, read } = await makeProject("environments:\n  staging:\n    env: { A: b }\n  prod:\n    env: { A: c }\n");
  const done = await tapline(folder, ["cutover", "-e", "prod", ...override]);
  expect([done.err, done.code]).toEqual(["", 0]);
  const { "tapline.yml": text = "", ...dbt } = read();
  expect(text).toContain('default_target_schema: "analytics_new"   # until the cutover');
  expect(text.slice(text.indexOf("  prod:"))).toContain("default_target_schema: analytics\n");
  const { "tapline.yml": _, ...untouched } = texts;
  expect(dbt).toEqual(untouched);
  expect(done.out).toContain("transform/models/sources.yml:3");
  const undone = await tapline(folder, ["cutover", "-e", "prod", "--undo"]);
  expect([undone.err, undone.code]).toEqual(["", 0]);
  expect(read()).toEqual(texts);
}, 300_000);

test("a schema that the old pipeline made again is in the way of an undo", async () => {
  const { database, folder } = await makeProject();
  await tapline(folder, ["cutover", ...override]);
  await database.read("CREATE SCHEMA analytics_legacy");
  const refused = await tapline(folder, ["cutover", "--undo"]);
  expect(refused.code).toBe(1);
  expect(refused.err).toContain("there: analytics_legacy, analytics_archive, analytics; not there: analytics_new");
}, 300_000);

test("a target that can't rename is refused with the steps by hand", async () => {
  const { folder, texts } = await makeProject();
  const text = (texts["tapline.yml"] as string)
    .replace(bin("target-postgres"), bin("target-duckdb"))
    .replace(/host: [\s\S]*?default_target/, "filepath: a.duckdb\n      default_target");
  writeFileSync(join(folder, "tapline.yml"), text);
  const refused = await tapline(folder, ["cutover", "--dry-run"]);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain("By hand: 1. pause the schedules");
}, 300_000);
