import { expect, test } from "vitest";
import { outputDifference } from "./page-output.ts";

test.each([
  ["the same text", "a\nb", "a\nb\n"],
  [
    "other times, runs and durations",
    "run 20260131T100007Z-5f0c11aa took 1.2 s at 2026-01-31 10:00:07",
    "run 20270101T000000Z-00000000 took 13 ms at 2027-01-01 00:00:00",
  ],
  ["other widths", "id   name", "id name"],
  ["lines left out", "a\n...\nd", "a\nb\nc\nd"],
  ["no lines left out", "a\n...\nd", "a\nd"],
  ["text left out", "the cause is … here", "the cause is (something) here"],
])("%s is no difference", (_name, shown, printed) => {
  expect(outputDifference(shown, printed)).toBeUndefined();
});

test.each([
  ["another number", "loaded 5", "loaded 6"],
  ["a further line", "a", "a\nb"],
  ["a missing line", "a\nb", "a"],
  ["text that would match as a pattern", "a.c", "abc"],
])("%s is one", (_name, shown, printed) => {
  expect(outputDifference(shown, printed)).toContain(`the page shows\n${shown}\nbut the commands printed\n${printed}`);
});
