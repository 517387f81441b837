import { exactNumber } from "@tapline/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { digitsOf, scaledDigits } from "./digits.ts";

test.each<[unknown, number, number]>([
  [0, 0, 0],
  [-0.0, 0, 0],
  [100, 3, 0],
  [0.001, 0, 3],
  [1e-7, 0, 7],
  [1.5e22, 23, 0],
  ["-12.3400", 2, 2],
  ["1E+2", 3, 0],
  [exactNumber("9007199254740993.01"), 16, 2],
  [exactNumber("1e999999999"), 1_000_000_000, 0],
])("%j has %i digits before the point and %i after it", (value, whole, scale) => {
  expect(digitsOf(value)).toEqual({ whole, scale });
});

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], ["abc"], [""], [null], [true], [{}]])("%j is no decimal", (value) => {
  expect(digitsOf(value)).toBeNull();
});

test("a decimal of those digits holds it, and none with fewer", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 25 }), (digits, scale) => {
      const sign = digits < 0n ? "-" : "";
      const padded = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
      const text = `${sign}${padded.slice(0, padded.length - scale)}.${padded.slice(padded.length - scale)}`.replace(/\.$/, "");
      const measured = digitsOf(text);
      const found = scaledDigits(text, measured?.scale ?? 0, "decimal_too_fine", "decimal_out_of_range");
      expect(found * 10n ** BigInt(scale - (measured?.scale ?? 0))).toBe(digits);
      const size = String(found < 0n ? -found : found).length;
      if (found !== 0n) expect(Math.max(size - (measured?.scale ?? 0), 0)).toBe(measured?.whole);
      if ((measured?.scale ?? 0) > 0)
        expect(() => scaledDigits(text, (measured?.scale ?? 0) - 1, "decimal_too_fine", "decimal_out_of_range")).toThrow(
          "decimal_too_fine",
        );
    }),
  );
});
