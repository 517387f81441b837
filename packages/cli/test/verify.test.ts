/** Tables of two real DuckDB files, and a Parquet folder, compared by the real command. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { makeFolder, tapline } from "./tapline.ts";

const bin = (name: string): string => fileURLToPath(new URL(`../../../plugins/${name}/bin/${name}.js`, import.meta.url));

interface Order {
  id: number;
  amount: number;
  note: string | null;
}

const orders: readonly Order[] = Array.from({ length: 50 }, (_, at) => ({ id: at + 1, amount: at + 0.5, note: at % 3 === 0 ? null : "" }));
const without = (id: number): Order[] => orders.filter((order) => order.id !== id);
const changed = (id: number, change: Partial<Order>): Order[] => orders.map((order) => (order.id === id ? { ...order, ...change } : order));

/** A project with two databases, whose tables hold these rows. */
function project(prod: readonly Order[], warehouse: readonly Order[], more: object = {}): string {
  const folder = makeFolder();
  const plugins = {
    prod: { kind: "target", executable: bin("target-duckdb"), config: { filepath: join(folder, "prod.duckdb") } },
    warehouse: { kind: "target", executable: bin("target-parquet"), config: { destination_path: join(folder, "parquet") } },
    foreign: { kind: "target", executable: bin("target-jsonl"), config: { destination_path: folder } },
  };
  load(folder, plugins.prod.executable, plugins.prod.config, prod);
  load(folder, plugins.warehouse.executable, plugins.warehouse.config, warehouse);
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins, ...more }));
  return folder;
}

function load(folder: string, executable: string, config: object, rows: readonly Order[]): void {
  const properties = { id: { type: "integer" }, amount: { type: "number", multipleOf: 0.01 }, note: { type: ["null", "string"] } };
  const lines = [
    { type: "SCHEMA", stream: "orders", schema: { properties }, key_properties: ["id"] },
    ...rows.map((record) => ({ type: "RECORD", stream: "orders", record })),
  ];
  const path = join(folder, "load.json");
  writeFileSync(path, JSON.stringify(config));
  const input = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const { status, stderr } = spawnSync(process.execPath, [executable, "--config", path], { input, encoding: "utf8", cwd: folder });
  if (status !== 0) throw new Error(stderr);
}

const places = ["orders@prod", "orders@warehouse"];

test("equal tables end with 0, and one line says so", async () => {
  const folder = project(orders, orders);
  const { code, out, err } = await tapline(folder, ["verify", ...places]);
  expect(out, err).toMatch(/^\S+orders@prod:dev and orders@warehouse:dev are equal: 50 rows, 3 columns, by id; .* s\n$/);
  expect([code, err]).toEqual([0, ""]);
  // The loads gave the tables no primary key, but noted what it would be.
  const itself = await tapline(folder, ["verify", "orders@prod", "orders@prod"]);
  expect(itself.out, itself.err).toContain("50 rows, 3 columns, by id");
});

