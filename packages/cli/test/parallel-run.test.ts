/** Two schemas of a real PostgreSQL database, compared day by day by the real command, signed off and cut over. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { testDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { makeFolder, tapline } from "./tapline.ts";

const bin = fileURLToPath(new URL("../../../plugins/target-postgres/bin/target-postgres.js", import.meta.url));

async function makeProject() {
  const database = await testDatabase();
  for (const schema of ["analytics_legacy", "analytics_new"])
    await database.read(
      `CREATE SCHEMA ${schema}`,
      `CREATE TABLE ${schema}.daily_revenue (day date, region text, revenue numeric, rate float8, loaded_at timestamptz DEFAULT now())`,
      `INSERT INTO ${schema}.daily_revenue (day, region, revenue, rate) SELECT date '2026-01-01' + d, r, 100.10 + d, 0.1 FROM generate_series(0, 9) AS d, unnest(ARRAY['north', 'south']) AS r`,
    );
  const { host, port, user, password } = database;
  const folder = makeFolder();
  const config = { host, port, user, password, database: database.database, default_target_schema: "analytics_new" };
  const file = {
    plugins: { warehouse: { kind: "target", executable: bin, config }, "tap-none": { executable: bin } },
    jobs: { daily: ["tap-none warehouse"] },
    parallel_run: {
      daily: {
        old: { schema: "analytics_legacy" },
        new: { schema: "analytics_new" },
        tables: {
          daily_revenue: {
            keys: ["day", "region"],
            exclude: ["loaded_at"],
            tolerances: { rate: 0.001 },
            metrics: [{ value: "sum(revenue)", by: ["region"] }, { value: "count(*)" }],
          },
        },
        clean_days: 2,
        cutover: { rename: { analytics_legacy: "analytics_archive", analytics_new: "analytics" } },
      },
    },
  };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify(file));
  return { database, folder, run: (...args: string[]) => tapline(folder, args) };
}

const day = (ago: number): string => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);

test("days are compared, recorded and signed off, and a day with differences takes the sign-off back", async () => {
  const { database, folder, run } = await makeProject();
  await database.read("UPDATE analytics_new.daily_revenue SET rate = 0.1000001 WHERE region = 'north'");
  const first = await run("parallel-run", "--day", day(2));
  expect([first.err, first.code]).toEqual(["", 0]);
  expect(first.out).toMatch(
    /analytics_legacy.daily_revenue.* and analytics_new.daily_revenue.* are equal: 20 rows, 4 columns, by day, region, 3 totals/,
  );

  await database.read(
    "UPDATE analytics_new.daily_revenue SET revenue = 999.99 WHERE day = '2026-01-03' AND region = 'north'",
    "DELETE FROM analytics_new.daily_revenue WHERE day = '2026-01-05' AND region = 'south'",
    "INSERT INTO analytics_new.daily_revenue VALUES ('2026-01-11', 'west', 1, 1)",
  );
  const page = join(folder, "report.html");
  const second = await run("parallel-run", "--day", day(1), "--html", page, "--json");
  expect(second.code).toBe(1);
  const report = JSON.parse(second.out);
  expect(report).toMatchObject({ verdict: "different", row: 0, day: day(1), attempt: 1 });
  const [table] = report.tables;
  expect(table).toMatchObject({ rows: { here: 20, there: 20 }, only_here: 1, only_there: 1, differing: 1 });
  expect(table.columns.filter((column: { differing: number }) => column.differing > 0)).toMatchObject([{ here: "revenue", differing: 1 }]);
  expect(table.examples).toHaveLength(3);
  for (const example of [
    { what: "differing", key: { day: "2026-01-03", region: "north" }, columns: ["revenue"] },
    { what: "only_there", key: { day: "2026-01-11", region: "west" } },
    { what: "only_here", key: { day: "2026-01-05", region: "south" } },
  ])
    expect(table.examples).toContainEqual(expect.objectContaining(example));
  expect(report.problems).toContain("analytics_new.daily_revenue: sum(revenue) by region of north is 1046.00 old and 1943.89 new");
  expect(readFileSync(page, "utf8")).toMatch(/2026-01-03.*north/);
  const refused = await run("parallel-run", "sign-off", "--as", "ana", "--note", "fine");
  expect([refused.code, refused.out]).toEqual([1, ""]);
  expect(refused.err).toContain("can't be signed off: analytics_new.daily_revenue: 1 row only old");

  await database.read(
    "UPDATE analytics_new.daily_revenue SET revenue = 102.10 WHERE day = '2026-01-03' AND region = 'north'",
    "INSERT INTO analytics_new.daily_revenue VALUES ('2026-01-05', 'south', 104.10, 0.1); DELETE FROM analytics_new.daily_revenue WHERE region = 'west'",
  );
  expect((await run("parallel-run", "--day", day(1))).out).toContain("2 clean days in a row, of 2");
  const signed = await run("parallel-run", "sign-off", "--as", "ana", "--note", "revenue by region agrees");
  expect(signed.out).toContain(`ana signed off the report daily-${day(1).replaceAll("-", "")}-2 of daily (dev)`);
  expect(signed.out).toContain("ready: tapline cutover daily --dry-run");
  const status = await run("parallel-run", "status");
  expect(status.out).toContain(`* ${day(1)}  clean      daily-${day(1).replaceAll("-", "")}-2 (2 tries)`);
  expect(status.out).toContain("revenue by region agrees");

  await database.read("UPDATE analytics_new.daily_revenue SET revenue = NULL WHERE day = '2026-01-01' AND region = 'south'");
  expect((await run("parallel-run")).code).toBe(1);
  expect((await run("parallel-run", "status")).out).toContain(`(counts no more: ${day(0)} has differences after it)`);
  expect((await run("cutover")).err).toContain(`0 clean days in a row of 2: ${day(0)} has differences; nobody has signed off`);
  await database.read("UPDATE analytics_new.daily_revenue SET revenue = 100.10 WHERE revenue IS NULL");
  expect((await run("parallel-run")).code).toBe(0);
  const done = await run("cutover", "--as", "ben");
  expect([done.err, done.code]).toEqual(["", 0]);
  expect((await run("parallel-run", "status")).out).toMatch(/cut over\n {2}cutover by ben, /);
  expect((await run("parallel-run")).err).toContain("so there is no old side to compare");
  expect((await run("cutover", "--undo")).code).toBe(0);
  expect((await run("parallel-run")).code).toBe(0);
}, 120_000);

test("keys that don't identify a row, a table that is missing and a column that one side lacks are told", async () => {
  const { database, run } = await makeProject();
  await database.read(
    "INSERT INTO analytics_new.daily_revenue SELECT * FROM analytics_new.daily_revenue LIMIT 1",
    "ALTER TABLE analytics_legacy.daily_revenue ADD note text",
  );
  const twice = await run("parallel-run", "daily");
  expect(twice.code).toBe(1);
  expect(twice.out).toMatch(/column note/);
  expect(twice.out).toContain("a key that another row has");
  expect(twice.out).toContain("only there");
  await database.read("DROP TABLE analytics_new.daily_revenue");
  expect((await run("parallel-run")).out).toMatch(/analytics_new.daily_revenue@warehouse:dev could not be compared: /);
  const future = await run("parallel-run", "--day", day(-1));
  expect([future.code, future.err]).toEqual([2, expect.stringContaining("can't be compared: it must be a day up to today")]);
}, 60_000);
