import { expect, test } from "vitest";
import { counted, formatBytes, formatCount, formatDuration, formatInstant, formatNames, formatRelative } from "./format.ts";

test("counts have separators, and a count that nobody reported is no zero", () => {
  expect([formatCount(1234567), formatCount(0), formatCount(null)]).toEqual(["1,234,567", "0", "–"]);
  expect([counted(1, "run"), counted(1000, "run")]).toEqual(["1 run", "1,000 runs"]);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1500, "1.5 kB"],
  [999_600, "1.0 MB"],
  [12_345_678, "12 MB"],
])("%d bytes are %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [0.002, "< 0.1 s"],
  [0.44, "0.4 s"],
  [1, "1 s"],
  [9.97, "10 s"],
  [59.6, "1 min"],
  [185, "3 min 5 s"],
  [3599.7, "1 h"],
  [7800, "2 h 10 min"],
  [100_000, "1 d 4 h"],
])("%d seconds are %s", (seconds, text) => expect(formatDuration(seconds)).toBe(text));

test.each([
  ["2026-01-31T10:00:01Z", "now"],
  ["2026-01-31T09:57:00Z", "3 minutes ago"],
  ["2026-01-31T10:01:59Z", "in 1 minute"],
  ["2026-02-01T11:00:00Z", "in 25 hours"],
  ["2026-01-28T10:00:00Z", "3 days ago"],
])("%s is %s", (instant, text) => expect(formatRelative(instant, Date.parse("2026-01-31T10:00:00Z"))).toBe(text));

test("an instant is shown on the reader's clock", () => {
  expect(formatInstant("2026-01-31T10:00:00Z")).toMatch(/^2026-01-31 \d\d:\d\d:00$|^2026-0[12]-\d\d \d\d:\d\d:00$/);
});

test("long lists of names are cut", () => {
  expect(formatNames(["a"])).toBe("a");
  expect(formatNames(["a", "b"])).toBe("a and b");
  expect(formatNames(["a", "b", "c"])).toBe("a, b and c");
  expect(formatNames(["a", "b", "c", "d", "e"])).toBe("a, b and 3 more");
});
