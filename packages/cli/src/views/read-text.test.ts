import { expect, test } from "vitest";
import { describeLag, describeRead } from "./read-text.ts";

const gigabyte = 1_000_000_000;

test.each<[number, number, string]>([
  [0, 0, "0 % of 1.0 GB read"],
  [gigabyte / 2, 1000, "50 % of 1.0 GB read"],
  [gigabyte / 2, 4000, "50 % of 1.0 GB read, about 4 s left"],
  [gigabyte / 10, 10_000, "10 % of 1.0 GB read, about 1 min 30 s left"],
  [gigabyte / 10, 600_000, "10 % of 1.0 GB read, about 1 h 30 min left"],
  [gigabyte / 10, 60_000, "10 % of 1.0 GB read, about 9 min left"],
  [gigabyte, 10_000, "100 % of 1.0 GB read"],
])("%i bytes after %i ms: %s", (done, now, text) => {
  expect(describeRead({ done, total: gigabyte, unit: "bytes" }, { at: 0, done: 0 }, now)).toBe(text);
});

test("what was passed over at the start is no measure of the speed", () => {
  const text = describeRead({ done: 950, total: 1000, unit: "pages" }, { at: 0, done: 900 }, 10_000);
  expect(text).toBe("95 % of 1,000 pages read, about 10 s left");
});

test("a run that follows says how far it is behind", () => {
  const texts = [
    describeLag({ seconds: 0, bytes: 0 }),
    describeLag({ seconds: 12, bytes: 3_400_000 }),
    describeLag({ seconds: 90, bytes: null }),
  ];
  expect(texts).toEqual(["follows, level with its source", "follows, 12.0 s behind (3.4 MB to read)", "follows, 1 min 30 s behind"]);
});
