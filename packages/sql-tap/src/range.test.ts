import { expect, test } from "vitest";
import { readRange } from "./range.ts";

const column = (range: "instant" | "local" | "date" | undefined) => ({ name: "at", typeName: "integer", range });

test.each([
  ["instant", "2026-01-31", "2026-01-31 00:00:00+00:00"],
  ["instant", "2026-01-31T10:00:00.000001Z", "2026-01-31 10:00:00.000001+00:00"],
  ["instant", "2026-01-31 10:00+02:00", "2026-01-31 10:00+02:00"],
  ["local", "2026-01-31T00:00:00+02:00", "2026-01-31 00:00:00"],
  ["date", "2026-01-31T00:00:00+02:00", "2026-01-31"],
] as const)("as %s, %s is %s", (kind, given, text) => {
  expect(readRange(column(kind), { start_date: given })).toEqual({ from: text, to: undefined });
});

test("a column that is no time, a text that is no day, and a time inside a day are refused where a range was asked for", () => {
  expect(readRange(column(undefined), {})).toBeUndefined();
  expect(() => readRange(column(undefined), { end_date: "2026-01-31" })).toThrow(expect.objectContaining({ code: "range_unfit" }));
  expect(() => readRange(column("local"), { end_date: "yesterday" })).toThrow(expect.objectContaining({ code: "range_bound_invalid" }));
  expect(() => readRange(column("local"), { end_date: "2026-13-01" })).toThrow(expect.objectContaining({ code: "range_bound_invalid" }));
  expect(() => readRange(column("date"), { end_date: "2026-01-31T10:00Z" })).toThrow(expect.objectContaining({ code: "range_inside_day" }));
});
