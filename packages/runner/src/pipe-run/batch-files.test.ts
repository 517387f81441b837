import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { ReadyPlugin, Step } from "../model/step.ts";
import type { RunFolder } from "../process/run-folder.ts";
import { batchFiles } from "./batch-files.ts";

function folder(): RunFolder {
  const path = mkdtempSync(join(tmpdir(), "batch-folder-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return { path } as RunFolder;
}

const plugin = (name: string, capabilities: string[] | null, config: object = {}, settings: string[] = []): ReadyPlugin =>
  ({
    plugin: { name, config },
    about: capabilities && { capabilities, settings: { properties: Object.fromEntries(settings.map((each) => [each, {}])) } },
  }) as unknown as ReadyPlugin;

const step = (tap: ReadyPlugin, target: ReadyPlugin, more: Partial<Step> = {}): Step =>
  ({ tap, target, mappers: [], ...more }) as unknown as Step;

const csv = ["batch", "batch:csv"];
const theirs = { encoding: { format: "jsonl" }, storage: { root: "file:///var/spool/shop" } };

test("where both sides can, the tap gets a private folder of the run, and the target may delete there", () => {
  const own = folder();
  const { tap, target, note } = batchFiles(step(plugin("tap", csv, { a: 1 }), plugin("target", csv)), own);
  const path = join(own.path, "batch");
  expect(tap).toEqual({ a: 1, batch_config: { encoding: { format: "csv" }, storage: { root: pathToFileURL(path).href } } });
  expect(target).toEqual({ batch_folder: path });
  expect(note).toContain("batch:csv");
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test("PostgreSQL's own files are preferred to CSV", () => {
  const both = [...csv, "batch:pgcopy"];
  const { tap, note } = batchFiles(step(plugin("tap", both), plugin("target", both)), folder());
  expect(tap).toMatchObject({ batch_config: { encoding: { format: "pgcopy" } } });
  expect(note).toContain("batch:pgcopy");
  const csvOnly = batchFiles(step(plugin("tap", ["batch:pgcopy"]), plugin("target", csv)), folder());
  expect(csvOnly).toEqual({ tap: {}, target: {}, note: undefined });
});

test.each([
  ["the target can't", plugin("tap", csv), plugin("target", ["batch"]), {}],
  ["the target tells nothing about itself", plugin("tap", csv), plugin("target", null), {}],
  ["the tap can't", plugin("tap", []), plugin("target", csv), {}],
  ["batch is off", plugin("tap", csv), plugin("target", csv), { batch: "off" as const }],
  ["a mapper is between them", plugin("tap", csv), plugin("target", csv), { mappers: [plugin("mapper", csv)] }],
])("no files where %s", (_, tap, target, more) => {
  const own = folder();
  expect(batchFiles(step(tap, target, more), own)).toEqual({ tap: {}, target: {}, note: undefined });
  expect(existsSync(join(own.path, "batch"))).toBe(false);
});

test("batch_config of a foreign tap: the target may read its folder, and deletes nothing there", () => {
  const config = { batch_config: theirs };
  const reads = plugin("target", ["batch"], { batch_inputs: ["/data"] }, ["batch_inputs"]);
  expect(batchFiles(step(plugin("tap", null, config), reads), folder())).toEqual({
    tap: config,
    target: { batch_inputs: ["/data", "/var/spool/shop"] },
    note: undefined,
  });
  // A foreign target that takes BATCH messages has other settings.
  expect(batchFiles(step(plugin("tap", null, config), plugin("target", ["batch"])), folder()).target).toEqual({});
  const remote = { batch_config: { ...theirs, storage: { root: "s3://bucket" } } };
  expect(batchFiles(step(plugin("tap", null, remote), reads), folder()).target).toEqual({});
});

test("a target that does not take BATCH messages gets none, and the log says so", () => {
  const tap = plugin("tap-shop", null, { a: 1, batch_config: theirs });
  for (const capabilities of [[], null]) {
    const found = batchFiles(step(tap, plugin("target-old", capabilities)), folder());
    expect(found).toMatchObject({ tap: { a: 1 }, target: {}, note: expect.stringContaining("target-old does not list batch") });
    expect(found.tap).not.toHaveProperty("batch_config");
  }
  const off = batchFiles(step(tap, plugin("target", csv), { batch: "off" }), folder());
  expect(off).toMatchObject({ tap: { a: 1 }, note: "batch is off, so batch_config of tap-shop has no effect" });
});
