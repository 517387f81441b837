/** `load(target, …, extract(tap, …))` in one process, as the SDK's README shows: the target keeps rows for longer than the tap's buffer holds them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkConfig, extract, load, type Target, type TargetSettings, withTargetSettings } from "@tapline/sdk";
import tapCsv from "@tapline/tap-csv";
import targetDuckdb from "@tapline/target-duckdb";
import targetJsonl from "@tapline/target-jsonl";
import { expect, onTestFinished, test } from "vitest";
import { duckdbRows } from "./duckdb.ts";

/** Several times what the tap's buffer holds. */
const rows = 60_000;
const expected = Array.from({ length: rows }, (_, id) => ({ id: String(id), name: `item ${id} of a list` }));

/** Without a comparison of everything, whose report of differences would take minutes. */
function expectAll(found: readonly { id: unknown; name: unknown }[]): void {
  const wrong = expected.filter(({ id, name }, index) => String(found[index]?.id) !== id || found[index]?.name !== name);
  expect({ count: found.length, wrong: wrong.slice(0, 3) }).toEqual({ count: rows, wrong: [] });
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "in-one-process-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "items.csv"), `id,name\n${expected.map(({ id, name }) => `${id},${name}\n`).join("")}`);
  return folder;
}

/** @returns the last STATE */
async function copy(folder: string, target: Target, settings: Record<string, unknown>): Promise<unknown> {
  const files = [{ entity: "items", path: join(folder, "items.csv"), keys: ["id"] }];
  const tapConfig = checkConfig<Parameters<typeof tapCsv.streams>[0]>("tap-csv", tapCsv.config, { files }).config;
  const targetConfig = checkConfig<TargetSettings & Record<string, unknown>>(
    target.name,
    withTargetSettings(target.config),
    settings,
  ).config;
  let last: unknown;
  for await (const state of load(target, targetConfig, extract(tapCsv, tapConfig))) last = state;
  return last;
}

test("tap-csv into DuckDB", async () => {
  const folder = newFolder();
  const filepath = join(folder, "loaded.duckdb");
  expect(await copy(folder, targetDuckdb as unknown as Target, { filepath, threads: 1 })).toHaveProperty("bookmarks.items");
  expectAll((await duckdbRows(filepath, "SELECT id, name FROM items ORDER BY items.id")) as { id: string; name: string }[]);
});

test("tap-csv into JSON lines", async () => {
  const folder = newFolder();
  expect(await copy(folder, targetJsonl as unknown as Target, { destination_path: folder })).toHaveProperty("bookmarks.items");
  const lines = readFileSync(join(folder, "items.jsonl"), "utf8").trimEnd().split("\n");
  expectAll(lines.map((line) => JSON.parse(line)));
});
