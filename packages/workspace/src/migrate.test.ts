/** `tapline migrate` between PostgreSQL and DuckDB as a person uses it: plan, move, a hybrid day, a difference that somebody made, back, an archive. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { duckdbRun } from "./duckdb.ts";
import { makeSales, migrationProject, workOneDay } from "./migrate-kills/project.ts";
import { sumsInDuckdb, sumsInPostgres } from "./migrate-kills/sums.ts";

const volume = { customers: 40, products: 25, orders: 150 };
const words = ["migrate", "postgres", "duckdb", "--tables", "sales.*"];

test("the new side equals the old one after the move and after each sync; a change made there is found, and keeps back from losing it", async () => {
  const database = await testDatabase();
  await makeSales(database, volume);
  const project = migrationProject(database);
  onTestFinished(() => project[Symbol.dispose]());
  const plan = await project.tapline(...words, "--dry-run");
  expect(plan.stdout).toMatch(/sales\.orders +150 .* order_id +by updated_at/);
  expect(plan.stdout).toContain("ship_by (timestamp without time zone): becomes an instant");
  expect(plan.stdout).toContain("foreign key orders_customer_id_fkey");
  expect(plan.stdout).toContain("view sales.open_orders");
  const moved = await project.tapline(...words);
  expect(moved).toMatchObject({ code: 0 });
  expect(moved.stdout).toMatch(/export .* equal\nimport .* done\nverify .* equal/);
  expect(await sumsInDuckdb(project.duckdb)).toEqual(await sumsInPostgres(database));

  await workOneDay(database, volume, 1);
  expect(await project.tapline("migrate", "sync")).toMatchObject({ code: 0, stdout: expect.stringContaining("level with tap-postgres") });
  await workOneDay(database, volume, 2);
  expect(await project.tapline("migrate", "sync")).toMatchObject({ code: 0 });
  expect(await sumsInDuckdb(project.duckdb)).toEqual(await sumsInPostgres(database));

  await duckdbRun(project.duckdb, "UPDATE sales.orders SET total = total + 1 WHERE order_id = 7");
  const differs = await project.tapline("migrate", "sync", "--json");
  expect(differs.code).toBe(1);
  expect(differs.stdout).toMatch(/"stream":"sales-orders".*"differing":1.*"total":1/);
  expect(await project.tapline("migrate", "back")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("sales-orders: 0 rows of its own, 1 with other values"),
  });
  expect(await project.tapline("migrate", "back", "--discard")).toMatchObject({ code: 0 });
  expect(await project.tapline("migrate", "sync")).toMatchObject({ code: 2, stderr: expect.stringContaining("its phase is back") });
  expect((await project.tapline("migrate", "status")).stdout).toMatch(/phase +back since/);
}, 120_000);

test("an archive is compared with its source, carries checksums, is never written over, and a damaged file is noticed", async () => {
  const database = await testDatabase();
  await makeSales(database, volume);
  const project = migrationProject(database);
  onTestFinished(() => project[Symbol.dispose]());
  const archived = await project.tapline("migrate", "archive", "postgres", "archive/sales", "--tables", "sales.*", "-q");
  expect(archived).toMatchObject({ code: 0, stdout: expect.stringContaining("against tap-postgres: equal") });
  const folder = join(project.folder, "archive/sales");
  const sums = readFileSync(join(folder, "SHA256SUMS"), "utf8").trim().split("\n");
  expect(sums).toHaveLength(4 + 3);
  const check = () => spawnSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: folder }).status;
  expect(check()).toBe(0);
  expect(readFileSync(join(folder, "inventory.json"), "utf8")).toContain("orders_by_customer");
  const again = await project.tapline("migrate", "archive", "postgres", "archive/sales", "--tables", "sales.*");
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("never written over") });
  const [, path = ""] = sums[0]?.split("  ") ?? [];
  writeFileSync(join(folder, path), `${readFileSync(join(folder, path), "utf8")} `);
  expect(check()).toBe(1);
}, 60_000);
