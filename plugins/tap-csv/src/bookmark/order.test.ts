import { compareValues, exactNumber } from "@tapline/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compareDecimals, compareInstants, compareText } from "./order.ts";

function order(compare: typeof compareText, a: string, b: string): number {
  const [x, y] = [Buffer.from(`9${a}9`), Buffer.from(`99${b}99`)];
  return Math.sign(compare(x, 1, x.length - 1, y, 2, y.length - 2)) + 0;
}

test("decimals to the last digit", () => {
  const decimal = fc
    .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.oneof(fc.constant(""), fc.stringMatching(/^\.[0-9]{1,12}$/)))
    .map(([isNegative, whole, fraction]) => `${isNegative ? "-" : ""}${whole}${fraction}`);
  fc.assert(
    fc.property(decimal, decimal, fc.boolean(), (a, other, isNear) => {
      const b = isNear ? `${a}${a.includes(".") ? "" : "."}01` : other;
      expect(order(compareDecimals, a, b)).toBe(compareValues(exactNumber(a), exactNumber(b)));
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ["1.50", "1.5", 0],
  ["-0", "0.00", 0],
  ["-2", "-10", 1],
  ["9", "10", -1],
  ["9007199254740993", "9007199254740992", 1],
])("decimals: %s against %s", (a, b, expected) => {
  expect(order(compareDecimals, a, b)).toBe(expected);
});

test("instants by time, across zones and lengths of the fraction", () => {
  const instant = fc
    .tuple(
      fc.date({ min: new Date("0001-01-02T00:00:00Z"), max: new Date("9999-12-30T00:00:00Z"), noInvalidDate: true }),
      fc.constantFrom("Z", "+05:30", "-08:00", "+00:00", "-23:59"),
      fc.constantFrom("T", " ", "t"),
      fc.stringMatching(/^(\.[0-9]{1,6})?$/),
    )
    .map(([date, zone, separator, fraction]) => date.toISOString().slice(0, 19).replace("T", separator) + fraction + zone);
  const near = fc.constantFrom(
    "2026-01-01T00:00:00Z",
    "2025-12-31T16:00:00-08:00",
    "2026-01-01 05:30:00.0+05:30",
    "2026-01-01T00:00:00.000001Z",
  );
  fc.assert(
    fc.property(fc.oneof(instant, near), fc.oneof(instant, near), (a, b) => {
      expect(order(compareInstants, a, b)).toBe(compareValues(a.toUpperCase(), b.toUpperCase()));
    }),
    { numRuns: 2000 },
  );
});

test("text by code point, unlike in JavaScript", () => {
  expect(order(compareText, "\u{1F600}", "\uFFFD")).toBe(1);
  expect(order(compareText, "a", "ab")).toBe(-1);
  expect(order(compareText, "a", "a")).toBe(0);
});
