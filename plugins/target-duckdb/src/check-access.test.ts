/** `--test` of target-duckdb: it finds what a load would meet, and makes no file. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, onTestFinished, test } from "vitest";
import target from "./index.ts";

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "check-access-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const tested = (filepath: string): Promise<readonly string[]> =>
  target.test?.({ filepath } as never) ?? Promise.reject(new Error("no test"));

test("a file that is there can be written, and is not changed", async () => {
  const filepath = join(makeFolder(), "t.duckdb");
  (await DuckDBInstance.create(filepath)).closeSync();
  const { size } = statSync(filepath);
  const sentences = await tested(filepath);
  expect(sentences[0]).toMatch(/^Connected to DuckDB v1\.\d+\.\d+: .*t\.duckdb\.$/);
  expect(sentences.slice(1)).toEqual([
    "Tables can be created in schema main.",
    "The ledger main._tapline_loads, for appends exactly once, can be kept.",
  ]);
  expect(readdirSync(join(filepath, ".."))).toEqual(["t.duckdb"]);
  expect(statSync(filepath).size).toBe(size);
});

test("a file that is missing is not made, where it could be", async () => {
  const folder = makeFolder();
  const filepath = join(folder, "new", "deep", "t.duckdb");
  expect(await tested(filepath)).toEqual([`There is no database ${filepath} yet. The first load can make it.`]);
  expect(existsSync(join(folder, "new"))).toBe(false);
});

test("a file that is no database, and a folder that is a file, are errors", async () => {
  const folder = makeFolder();
  const csv = join(folder, "a.csv");
  writeFileSync(csv, "a,b\n1,2\n");
  await expect(tested(csv)).rejects.toMatchObject({ code: "not_a_database" });
  await expect(tested(join(csv, "t.duckdb"))).rejects.toMatchObject({ code: "folder_not_writable" });
});

test("a folder that may not be written is an error", () => {
  const closed = join(makeFolder(), "closed");
  mkdirSync(closed);
  chmodSync(join(closed, ".."), 0o755);
  chmodSync(closed, 0o555);
  // Root may do everything, so the process gives up its rights once its code is loaded.
  const script = `
    const { default: target } = await import(${JSON.stringify(new URL("./index.ts", import.meta.url).href)});
    if (process.getuid() === 0) process.setuid(65534);
    await target.test({ filepath: ${JSON.stringify(join(closed, "t.duckdb"))} }).catch(({ code }) => console.log(code));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect([stdout, stderr]).toEqual(["folder_not_writable\n", ""]);
});
