/** Columns are in the order of the file all the way to the table, also those whose names look like integers. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pipe, run } from "./command.ts";
import { duckdbRows } from "./duckdb.ts";

const header = ["Product", "2025", "2024", "2023"];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "column-order-"));
  writeFileSync(join(folder, "a.csv"), `${header}\nPen,30,20,10\nCup,31,21,11\n`);
  writeFileSync(join(folder, "tap.json"), JSON.stringify({ files: [{ entity: "years", path: join(folder, "a.csv"), header: 1 }] }));
  writeFileSync(join(folder, "target.json"), JSON.stringify({ filepath: join(folder, "years.duckdb") }));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function columns(): Promise<(string | null | undefined)[]> {
  const sql = "SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'years' ORDER BY ordinal_position";
  return (await duckdbRows(join(folder, "years.duckdb"), sql)).map(({ name }) => name);
}

const wanted = [...header, expect.stringMatching(/^_sdc_/)];

test("tap-csv into target-duckdb, with and without a catalog", async () => {
  const { stdout } = await run("tap-csv", ["--config", "tap.json", "--discover"], { cwd: folder });
  writeFileSync(join(folder, "catalog.json"), stdout);
  for (const catalog of [[], ["--catalog", "catalog.json"]]) {
    rmSync(join(folder, "years.duckdb"), { force: true });
    const { code, leftCode, stderr } = await pipe(
      ["tap-csv", "--config", "tap.json", ...catalog],
      ["target-duckdb", "--config", "target.json"],
      folder,
    );
    expect([code, leftCode], stderr).toEqual([0, 0]);
    expect((await columns()).slice(0, 5)).toEqual(wanted);
  }
});

test("the runner keeps it in the catalogs it writes", async () => {
  const plugins = {
    "tap-csv": { config: JSON.parse(readFileSync(join(folder, "tap.json"), "utf8")), select: ["years.*"] },
    "target-duckdb": { config: { filepath: join(folder, "years.duckdb") } },
  };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }));
  const { code, stderr } = await run("tapline", ["run", "tap-csv", "target-duckdb"], { cwd: folder });
  expect(code, stderr).toBe(0);
  expect((await columns()).slice(0, 5)).toEqual(wanted);
});
