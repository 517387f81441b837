import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rowBatch } from "@tapline/sdk";
import { expect, test } from "vitest";
import { SharedLanes } from "../buffers/lane.ts";
import { RowColumns } from "../buffers/row-columns.ts";
import { GatheredRows } from "./gathered-rows.ts";

function gathering(type: "bigint" | "varchar" = "bigint", { fileBytes = 0, lanes = new SharedLanes() } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "gathered-"));
  const column = { name: "v", columnName: "v", type: { kind: type } as const };
  const rows = new RowColumns({ stream: "s", columns: [column], requiredKeys: [] }, ({ kind }) => kind, lanes.at);
  let count = 0;
  return new GatheredRows({
    rows,
    lanes,
    types: [column.type],
    fileBytes,
    nextPath: () => join(folder, String(++count)),
    explained: (work) => work(),
  });
}

const numbers = (count: number) =>
  rowBatch(
    "s",
    Array.from({ length: count }, (_, v) => ({ v })),
  );

test("a group is closed before a batch that has no room in it", () => {
  const gathered = gathering();
  expect(gathered.add(numbers(50_000)).added).toBe(50_000);
  expect(gathered.completed).toEqual([]);
  gathered.add(numbers(100_000));
  expect(gathered.completed.map(({ rows }) => rows)).toEqual([50_000, 100_000]);
  for (const { path } of gathered.completed) expect(existsSync(path)).toBe(true);
});

function failingBatch(count: number) {
  const rows = Array.from({ length: count }, (_, v): { v: unknown } => ({ v }));
  rows.push({ v: "x" });
  return rowBatch("s", rows as never);
}

test("a batch that fails is taken back whole, also where it filled groups of its own", () => {
  const gathered = gathering();
  gathered.add(numbers(10));
  expect(() => gathered.add(failingBatch(130_000))).toThrow('"x"');
  gathered.add(numbers(5));
  gathered.complete();
  expect(gathered.completed.map(({ rows }) => rows)).toEqual([10, 5]);
});

test("rows with much text wait for no more of them than 32 MiB", () => {
  const gathered = gathering("varchar");
  const texts = (count: number) => {
    const rows = Array.from({ length: count }, () => ({ v: "x".repeat(1 << 20) }));
    return { ...rowBatch("s", rows), byteLength: count << 20 };
  };
  for (let i = 0; i < 5; i++) gathered.add(texts(10));
  expect(gathered.completed.map(({ rows }) => rows)).toEqual([30]);
});

test("a file takes row groups until it has its bytes", () => {
  const gathered = gathering("bigint", { fileBytes: 1 << 20 });
  for (let i = 0; i < 3; i++) gathered.add(numbers(100_000));
  expect(gathered.completed.map(({ rows }) => rows)).toEqual([200_000]);
  gathered.complete();
  expect(gathered.completed.map(({ rows }) => rows)).toEqual([200_000, 100_000]);
});

test("another stream takes the lanes: the file goes on with a row group, and a batch that fails takes back none of others", () => {
  const lanes = new SharedLanes();
  const [one, other] = [gathering("bigint", { fileBytes: 1 << 30, lanes }), gathering("bigint", { fileBytes: 1 << 30, lanes })];
  for (let i = 0; i < 2; i++) {
    one.add(numbers(10));
    other.add(numbers(5));
  }
  expect(() => one.add(failingBatch(3))).toThrow('"x"');
  expect(() => one.add(failingBatch(130_000))).toThrow('"x"');
  one.add(numbers(7));
  for (const each of [one, other]) each.complete();
  expect([one, other].map(({ completed }) => completed.map(({ rows }) => rows))).toEqual([[27], [10]]);
});
