import { expect, test } from "vitest";
import { shownStatistics } from "./shown-value.ts";

test.each([
  ["date", "19782", "2024-02-29"],
  ["date", "-719163", "0001-12-31 BC"],
  ["date", "infinity", "infinity"],
  ["timestamp", "1709206200.120000", "2024-02-29 11:30:00.12"],
  ["instant", "-0.000001", "1969-12-31 23:59:59.999999Z"],
  ["time", "86399.000000", "23:59:59"],
  ["float", "1.0000000000000001e-01", "0.1"],
  ["decimal", "1.50", "1.50"],
] as const)("the least %s %s is shown as %s", (kind, text, shown) => {
  expect(shownStatistics({ nulls: 1, sum: "7", min: text, max: text }, { kind })).toEqual({ nulls: 1, sum: "7", min: shown, max: shown });
});

test("a column without statistics, and one without values", () => {
  expect(shownStatistics(undefined, { kind: "date" })).toBeNull();
  expect(shownStatistics({ nulls: 3, min: null, max: null }, { kind: "date" })).toEqual({ nulls: 3, min: null, max: null });
  expect(shownStatistics({ nulls: 3 }, { kind: "json" })).toEqual({ nulls: 3 });
});
