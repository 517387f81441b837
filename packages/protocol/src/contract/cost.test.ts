import { expect, test } from "vitest";
import { describeCost, readCost, sumCosts } from "./cost.ts";

test("amounts of one unit add up, in the order in which units came first", () => {
  const one = [
    { amount: 1200, unit: "statements" },
    { amount: 5.06, unit: "MB staged" },
  ];
  const sum = sumCosts([one, [{ amount: 4, unit: "statements" }], [{ amount: 0.0204, unit: "s" }]]);
  expect(describeCost(sum)).toBe("1,204 statements, 5.1 MB staged, 0.02 s");
});

test("what is no amount with a unit is left out", () => {
  expect(readCost([{ amount: 1, unit: "statements" }, { amount: "2", unit: "x" }, { amount: -1, unit: "x" }, { amount: 1 }, null])).toEqual(
    [{ amount: 1, unit: "statements" }],
  );
  expect(readCost("12 statements")).toEqual([]);
});
