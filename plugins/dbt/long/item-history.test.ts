/**
 * The item history from append loads and dbt snapshots, as its team wrote it, on both databases: what it shows, what it leaves out, and
 * what it silently gets wrong. The CSV files, export by export, are the reference.
 * Covers: examples/item-history/make-exports.mjs, examples/item-history/tapline.yml, examples/item-history/transform/dbt_project.yml, examples/item-history/transform/models, examples/item-history/transform/snapshots, examples/item-history/history/dbt_project.yml, plugins/dbt/src, plugins/dbt/long/item-history.test.ts, plugins/dbt/test/item-history-project.ts
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type PostgresServer, startPostgres } from "@tapline/testing/postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ItemHistory, itemHistory, type Kind, type Row } from "../test/item-history-project.ts";

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const columns = {
  purchase_cost: "Purchase Cost",
  sales_price: "Sales Price",
  quantity_on_hand: "Quantity On Hand",
  status: "Status",
  sales_description: "Sales Description",
};
const keys = {
  customers: ["QuickBooks Internal Id"],
  items: ["Item Name"],
  invoices: ["Invoice Number", "Line"],
  sales_receipts: ["Receipt Number", "Line"],
};

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

const text = (value: unknown): string => JSON.stringify(value);
const sorted = (rows: Row[]): Row[] => rows.toSorted((a, b) => (text(a) < text(b) ? -1 : 1));

/** An item of a file, in the form of the model products. */
const product = (item: Row): Row => ({
  item_name: item["Item Name"] ?? null,
  ...Object.fromEntries(Object.entries(columns).map(([column, header]) => [column, item[header] ?? null])),
});

/** The real changes from file to file: items that are in both, column by column. */
function changes(exports: Row[][]): Row[] {
  return exports.slice(1).flatMap((after, i) => {
    const before = new Map((exports[i] as Row[]).map((item) => [item["Item Name"], item]));
    return after.flatMap((item) =>
      Object.entries(columns).flatMap(([column_name, header]) => {
        const [old_value, new_value] = [before.get(item["Item Name"] as string)?.[header], item[header]];
        if (old_value === undefined || new_value === undefined || old_value === new_value) return [];
        return [{ item_name: item["Item Name"] as string, column_name, old_value, new_value }];
      }),
    );
  });
}

const hasNull = ({ old_value, new_value }: Row): boolean => old_value === null || new_value === null;

