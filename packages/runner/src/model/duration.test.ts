import { expect, test } from "vitest";
import { parseDuration } from "./duration.ts";

test.each<[string, number | undefined]>([
  ["90", 90_000],
  ["1.5s", 1500],
  ["15m", 900_000],
  ["2h", 7_200_000],
  ["1 d", 86_400_000],
  ["0", undefined],
  ["soon", undefined],
  ["-3s", undefined],
])("a duration of %s", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});
