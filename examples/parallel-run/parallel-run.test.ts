/** Plays three days of the example without dbt, as its README says, and looks at the tables and the report that it left. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { testDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";

test("the fault of the last day is in the report, and after its repair the cutover is made and taken back", async () => {
  const database = await testDatabase();
  const { host, port, user, password } = database;
  const child = spawn(process.execPath, ["week.mjs", "--days", "3", "--folder", "output/test"], {
    cwd: import.meta.dirname,
    env: { ...process.env, PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password, PGDATABASE: database.database },
  });
  const pieces: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => void pieces.push(bytes.toString()));
  const code = await new Promise((resolve) => child.once("close", resolve));
  const out = pieces.join("");
  expect(code, out.slice(-3000)).toBe(0);
  expect(out).toMatch(/analytics_legacy\.sales\S* and analytics_new\.sales\S* are equal: 36 rows/);
  expect(out).toMatch(/differing +1 \(orders 1, revenue 1\)/);
  expect(out).toContain("daily is not ready for its cutover: nobody has signed off");
  expect(out).toContain("undone: analytics_archive is analytics_legacy again, analytics is analytics_new again");
  const copy = join(import.meta.dirname, "output/test");
  expect(readFileSync(join(copy, "tapline.yml"), "utf8")).toBe(readFileSync(join(copy, "tapline.before.yml"), "utf8"));
  const totals = "SELECT day, region, orders, revenue FROM";
  expect(await database.read(`${totals} analytics_new.daily_revenue EXCEPT ${totals} analytics_legacy.daily_revenue`)).toEqual([]);
  expect(await database.read("SELECT count(*), min(orders) > 0 FROM analytics_new.daily_revenue")).toEqual([["12", "t"]]);
}, 180_000);
