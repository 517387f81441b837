/** One pipe in each direction between us and the Singer plugins of others; more of them in the long suite `foreign`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertRows } from "@tapline/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readTable } from "../../../plugins/target-duckdb/test/read-table.ts";
import { flatShop, fromPython, intoPython, jsonLines, shop } from "./foreign-pipes.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "foreign-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a tap on singer-python into target-duckdb: every value arrives", async () => {
  const data = shop(1, 250);
  const { stdout } = await fromPython(data, "target-duckdb", { filepath: join(folder, "shop.duckdb") }, folder);
  assertRows((await readTable(join(folder, "shop.duckdb"), "shop")) ?? [], data.rows, data.schema.properties);
  expect(stdout.trim().split("\n").at(-1)).toBe('{"bookmarks":{"shop":{"row":250}}}');
}, 300_000);

test("tap-csv into the target-jsonl of PyPI: every value arrives", async () => {
  const data = flatShop(2, 250);
  const { stdout } = await intoPython(data, "target-jsonl", { destination_path: folder, do_timestamp_file: false }, folder);
  assertRows(jsonLines(folder, "shop"), data.rows, data.schema.properties);
  const { bookmarks } = JSON.parse(stdout.trim().split("\n").at(-1) as string);
  expect(Object.keys(bookmarks.shop.files)).toEqual([join(folder, "shop.csv")]);
}, 300_000);
