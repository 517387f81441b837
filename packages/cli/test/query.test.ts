/** Rows of a real DuckDB file, shown by the real command. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { makeFolder, start, tapline, until } from "./tapline.ts";

const bin = (name: string): string => fileURLToPath(new URL(`../../../plugins/${name}/bin/${name}.js`, import.meta.url));

/** A project whose target-duckdb has loaded the stream SalesOrders with so many rows. */
function loadedProject(rows = 3, more: Record<string, unknown> = {}): string {
  const folder = makeFolder();
  const filepath = join(folder, "shop.duckdb");
  const plugins = {
    "target-duckdb": { executable: bin("target-duckdb"), config: { filepath: "shop.duckdb", table_names: "snake_case" } },
    ...more,
  };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }));
  writeFileSync(join(folder, "config.json"), JSON.stringify({ filepath, table_names: "snake_case" }));
  const properties = { id: { type: "integer" }, amount: { type: "number", multipleOf: 0.01 }, note: { type: ["null", "string"] } };
  const lines = [
    { type: "SCHEMA", stream: "SalesOrders", schema: { properties }, key_properties: ["id"] },
    ...Array.from({ length: rows }, (_, at) => ({
      type: "RECORD",
      stream: "SalesOrders",
      record: { id: at + 1, amount: 1.5, note: at === 0 ? null : "a\u001b[31m, b" },
    })),
  ];
  const input = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const args = [bin("target-duckdb"), "--config", join(folder, "config.json")];
  const { status, stderr } = spawnSync(process.execPath, args, { input, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return folder;
}

test("preview finds the stream's table, whatever its name is, and counts the rows that it leaves out", async () => {
  const folder = loadedProject(25);
  const { code, out, err } = await tapline(folder, ["preview", "SalesOrders"]);
  expect(code).toBe(0);
  const lines = out.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^ *id +amount +note$/);
  expect(lines).toHaveLength(12);
  expect(out).toContain("a\\x1b[31m, b");
  expect(err).toBe("10 of 25 rows are shown; --all shows all of them.\n");
  const whole = await tapline(folder, ["preview", "SalesOrders", "--all", "--format", "json", "--metadata"]);
  expect(whole.out.trimEnd().split("\n")).toHaveLength(25);
  expect(whole.out).toContain('"_sdc_received_at":');
  expect(whole.err).toBe("");
  expect(readdirSync(join(folder, ".tapline", "running"))).toEqual([]);
});

test("a stream that is not there is named with those that are", async () => {
  const { code, out, err } = await tapline(loadedProject(), ["preview", "SalesOrder"]);
  expect([code, out]).toEqual([1, ""]);
  expect(err).toContain("stream SalesOrder");
  expect(err).toContain("Did you mean SalesOrders?");
});

test("query prints CSV with NULL and empty text apart, from an argument and from stdin", async () => {
  const folder = loadedProject();
  const sql = "SELECT id, amount, note, '' AS empty FROM sales_orders ORDER BY id LIMIT 2";
  const csv = 'id,amount,note,empty\r\n1,1.50,,""\r\n2,1.50,"a\u001b[31m, b",""\r\n';
  expect(await tapline(folder, ["query", sql, "--format", "csv"])).toMatchObject({ code: 0, out: csv, err: "" });
  expect(await tapline(folder, ["query", "-", "--format", "csv"], `${sql};\n`)).toMatchObject({ code: 0, out: csv });
});

test("a query that changes something, or is given without quotes, is an error", async () => {
  const folder = loadedProject();
  const change = await tapline(folder, ["query", "delete from sales_orders"]);
  expect([change.code, change.out]).toEqual([1, ""]);
  expect(change.err).toContain("Only statements that read");
  const words = await tapline(folder, ["query", "select", "1"]);
  expect([words.code, words.err]).toEqual([2, expect.stringContaining("in quotes")]);
  expect((await tapline(folder, ["query", "select count(*) c from sales_orders", "--format", "json"])).out).toBe('{"c":3}\n');
});

test("of several targets one must be named, and one that can't show rows is an error", async () => {
  const folder = loadedProject(1, { "target-jsonl": { executable: bin("target-jsonl"), config: { destination_path: "." } } });
  const several = await tapline(folder, ["query", "select 1"]);
  expect([several.code, several.err]).toEqual([2, expect.stringMatching(/target-duckdb, target-jsonl.*--target target-duckdb/)]);
  expect((await tapline(folder, ["query", "select 1 as a", "--target", "target-duckdb", "--format", "json"])).out).toBe('{"a":1}\n');
  const jsonl = await tapline(folder, ["preview", "SalesOrders", "--target", "target-jsonl"]);
  expect([jsonl.code, jsonl.err]).toEqual([2, expect.stringContaining("can't show rows")]);
  const unknown = await tapline(folder, ["query", "select 1", "--target", "target-duck"]);
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("Did you mean target-duckdb?")]);
});

test("a database that is not there is an error, and is not made", async () => {
  const folder = makeFolder();
  writeFileSync(
    join(folder, "tapline.yml"),
    JSON.stringify({ plugins: { "target-duckdb": { executable: bin("target-duckdb"), config: { filepath: "none.duckdb" } } } }),
  );
  const { code, err } = await tapline(folder, ["preview", "orders"]);
  expect([code, err]).toEqual([1, expect.stringContaining("none.duckdb can't be read: there is no such file")]);
  expect(existsSync(join(folder, "none.duckdb"))).toBe(false);
});

test("Ctrl-C cancels the query, and a reader that leaves ends it without a word", async () => {
  const folder = loadedProject();
  const slow = "SELECT count(*) FROM range(1000000000) a, range(1000) b WHERE hash(a.range + b.range) % 7 = 8";
  const { child, answer } = start(folder, ["query", slow]);
  await until(
    () => existsSync(join(folder, ".tapline", "running")) && readdirSync(join(folder, ".tapline", "running")).length > 0,
    "the target runs",
  );
  await new Promise((resolve) => setTimeout(resolve, 1000));
  child.kill("SIGINT");
  expect(await answer).toMatchObject({ code: 130, out: "" });
  const endless = start(folder, ["query", "FROM range(10000000000)", "--format", "csv"]);
  const printed = endless.answer.then(
    ({ err }) => err,
    (error: NodeJS.ErrnoException) => error.code,
  );
  await once(endless.child.stdout as NodeJS.ReadableStream, "data");
  endless.child.stdout?.destroy();
  const [code] = await once(endless.child, "exit");
  expect(code).toBe(0);
  // Without its stdout, what it printed to stderr is not collected whole.
  expect(await printed).toBe("ERR_STREAM_PREMATURE_CLOSE");
});