test("what differs is told by row and column; values only where they are asked for", async () => {
  const folder = project(changed(8, { note: null }), without(9));
  const plain = await tapline(folder, ["verify", ...places, "--html", "report.html"]);
  expect(plain.code, plain.err).toBe(1);
  expect(plain.out).toContain("rows        50 here, 49 there");
  expect(plain.out).toMatch(/only here\s+1\n/);
  expect(plain.out).toMatch(/only there\s+0\n/);
  expect(plain.out).toContain("differing   1 (note 1)");
  expect(plain.out).toMatch(/differs\s+id=8\s+note\n/);
  expect(plain.out).toMatch(/only here\s+id=9\n/);
  expect(plain.out).not.toContain("7.5");
  const page = readFileSync(join(folder, "report.html"), "utf8");
  expect(page).toContain("id=8");
  expect(page).not.toMatch(/\b(?:src|href)="(?!#)|https?:|url\(/);
  const { out } = await tapline(folder, ["verify", ...places, "--values", "--json"]);
  const [table, report] = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(table).toMatchObject({ type: "table", verdict: "different", only_here: 1, only_there: 0, differing: 1 });
  expect(table.examples).toContainEqual({
    what: "differing",
    key: { id: "8" },
    columns: ["note"],
    values: { note: { here: null, there: "" } },
  });
  expect(report).toMatchObject({ type: "report", verdict: "different", tables: [{ name: table.name }] });
});

test("a comparison of tapline.yml: columns, a tolerance, a condition, a bound, and totals by group", async () => {
  const verify = {
    near: { here: "orders@prod", there: "orders@warehouse", tolerance: { amount: 0.2 } },
    some: { here: "orders@prod", there: "orders@warehouse", where: "id <> 7" },
    before: { here: "orders@prod", there: "orders@warehouse", before: { column: "id", value: "7" } },
    totals: {
      here: "orders@prod",
      there: "orders@warehouse",
      columns: ["note"],
      metrics: [{ name: "amount", column: "amount", aggregate: "sum", by: ["note"] }],
    },
  };
  const folder = project(changed(7, { amount: 6.6 }), orders, { verify });
  const codes: Record<string, number | null> = {};
  for (const name of ["near", "some", "before", "totals"]) codes[name] = (await tapline(folder, ["verify", name])).code;
  expect(codes).toEqual({ near: 0, some: 0, before: 0, totals: 1 });
  expect((await tapline(folder, ["verify", "totals"])).out).toMatch(/amount of NULL: .* here, .* there/);
  expect((await tapline(folder, ["verify"])).out).toContain("Different: 3 of 4 tables equal, 1 different");
});

test("a duplicate key is a finding, and rows can be compared as a whole", async () => {
  const folder = project(orders, orders);
  const { out } = await tapline(folder, ["verify", ...places, "--key", "note"]);
  expect(out).toContain("are equal");
  expect(out).toMatch(/warning: \d+ rows of the first table have NULL in the key/);
  expect(out).toMatch(/warning: \d+ rows of the second table have a key that another row has/);
  const whole = await tapline(folder, ["verify", ...places, "--key", ""]);
  expect(whole.out).toContain("50 rows, 3 columns, rows as a whole");
});

test("rows that differ as a whole have no name: what shows them is told", async () => {
  const { out } = await tapline(project(orders, without(9)), ["verify", ...places, "--key", ""]);
  expect(out).toMatch(/only here +1\n/);
  expect(out).toContain("To see which rows: --key");
});

test("a CSV file is a side through a view in a DuckDB file", async () => {
  const folder = project(orders, orders);
  const csv = join(folder, "orders.csv");
  writeFileSync(
    csv,
    `id,amount,note\n${changed(8, { amount: 9 })
      .map(({ id, amount, note }) => `${id},${amount},${note === null ? "" : `"${note}"`}`)
      .join("\n")}\n`,
  );
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const views = await DuckDBInstance.create(join(folder, "views.duckdb"));
  const connection = await views.connect();
  const columns = "{'id': 'BIGINT', 'amount': 'DECIMAL(18,2)', 'note': 'VARCHAR'}";
  await connection.run(
    `CREATE VIEW orders AS FROM read_csv('${csv}', header = true, columns = ${columns}, nullstr = '', allow_quoted_nulls = false)`,
  );
  connection.closeSync();
  views.closeSync();
  const file = { executable: bin("tap-duckdb"), config: { filepath: join(folder, "views.duckdb"), external_access: true } };
  const { plugins } = JSON.parse(readFileSync(join(folder, "tapline.yml"), "utf8"));
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins: { ...plugins, file: { kind: "tap", ...file } } }));
  const { code, out, err } = await tapline(folder, ["verify", "orders@prod", "orders@file"]);
  expect(code, out + err).toBe(1);
  expect(out).toContain("differing   1 (amount 1)");
});

test("a mistake is named, and ends with 2", async () => {
  const folder = project(orders, orders);
  const mistakes: [string[], string][] = [
    [["orders@prod"], "Only one place is named"],
    [["orders@prod", "orders@nobody"], "nobody"],
    [["orders@prod", "ordres@warehouse"], "Did you mean orders?"],
    [["orders@prod", "orders@foreign"], "foreign can't tell what its tables hold"],
    [[...places, "--key", "idd"], "Did you mean id?"],
    [[...places, "--tolerance", "amount=x"], "does not have the form"],
    [["nightly"], 'no verification "nightly"'],
    [[], "Nothing says what to compare"],
  ];
  for (const [args, message] of mistakes) {
    const { code, out, err } = await tapline(folder, ["verify", ...args]);
    expect(out + err).toContain(message);
    expect(code, message).toBe(2);
  }
});
