import fc from "fast-check";
import { expect, test } from "vitest";
import { formatNumber } from "./format-number.ts";

test("it writes what toLocaleString writes", () => {
  const check = (value: number): void => {
    expect(formatNumber(value)).toBe(value.toLocaleString("en"));
  };
  fc.assert(fc.property(fc.integer(), check));
  const parts = fc.tuple(fc.integer({ min: 0, max: 1_000_000_000 }), fc.integer({ min: 0, max: 999 }));
  fc.assert(fc.property(parts, ([whole, thousandths]) => check(whole + thousandths / 1000)));
});
