import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareDecimals, isMultipleOf, isWhole, parseDecimal } from "./decimal.ts";

/** A decimal as an integer and how many of its digits are a fraction; its text may have zeros at the ends and an exponent. */
const decimal = fc.record({
  integer: fc.bigInt({ min: -(10n ** 45n), max: 10n ** 45n }),
  scale: fc.integer({ min: 0, max: 40 }),
  power: fc.integer({ min: -20, max: 20 }),
});
type Made = { integer: bigint; scale: number; power: number };

function spell({ integer, scale, power }: Made): string {
  const digits = `${integer < 0n ? -integer : integer}`.padStart(scale + 1, "0");
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return `${integer < 0n ? "-" : ""}${text}${power === 0 ? "" : `e${power}`}`;
}

/** The number as an integer, all at the same scale. */
const units = ({ integer, scale, power }: Made): bigint => integer * 10n ** BigInt(60 - scale + power);

test("any two decimals compare as their integers do", () => {
  const pair = fc.oneof(
    fc.tuple(decimal, decimal),
    fc.tuple(decimal, fc.bigInt({ min: -1n, max: 1n })).map(([a, more]) => [a, { ...a, integer: a.integer + more }] as const),
  );
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const [x, y] = [units(a), units(b)];
      expect(Math.sign(compareDecimals(spell(a), spell(b)))).toBe(x < y ? -1 : x > y ? 1 : 0);
    }),
    { numRuns: 2000 },
  );
});

test("any decimal is a multiple of a step when its integer is", () => {
  const step = fc.record({ integer: fc.bigInt({ min: 1n, max: 10n ** 20n }), scale: fc.nat(20), power: fc.integer({ min: -20, max: 20 }) });
  const small = fc.record({ integer: fc.constantFrom(1n, 5n, 25n, 75n, 100n), scale: fc.nat(8), power: fc.constant(0) });
  fc.assert(
    fc.property(decimal, fc.oneof(step, small), fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (value, by, times) => {
      expect(isMultipleOf(spell(value), spell(by))).toBe(units(value) % units(by) === 0n);
      expect(isMultipleOf(spell({ ...by, integer: by.integer * times }), spell(by))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("whole numbers are recognised", () => {
  fc.assert(fc.property(decimal, (value) => void expect(isWhole(spell(value))).toBe(units(value) % 10n ** 60n === 0n)));
});

test.each([
  ["-012.3400", { isNegative: true, digits: "1234", exponent: 2 }],
  ["+1E+2", { isNegative: false, digits: "1", exponent: 3 }],
  ["5.", { isNegative: false, digits: "5", exponent: 1 }],
  ["-0.00e7", { isNegative: false, digits: "", exponent: 0 }],
  ["1e-999999999", { isNegative: false, digits: "1", exponent: -999_999_998 }],
  ...["", ".5", "1e", "abc", "1 ", "Infinity", "0x1"].map((text) => [text, null] as const),
] as const)("%j is %j", (text, decimal) => {
  expect(parseDecimal(text)).toEqual(decimal);
});

describe("numbers that would take too long when written out", () => {
  test.each<[string, string, string, boolean]>([
    ["a large power", "1e999999999", "0.01", true],
    ["a large power", "1e999999999", "3", false],
    ["a small power", "-1e-999999999", "0.01", false],
    ["a power no double holds", `1e${"9".repeat(400)}`, "5", true],
    ["200,000 threes", `${"3".repeat(200_000)}`, "3", true],
    ["200,000 threes and a one", `${"3".repeat(200_000)}1`, "3", false],
    ["200,000 zeros between ones", `1${"0".repeat(200_000)}1`, "7", true],
    ["200,000 zeros between ones", `1${"0".repeat(200_000)}1`, "3", false],
  ])("%s", (_, value, step, expected) => {
    expect(isMultipleOf(value, step)).toBe(expected);
  });

  test("compare at once", () => {
    expect(compareDecimals("1e999999999", "1e999999998")).toBe(1);
    expect(compareDecimals("-1e999999999", "5")).toBeLessThan(0);
    expect(compareDecimals("1e-999999999", "-0.0")).toBe(1);
    expect(compareDecimals("-0", "0e7")).toBe(0);
  });
});
