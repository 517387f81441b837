import { expect, test } from "vitest";
import { whyNotYet } from "./loaded-by-job.ts";

const partition = { name: "2026-01-31", from: "2026-01-31T00:00:00+01:00", to: "2026-02-01T00:00:00+01:00" };
const now = new Date("2026-06-01T00:00:00Z");
const state = (value: string | null) =>
  value === null ? null : JSON.stringify({ bookmarks: { orders: { replication_key: "at", replication_key_value: value } } });
const position = (kind: "instant" | "local" | "date", isAppended: boolean, bookmark: string | null, config = {}) => ({
  streams: [{ stream: "orders", key: "at", kind, isAppended }],
  state: state(bookmark),
  config,
  now,
});

test.each([
  ["2026-01-31 23:00:00+00", "instant", true],
  ["2026-01-31 22:59:59.999999+00", "instant", false],
  ["2026-02-01T00:00:00.5+01:00", "instant", true],
  ["2026-02-01 00:00:00", "local", true],
  ["2026-01-31 23:30:00", "local", false],
  ["2026-02-01", "date", true],
  ["2026-01-31", "date", false],
  ["17", "local", false],
] as const)("an appended stream with the bookmark %s (%s) may be loaded: %s", (bookmark, kind, isAllowed) => {
  expect(whyNotYet(partition, position(kind, true, bookmark)) === undefined).toBe(isAllowed);
  expect(whyNotYet(partition, position(kind, false, bookmark))).toBeUndefined();
});

test("without a bookmark the tap's start_date is where the job begins", () => {
  expect(whyNotYet(partition, position("instant", true, null))).toContain("run the job first");
  expect(whyNotYet(partition, position("instant", true, null, { start_date: "2026-03-01" }))).toBeUndefined();
  expect(whyNotYet(partition, position("instant", true, null, { start_date: "2026-01-01" }))).toContain("2026-01-01T00:00:00.000Z");
});

test("a partition that is not over is left out", () => {
  expect(whyNotYet(partition, { ...position("instant", false, null), now: new Date("2026-01-31T22:59:59Z") })).toBe("it is not over yet");
});
