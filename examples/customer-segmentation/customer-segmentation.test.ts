/** Runs the job as a user does and compares customer_summary with the rows of the CSV file, summed up here in TypeScript. */
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ended, run } from "../../packages/workspace/src/command.ts";
import { duckdbRows } from "../../packages/workspace/src/duckdb.ts";
import { dbtForTests } from "../../plugins/dbt/test/dbt-for-tests.ts";

const project = mkdtempSync(join(tmpdir(), "customer-segmentation-"));
const database = join(project, "output/warehouse.duckdb");
const file = join(project, "sample_data.csv");

beforeAll(async () => {
  const left = /\/(output|\.tapline|target|logs)(\/|$)/;
  cpSync(import.meta.dirname, project, { recursive: true, filter: (path) => !left.test(path) });
  useDbt(await dbtForTests());
}, 600_000);
afterAll(() => rmSync(project, { recursive: true }));

/** An environment `test` with the dbt of the tests. */
function useDbt(executable: string): void {
  const environments = { test: { plugins: { dbt: { config: { executable } } } } };
  appendFileSync(join(project, "tapline.yml"), `\nenvironments: ${JSON.stringify(environments)}\n`);
}

interface Order {
  order_id: string;
  order_date: string;
  customer_id: string;
  customer_name: string;
  email: string;
  city: string;
  region: string;
  category: string;
  status: string;
  updated_at: string;
  quantity: number;
  cents: number;
}

function ordersInFile(): Order[] {
  const rows: Record<string, string>[] = parse(readFileSync(file), { columns: true });
  const cents = (amount = ""): number => Number(amount.replace(".", "") || 0);
  return rows.map((row) => ({
    ...(row as unknown as Order),
    quantity: Number(row.quantity),
    cents: Number(row.quantity) * cents(row.unit_price) - cents(row.discount),
  }));
}

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;
const money = (cents: number): string => (cents / 100).toFixed(2);
const sumOf = (numbers: number[]): number => numbers.reduce((sum, each) => sum + each, 0);

/** The expected mart, customer by customer; values as DuckDB prints them. */
function expectedSummary(orders: Order[]): Record<string, string | null>[] {
  const today = orders
    .map(({ order_date }) => order_date)
    .sort()
    .at(-1) as string;
  return [...new Set(orders.map(({ customer_id }) => customer_id))].sort().map((id) => {
    const own = orders
      .filter(({ customer_id }) => customer_id === id)
      .sort((a, b) => (`${a.order_date}${a.order_id}` < `${b.order_date}${b.order_id}` ? -1 : 1));
    const newest = own.at(-1) as Order;
    const bought = own.filter(({ status }) => status === "completed");
    const cents = sumOf(bought.map((order) => order.cents));
    const [first, last] = [bought[0]?.order_date, bought.at(-1)?.order_date];
    return {
      customer_id: id,
      customer_name: newest.customer_name,
      email: newest.email || null,
      city: newest.city,
      region: newest.region,
      orders: String(bought.length),
      returned_orders: String(own.filter(({ status }) => status === "returned").length),
      units: String(sumOf(bought.map(({ quantity }) => quantity))),
      revenue: money(cents),
      average_order: bought.length === 0 ? null : money(Math.round(cents / bought.length)),
      first_order_date: first ?? null,
      last_order_date: last ?? null,
      days_since_order: last === undefined ? null : String(daysBetween(last, today)),
      favourite_category: favouriteOf(bought),
      segment: segmentOf(bought.length, cents, first, last, today),
    };
  });
}

function favouriteOf(bought: Order[]): string | null {
  const spent = new Map<string, number>();
  for (const { category, cents } of bought) spent.set(category, (spent.get(category) ?? 0) + cents);
  return [...spent].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0] ?? null;
}

function segmentOf(orders: number, cents: number, first: string | undefined, last: string | undefined, today: string): string {
  if (first === undefined || last === undefined) return "no purchase";
  if (daysBetween(last, today) > 60) return "lapsed";
  if (orders >= 8 && cents >= 600_00) return "champion";
  if (orders >= 5) return "loyal";
  return daysBetween(first, today) <= 30 ? "new" : "occasional";
}

const summary = (): Promise<Record<string, string | null>[]> =>
  duckdbRows(database, "SELECT * FROM analytics.customer_summary ORDER BY customer_id");

const daily = (): Promise<Ended> => run("tapline", ["run", "daily", "--environment", "test", "--json"], { cwd: project });

interface StepEnd {
  name?: string;
  status: string;
  streams?: Record<string, number>[];
  failure: { message: string } | null;
}

/** The status of each step, in the order of the job; null for a skipped step. */
function stepsOf({ stdout }: Ended): (StepEnd | null)[] {
  const events: (StepEnd & { type: string })[] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return events
    .filter(({ type }) => type === "run_finished" || type === "step_skipped")
    .map((event) => (event.type === "step_skipped" ? null : event));
}

describe("tapline run daily", { timeout: 600_000 }, () => {
  test("customer_summary has each customer of the file, with the sums of their orders", async () => {
    const ended = await daily();
    expect([ended.code, stepsOf(ended).map((step) => step?.status)]).toEqual([0, ["done", "done", "done"]]);
    const expected = expectedSummary(ordersInFile());
    expect(new Set(expected.map(({ segment }) => segment)).size).toBe(6);
    expect(await summary()).toEqual(expected);
  });

  test("an unknown status fails the data check: the job ends there, and the mart does not change", async () => {
    const [before, known] = [await summary(), ordersInFile()];
    execFileSync(process.execPath, ["make-orders.mjs", file, "2"], { cwd: project });
    const orders = ordersInFile();
    const text = readFileSync(file, "utf8");
    writeFileSync(
      file,
      text.replace(newest(orders), (line) => line.replace(",returned,", ",teleported,")),
    );
    const ended = await daily();
    expect(ended.code).toBe(1);
    const [load, check, build] = stepsOf(ended);
    expect([load?.status, check?.status, build]).toEqual(["done", "failed", null]);
    expect(ended.stdout).toContain("accepted_values_raw_orders_status");
    // Only new and changed orders were read; the one at the bookmark is read again.
    const statuses = new Map(known.map((order) => [order.order_id, order.status]));
    const changed = orders.filter(({ order_id, status }) => statuses.get(order_id) !== status).length;
    expect(load?.streams).toMatchObject([{ inserted: orders.length - known.length, in_table: orders.length }]);
    expect(load?.streams?.[0]?.sent).toBeLessThanOrEqual(changed + 1);
    expect(await summary()).toEqual(before);
  });

  test("after the order is corrected, the same job continues, and the mart has the numbers of the next day", async () => {
    execFileSync(process.execPath, ["make-orders.mjs", file, "2"], { cwd: project });
    expect((await daily()).code).toBe(0);
    expect(await summary()).toEqual(expectedSummary(ordersInFile()));
  });
});

/** The line of the last changed order, which is the bookmark. */
function newest(orders: Order[]): RegExp {
  const last = orders.toSorted((a, b) => (a.updated_at < b.updated_at ? -1 : 1)).at(-1) as Order;
  expect(last.status).toBe("returned");
  return new RegExp(`^${last.order_id},.*$`, "m");
}
