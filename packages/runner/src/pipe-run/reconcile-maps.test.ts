/** Counts through stream maps, and the streams as a summary shows them. */
import type { MapCount } from "@tapline/protocol";
import { expect, test } from "vitest";
import { createProgress } from "../model/progress.ts";
import { reconcile } from "./reconcile.ts";
import { type MapStage, withMaps } from "./reconcile-maps.ts";

function streams(sent: Record<string, number>, received: Record<string, number>) {
  const progress = createProgress();
  const report = (role: "tap" | "target", stream: string, counts: Record<string, number>): void =>
    progress.record(role, { kind: "summary", stream, table: null, rejects: null, counts, changes: [] }, "x");
  for (const [stream, rows] of Object.entries(sent)) report("tap", stream, { sent: rows });
  for (const [stream, rows] of Object.entries(received)) report("target", stream, { received: rows, loaded: rows });
  return progress.streams();
}

const count = (from: string, to: string | undefined, received: number, passed: number, filtered = received - passed): MapCount => ({
  from,
  ...(to !== undefined && { to }),
  received,
  passed,
  filtered,
});
const stage = (plugin: string, ...counts: MapCount[]): MapStage => ({ plugin, counts });

test.each<[string, Record<string, number>, Record<string, number>, MapStage[]]>([
  ["a filter and a new name", { a: 5, b: 2 }, { c: 3, b: 2 }, [stage("target", count("a", "c", 5, 3))]],
  [
    "copies and a dropped stream",
    { a: 5, b: 2 },
    { a: 5, c: 1 },
    [stage("map", count("a", "a", 5, 5), count("a", "c", 5, 1), count("b", undefined, 2, 0))],
  ],
  ["two stages", { a: 5 }, { c: 2 }, [stage("map", count("a", "b", 5, 3)), stage("target", count("b", "c", 3, 2))]],
  ["a mapper that reports nothing", { a: 5 }, { z: 77 }, [{ plugin: "other", counts: undefined }]],
  ["a tap that reports nothing", {}, { c: 3 }, [stage("target", count("a", "c", 5, 3))]],
])("%s add up", (_, sent, received, maps) => {
  expect(reconcile(streams(sent, received), maps)).toEqual([]);
});

test.each<[string, Record<string, number>, Record<string, number>, MapStage[], string]>([
  [
    "a map that loses rows",
    { a: 5 },
    { a: 3 },
    [stage("m", count("a", "a", 5, 3, 1))],
    "m maps a: 5 received, 1 filtered out, 3 passed, which do not add up",
  ],
  ["rows lost before it", { a: 6 }, { a: 5 }, [stage("m", count("a", "a", 5, 5))], "m maps a: 5 received, 5 passed, but 6 were sent to it"],
  ["rows lost after it", { a: 5 }, { a: 3 }, [stage("m", count("a", "a", 5, 4))], "The tap sent 4 rows, the target received 3"],
  [
    "a copy that does not arrive",
    { a: 5 },
    { a: 5 },
    [stage("m", count("a", "a", 5, 5), count("a", "c", 5, 5))],
    "The target reported no stream c, into which 5 rows were mapped",
  ],
  [
    "rows from nowhere",
    { a: 5 },
    { a: 5, c: 1 },
    [stage("m", count("a", "a", 5, 5))],
    "The target received 1 row, and the tap reported none of them",
  ],
])("%s are found", (_, sent, received, maps, problem) => {
  expect(reconcile(streams(sent, received), maps).map((each) => each.problem)).toEqual([problem]);
});

test("the summary has the streams as they are in the target", () => {
  const mapped = [count("a", "c", 5, 3), count("b", undefined, 2, 0)];
  expect(withMaps(streams({ a: 5, b: 2, d: 1 }, { c: 3, d: 1 }), mapped)).toMatchObject([
    { stream: "b", sent: 2, filtered: 2, loaded: 0 },
    { stream: "d", sent: 1, loaded: 1 },
    { stream: "c", sent: 5, filtered: 2, loaded: 3 },
  ]);
});