describe.each<Kind>(["duckdb", "postgres"])("item history on %s", (kind) => {
  let project: ItemHistory;
  beforeAll(async () => {
    project = await itemHistory(kind, server.address);
  });
  afterAll(() => project?.[Symbol.asyncDispose]());

  const exports: Row[][] = [];
  const daily = async (day: number): Promise<void> => {
    exports.push(project.exportDay(day));
    await well("daily");
  };
  const well = async (job: "daily" | "load", ...flags: string[]): Promise<void> => {
    const { code, stderr } = await project.job(job, ...flags);
    expect(code, stderr).toBe(0);
  };
  const products = () => project.rows(`SELECT item_name, ${Object.keys(columns).join(", ")} FROM analytics.products`).then(sorted);
  const history = () => project.rows("SELECT item_name, column_name, old_value, new_value FROM analytics.item_history").then(sorted);
  const counts = async (sql: string): Promise<Record<string, number>> =>
    Object.fromEntries((await project.rows(sql)).map(({ name, n }) => [name, Number(n)]));
  const currentRows = () =>
    counts("SELECT item_name AS name, count(*) AS n FROM analytics_snapshots.items_snapshot WHERE dbt_valid_to IS NULL GROUP BY item_name");
  const versions = async () => Number((await project.rows("SELECT count(*) AS n FROM analytics_snapshots.items_snapshot"))[0]?.n);

  test("with one export between two runs of dbt, products are the newest items and each change is shown", async () => {
    await daily(1);
    await daily(2);
    expect(await products()).toEqual(sorted((exports[1] as Row[]).map(product)));
    const real = changes(exports);
    expect(real.length).toBeGreaterThan(5);
    expect(real.filter(hasNull)).toEqual([]);
    expect(await history()).toEqual(sorted(real));
  });

  test("each entity has a snapshot with one current row a key, and the raw tables hold both exports", async () => {
    for (const [stream, key] of Object.entries(keys)) {
      const rows = project.exported(stream);
      const current = await project.rows(`SELECT * FROM analytics_snapshots.${stream}_snapshot WHERE dbt_valid_to IS NULL`);
      expect(current).toHaveLength(new Set(rows.map((row) => text(key.map((name) => row[name])))).size);
    }
    const [raw] = await project.rows("SELECT count(*) AS n FROM raw.items");
    expect(Number(raw?.n)).toBe(exports.flat().length);
  });

  test("a value that becomes empty is a change that item_history leaves out", async () => {
    await daily(3);
    const real = changes(exports);
    expect(real.filter(hasNull).map(({ column_name, new_value }) => [column_name, new_value])).toEqual([
      ["purchase_cost", null],
      ["sales_description", null],
    ]);
    expect(await history()).toEqual(sorted(real.filter((change) => !hasNull(change))));
  });

  test("a re-import of the same files makes a version of every item, though nothing changed", async () => {
    const before = await versions();
    await well("daily", "--full-refresh");
    expect(await versions()).toBe(before + (exports[2] as Row[]).length);
    expect(await history()).toEqual(sorted(changes(exports).filter((change) => !hasNull(change))));
  });

  test("a deleted item stays a product forever, though the log has its deletion", async () => {
    await daily(4);
    const [before, after] = exports.slice(2) as [Row[], Row[]];
    const left = new Set(after.map((item) => item["Item Name"]));
    const gone = before.filter((item) => !left.has(item["Item Name"] as string));
    expect(gone).toHaveLength(1);
    expect(await products()).toEqual(sorted([...after, ...gone].map(product)));
    const deleted = await project.rows('SELECT "Item Name" FROM raw.items WHERE _sdc_deleted_at IS NOT NULL');
    expect(deleted).toEqual([{ "Item Name": gone[0]?.["Item Name"] }]);
  });

  test("two exports between two runs of dbt: each item has two current rows, the version before ends at random, and the run succeeds", async ({
    task,
  }) => {
    exports.push(project.exportDay(5));
    await well("load");
    await daily(6);
    const [day4, day5, day6] = exports.slice(3) as [Row[], Row[], Row[]];
    const rows = await currentRows();
    for (const item of day6) expect(rows[item["Item Name"] as string]).toBe(2);
    expect(await products()).toHaveLength(day5.length + day6.length + 1);
    // Which of the two ends the version before? One of them for each item; nothing defines which, and databases differ.
    const ends = await counts(
      `WITH loads AS (SELECT DISTINCT _sdc_batched_at AS loaded_at FROM raw.items WHERE _sdc_deleted_at IS NULL)
       SELECT (SELECT count(*) FROM loads WHERE loaded_at <= dbt_valid_to) AS name, count(*) AS n
       FROM analytics_snapshots.items_snapshot
       WHERE dbt_valid_to IS NOT NULL AND (SELECT count(*) FROM loads WHERE loaded_at <= dbt_valid_from) = 5
       GROUP BY 1`,
    );
    // The sixth and seventh load are days 5 and 6, as day 3 was loaded twice.
    const [atDay5, atDay6, ...others] = [ends[6] ?? 0, ends[7] ?? 0, ...Object.keys(ends).filter((load) => load < "6")];
    expect([atDay5 + atDay6, others]).toEqual([day4.length, []]);
    task.meta.result = { day_4_ends_at: { day_5: atDay5, day_6: atDay6 } };
  });

  test("the next run does not fix it: there are more current rows, and duplicate rows of one version", async () => {
    const before = Object.values(await currentRows()).reduce((sum, n) => sum + n, 0);
    await daily(7);
    const rows = await currentRows();
    expect(Object.values(rows).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(before);
    expect(Math.max(...Object.values(rows))).toBeGreaterThan(2);
    const [twice] = await project.rows("SELECT count(*) - count(DISTINCT dbt_scd_id) AS n FROM analytics_snapshots.items_snapshot");
    expect(Number(twice?.n)).toBeGreaterThan(0);
  });

  test("the usual repair, a staging view of the newest rows, loses the versions in between", async () => {
    await using other = await itemHistory(kind, server.address);
    const view = join(other.folder, "transform/models/staging/stg_items.sql");
    const newest = `(select *, row_number() over (partition by "Item Name" order by _sdc_batched_at desc) as age from {{ source('raw', 'items') }}) as log`;
    const sql = readFileSync(view, "utf8").replace("{{ source('raw', 'items') }}", newest);
    writeFileSync(view, `${sql}and age = 1\n`);
    const files = [other.exportDay(1)];
    expect((await other.job("daily")).code).toBe(0);
    files.push(other.exportDay(2));
    expect((await other.job("load")).code).toBe(0);
    files.push(other.exportDay(3));
    expect((await other.job("daily")).code).toBe(0);
    const [first] = files[0] as Row[];
    const name = first?.["Item Name"] as string;
    const shown = await other.rows("SELECT item_name, column_name, old_value, new_value FROM analytics.item_history");
    const prices = (rows: Row[]) =>
      rows
        .filter(({ item_name, column_name }) => item_name === name && column_name === "sales_price")
        .map(({ old_value, new_value }) => [old_value, new_value]);
    const [one, two, three] = files.map((rows) => rows.find((item) => item["Item Name"] === name)?.["Sales Price"]);
    expect(prices(changes(files))).toEqual([
      [one, two],
      [two, three],
    ]);
    expect(prices(shown)).toEqual([[one, three]]);
    expect(await other.rows("SELECT item_name FROM analytics.products")).toHaveLength((files[2] as Row[]).length);
  });
});

describe("the same exports, their history made from the log", () => {
  let project: ItemHistory;
  beforeAll(async () => {
    project = await itemHistory("duckdb", server.address);
  });
  afterAll(() => project?.[Symbol.asyncDispose]());

  test("every version is there once, including values that became empty, deleted items and items that came back, whenever dbt ran", async () => {
    const well = async (command: string, ...args: string[]): Promise<void> => {
      const { code, stderr } = await project.tapline(command, "--environment", "test", ...args);
      expect(code, stderr).toBe(0);
    };
    const exports = [project.exportDay(1)];
    await well("run", "load");
    await well("invoke", "dbt-history", "generate", "--history");
    await well("run", "history");
    for (const day of [2, 3, 4, 5, 6, 7, 8]) {
      exports.push(project.exportDay(day));
      await well("run", day % 3 === 0 ? "history" : "load");
    }
    await well("run", "history");
    const names = Object.keys(columns).join(", ");
    expect(await project.rows(`SELECT item_name, is_deleted, ${names} FROM history.items_history ORDER BY item_name, valid_from`)).toEqual(
      versionsIn(exports),
    );
    const now = await project.rows(`SELECT item_name, ${names} FROM history.items_history WHERE is_current AND NOT is_deleted`);
    expect(sorted(now)).toEqual(sorted((exports.at(-1) as Row[]).map(product)));
  });
});

/** Each item, export by export, with a row where it changed, was deleted or came back. */
function versionsIn(exports: Row[][]): Row[] {
  const names = [...new Set(exports.flat().map((item) => item["Item Name"] as string))].sort();
  return names.flatMap((name) => {
    const versions: Row[] = [];
    for (const rows of exports) {
      const found = rows.find((item) => item["Item Name"] === name);
      if (found === undefined && versions.length === 0) continue;
      const gone = Object.fromEntries(Object.keys(columns).map((column) => [column, null]));
      const { item_name: _, ...values } = found === undefined ? { item_name: name, ...gone } : product(found);
      const version = { item_name: name, is_deleted: String(found === undefined), ...values };
      if (text(versions.at(-1)) !== text(version)) versions.push(version);
    }
    return versions;
  });
}
