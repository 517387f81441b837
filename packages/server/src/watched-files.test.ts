import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { SensorPlan } from "./plan.ts";
import { afterLook, noMemory, type SensorMemory, stateOf, type WatchedFile, watchedFiles } from "./watched-files.ts";

const options = (seconds: number) => ({ minAgeMs: 30_000, now: new Date(seconds * 1000) });
const file = (path: string, changed: number, bytes = 5): WatchedFile => ({
  path,
  look: `${bytes} ${changed} 1`,
  modifiedMs: changed * 1000,
  bytes,
});

test("a file is new once it is old enough and was the same in two looks", () => {
  const [a] = [file("a.csv", 100)];
  expect(stateOf(a, noMemory, options(110))).toEqual({
    kind: "settling",
    reason: "it was written 10.0 s ago, and min_age_seconds is 30",
  });
  const first = afterLook(noMemory, [a], options(140));
  expect(first.pending).toBeNull();
  const second = afterLook(first, [a], options(142));
  expect(second.pending).toEqual({ dueAt: new Date(142_000).toISOString(), files: ["a.csv"] });
  expect(stateOf(a, second, options(144))).toEqual({ kind: "seen" });
});

test("one that grows between two looks waits, however old its time says it is", () => {
  const first = afterLook(noMemory, [file("a.csv", 100, 5)], options(500));
  const second = afterLook(first, [file("a.csv", 100, 9)], options(502));
  expect(second.pending).toBeNull();
  expect(afterLook(second, [file("a.csv", 100, 9)], options(504)).pending?.files).toEqual(["a.csv"]);
});

test("an empty one waits, and says so", () => {
  const reason = "it is empty (0 bytes), so its sender may not have begun to write";
  expect(stateOf(file("a.csv", 100, 0), noMemory, options(900))).toEqual({ kind: "settling", reason });
});

test("one whose time is in the future counts once it stays the same", () => {
  const first = afterLook(noMemory, [file("a.csv", 9000)], options(100));
  expect(first.pending).toBeNull();
  expect(afterLook(first, [file("a.csv", 9000)], options(102)).pending?.files).toEqual(["a.csv"]);
});

test("a changed file, and one that comes back after it was gone, is new again; the others are not", () => {
  const looked = (memory: SensorMemory, files: WatchedFile[], seconds: number): SensorMemory =>
    afterLook(afterLook({ ...memory, pending: null }, files, options(seconds)), files, options(seconds + 2));
  const both = looked(noMemory, [file("a.csv", 100), file("b.csv", 100)], 200);
  expect(both.pending?.files).toEqual(["a.csv", "b.csv"]);
  expect(looked(both, [file("a.csv", 100), file("b.csv", 210)], 300).pending?.files).toEqual(["b.csv"]);
  const without = looked(both, [file("a.csv", 100)], 400);
  expect(without.pending).toBeNull();
  expect(looked(without, [file("a.csv", 100), file("b.csv", 100)], 500).pending?.files).toEqual(["b.csv"]);
});

test("while a tick is pending, what is new waits for the next one", () => {
  const pending: SensorMemory = { looks: { "b.csv": file("b.csv", 1).look }, seen: {}, pending: { dueAt: "x", files: ["a.csv"] } };
  const after = afterLook(pending, [file("b.csv", 1)], options(900));
  expect(after).toMatchObject({ pending: { files: ["a.csv"] }, seen: {} });
});

test("patterns find files in folders, by their place in the project; hidden ones and folders are none", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tapline-watch-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "in/deep"), { recursive: true });
  for (const name of ["in/b.csv", "in/a.csv", "in/.hidden.csv", "in/deep/c.csv", "in/x.txt"]) writeFileSync(join(folder, name), "x");
  utimesSync(join(folder, "in/a.csv"), 50, 50);
  const plan = { patterns: ["in/*.csv", "in/**/*.csv", "none/*.csv"] } as unknown as SensorPlan;
  const found = await watchedFiles(folder, plan);
  expect(found.map(({ path }) => path)).toEqual(["in/a.csv", "in/b.csv", "in/deep/c.csv"]);
  // It was renamed, or its time was set, just now.
  expect(found[0]).toMatchObject({ bytes: 1, look: expect.stringContaining(" 50000 ") });
  expect(Date.now() - (found[0]?.modifiedMs ?? 0)).toBeLessThan(60_000);
});
