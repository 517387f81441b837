/** Floating-point numbers whose texts differ: the same 64 or 32 bits are one value. */
import { expect, test } from "vitest";
import { isSame } from "./same-value.ts";

test.each([
  ["float", "1.0000000000000001e-01", "0.1", true],
  ["float", "1.0000000000000001e-01", "1.0000000000000002e-01", false],
  ["float", "NaN", "NaN", true],
  ["float", "NaN", "0", false],
  ["float", "Infinity", "1.7976931348623157e+308", false],
  ["real", "1.00000001e-01", "1.0000000149011612e-01", true],
  ["real", "1.00000001e-01", "1.00000009e-01", false],
  ["real", "Infinity", "9.9999999999999994e+38", false],
  ["real", "0.00000000e+00", "9.9999999999999997e-61", false],
  ["real", "9.9999999999999994e+38", "1e39", true],
  ["decimal", "1.0", "1", false],
  ["text", "1.0", "1", false],
] as const)("%s: %s and %s", (kind, here, there, same) => {
  expect(isSame(here, there, { kind })).toBe(same);
  expect(isSame(there, here, { kind })).toBe(same);
  expect(isSame(here, null, { kind })).toBe(false);
});
