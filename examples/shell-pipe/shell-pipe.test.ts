/** The commands of the README, and data that a pipe must not change. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pipe, run } from "../../packages/workspace/src/command.ts";
import { duckdbRows } from "../../packages/workspace/src/duckdb.ts";

function project(): string {
  const folder = mkdtempSync(join(tmpdir(), "shell-pipe-"));
  cpSync(import.meta.dirname, folder, { recursive: true, filter: (path) => !/\/output(\/|$)/.test(path) });
  return folder;
}

test("discover, select, load; the final state is that of the tap", async () => {
  const cwd = project();
  const catalog = await run("tap-csv", ["--config", "tap.json", "--discover"], { cwd });
  expect(catalog.code).toBe(0);
  writeFileSync(join(cwd, "catalog.json"), catalog.stdout);
  const ended = await pipe(
    ["tap-csv", "--config", "tap.json", "--catalog", "catalog.json"],
    ["target-duckdb", "--config", "target.json"],
    cwd,
  );
  expect([ended.leftCode, ended.code]).toEqual([0, 0]);
  expect(JSON.parse(ended.stdout.trim().split("\n").at(-1) as string)).toHaveProperty("bookmarks.items");
  expect(
    await duckdbRows(join(cwd, "output/items.duckdb"), "SELECT item_name, price, in_stock, description FROM main.items ORDER BY rowid"),
  ).toEqual([
    { item_name: 'Valve 1/2"', price: expect.stringMatching(/^12\.50?0*$/), in_stock: "true", description: 'Brass, "push-fit"' },
    { item_name: "Hinge", price: expect.stringMatching(/^3\.20*$/), in_stock: "true", description: null },
    { item_name: "Panel", price: expect.stringMatching(/^145\.0*$/), in_stock: "false", description: "two\nlines" },
    { item_name: "Cable 10 mm", price: expect.stringMatching(/^0\.990*$/), in_stock: "true", description: "" },
  ]);
});

test('an all-strings file of 10,000 rows arrives complete, with its first row, and "" and NULL stay apart', async () => {
  const cwd = project();
  const rows = Array.from({ length: 10_000 }, (_, i) => [`name ${i}`, i % 3 === 0 ? '""' : "", `header${i % 5}`]);
  writeFileSync(join(cwd, "data/items.csv"), `a,b,c\n${rows.map((row) => row.join(",")).join("\n")}`);
  writeFileSync(join(cwd, "tap.json"), JSON.stringify({ files: [{ entity: "items", path: "data/items.csv", keys: ["a"] }] }));
  for (const method of ["append-only", "upsert"]) {
    writeFileSync(
      join(cwd, "target.json"),
      JSON.stringify({ filepath: `output/${method}.duckdb`, load_method: method, batch_max_bytes: 100_000 }),
    );
    expect((await pipe(["tap-csv", "--config", "tap.json"], ["target-duckdb", "--config", "target.json"], cwd)).code).toBe(0);
    const got = await duckdbRows(join(cwd, `output/${method}.duckdb`), "SELECT a, b, c FROM items ORDER BY rowid");
    expect(got).toEqual(rows.map(([a, b, c]) => ({ a, b: b === "" ? null : "", c })));
  }
});

test("the same pipe into JSON lines", async () => {
  const cwd = project();
  writeFileSync(join(cwd, "target.json"), JSON.stringify({ destination_path: "output", add_record_metadata: false }));
  expect((await pipe(["tap-csv", "--config", "tap.json"], ["target-jsonl", "--config", "target.json"], cwd)).code).toBe(0);
  const lines = readFileSync(join(cwd, "output/items.jsonl"), "utf8").trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).item_name)).toEqual(['Valve 1/2"', "Hinge", "Panel", "Cable 10 mm"]);
});

test("with a catalog, files of streams that are not selected may be missing", async () => {
  const cwd = project();
  const items = { entity: "items", path: "data/items.csv", keys: ["item_name"] };
  const gone = join(cwd, "data/gone.csv");
  writeFileSync(gone, "a\n1\n");
  writeFileSync(join(cwd, "tap.json"), JSON.stringify({ files: [items, { entity: "gone", path: "data/gone.csv", keys: [] }] }));
  const catalog = JSON.parse((await run("tap-csv", ["--config", "tap.json", "--discover"], { cwd })).stdout);
  catalog.streams[1].metadata[0].metadata.selected = false;
  writeFileSync(join(cwd, "catalog.json"), JSON.stringify(catalog));
  rmSync(gone);
  const ended = await run("tap-csv", ["--config", "tap.json", "--catalog", "catalog.json"], { cwd });
  expect(ended.code).toBe(0);
  expect(ended.stdout).toContain('"price":12.50');
});
