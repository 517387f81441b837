/** Files and settings that change between two runs of tap-csv into a DuckDB file: a run that ends well has each row once. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { duckdbRows } from "./duckdb.ts";
import { root } from "./repository.ts";

const timeout = 60_000;

function project(settings: object = {}, tapConfig: object = {}, targetConfig: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), "tapline-changed-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const database = join(folder, "loaded.duckdb");
  const plugin = (name: string, config: object) => ({ executable: join(root, `plugins/${name}/bin/${name}.js`), config });
  const configure = (more: object = {}, moreConfig: object = {}): void => {
    const tap = { files: [{ entity: "items", path: "items.csv", ...settings, ...more }], ...tapConfig, ...moreConfig };
    const plugins = {
      "tap-csv": plugin("tap-csv", tap),
      "target-duckdb": plugin("target-duckdb", { filepath: database, ...targetConfig }),
    };
    writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }));
  };
  configure();
  return {
    configure,
    /** Rows with the ids in this range. */
    write: (from: number, to: number): void =>
      writeFileSync(
        join(folder, "items.csv"),
        `id,v\n${Array.from({ length: to - from + 1 }, (_, i) => `${from + i},${i === 0 ? "N/A" : "x"}\n`).join("")}`,
      ),
    async run(...flags: string[]): Promise<{ code: number | null; err: string }> {
      const bin = join(root, "packages/cli/bin/tapline.js");
      const args = [bin, "run", "tap-csv", "target-duckdb", ...flags];
      const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
      const [err, [code]] = await Promise.all([text(child.stderr), once(child, "close") as Promise<[number | null]>]);
      return { code, err };
    },
    ids: async (where = "true"): Promise<number[]> =>
      (await duckdbRows(database, `SELECT id FROM items WHERE ${where} ORDER BY id::INTEGER`)).map(({ id }) => Number(id)),
  };
}

test("a changed file of a stream without keys stops the run, and the table is as before", { timeout }, async () => {
  const { write, run, ids } = project();
  write(1, 3);
  expect((await run()).code).toBe(0);
  write(2, 5);
  expect(await run()).toMatchObject({ code: 1, err: expect.stringMatching(/items.csv was read before and has changed since/) });
  expect(await ids()).toEqual([1, 2, 3]);
});

test("so does one of a stream with keys whose target only appends; append loads it, with a warning", { timeout }, async () => {
  const { configure, write, run, ids } = project({ keys: ["id"] }, {}, { load_method: "append-only" });
  write(1, 3);
  expect((await run()).code).toBe(0);
  write(2, 5);
  expect(await run()).toMatchObject({ code: 1, err: expect.stringContaining("would be appended a second time") });
  configure({ changed_files: "append" });
  expect(await run()).toMatchObject({ code: 0, err: expect.stringContaining("4 rows of it were sent again and are appended") });
  expect(await ids()).toEqual([1, 2, 2, 3, 3, 4, 5]);
});

test("a setting that changes rows applies to rows that were loaded, by their keys", { timeout }, async () => {
  const { configure, write, run, ids } = project({ keys: ["id"] });
  write(1, 3);
  expect((await run()).code).toBe(0);
  configure({ null_values: ["N/A"] });
  expect(await run()).toMatchObject({
    code: 0,
    err: expect.stringContaining("the setting null_values changed, so items.csv is read again"),
  });
  expect(await ids("v IS NULL")).toEqual([1]);
  configure({ null_values: ["N/A"], keys: [] });
  expect(await run()).toMatchObject({ code: 1, err: expect.stringContaining("in the table under the old keys") });
});

test("--limit deletes nothing, and the next run without it does", { timeout }, async () => {
  const { write, run, ids } = project({ keys: ["id"], detect_deletes: true });
  write(1, 3);
  expect((await run()).code).toBe(0);
  write(2, 3);
  expect((await run("--limit", "100")).code).toBe(0);
  expect(await ids("_sdc_deleted_at IS NULL")).toEqual([1, 2, 3]);
  expect((await run()).code).toBe(0);
  expect(await ids("_sdc_deleted_at IS NULL")).toEqual([2, 3]);
});
