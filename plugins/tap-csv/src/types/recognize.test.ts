import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { booleanOf, decimalShape, fitsDecimal, isDate, isInstant, isInteger, isJsonNumber } from "./recognize.ts";

/** Puts the text between other bytes, which must not be read. */
function check<T>(recognize: (bytes: Uint8Array, start: number, end: number) => T, text: string): T {
  const bytes = Buffer.from(`1-9${text}0:9`);
  return recognize(bytes, 3, bytes.length - 3);
}

describe("integers within int64", () => {
  test.each(["0", "-0", "7", "-12", "9223372036854775807", "-9223372036854775808", "999999999999999999", "1000000000000000000"])(
    "%s is one",
    (text) => {
      expect(check(isInteger, text)).toBe(true);
    },
  );
  test.each([
    "",
    "-",
    "+1",
    "007",
    "-01",
    "1.0",
    "1e3",
    " 1",
    "1 ",
    "1,000",
    "9223372036854775808",
    "-9223372036854775809",
    "10000000000000000000",
    "12a",
    "0x1f",
    "١",
  ])("%j is not a decimal", (text) => {
    expect(check(isInteger, text)).toBe(false);
  });
  test("agree with BigInt", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }), (value) => {
        expect(check(isInteger, String(value))).toBe(value >= -(2n ** 63n) && value < 2n ** 63n);
      }),
    );
  });
});

describe("decimals", () => {
  test.each([
    ["0", 1, 0],
    ["-12.50", 2, 1],
    ["0.005", 1, 3],
    ["123456789012345678901234567890.12345678", 30, 8],
    ["3.000", 1, 0],
  ])("%s has %i digits before the point and %i after it", (text, whole, scale) => {
    const shape = check(decimalShape, text);
    expect([shape >> 16, shape & 0xffff]).toEqual([whole, scale]);
  });
  test.each(["", "-", ".", ".5", "5.", "-.5", "1.2.3", "1e5", "00.5", "+1.5", "1,5", "NaN", "--1", "1.-5"])(
    "%j is not a decimal",
    (text) => {
      expect(check(decimalShape, text)).toBe(-1);
    },
  );
  test("fit by digits after the point, and 38 in total", () => {
    const fits = (text: string, scale: number) => fitsDecimal(check(decimalShape, text), scale);
    expect([fits("1.25", 2), fits("1.250", 2), fits("1.251", 2), fits("x", 2)]).toEqual([true, true, false, false]);
    expect([fits("9".repeat(36), 2), fits("9".repeat(37), 2)]).toEqual([true, false]);
  });
});

test.each([
  ["1e5", true],
  ["-0.5E-07", true],
  ["12", true],
  ["1e", false],
  ["1.e5", false],
  ["01", false],
  ["e5", false],
  ["-", false],
  ["", false],
  ["1e+", false],
])("%j as a JSON number: %j", (text, expected) => {
  expect(check(isJsonNumber, text)).toBe(expected);
});

test.each([
  ["true", 1],
  ["TRUE", 1],
  ["False", 0],
  ["falsy", -1],
  ["t", -1],
  ["yes", -1],
  ["1", -1],
  ["truE ", -1],
])("%j as a boolean: %i", (text, expected) => {
  expect(check(booleanOf, text)).toBe(expected);
});

describe("dates", () => {
  test.each(["2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31", "2026-04-30"])("%s is one", (text) => {
    expect(check(isDate, text)).toBe(true);
  });
  test.each([
    "2023-02-29",
    "1900-02-29",
    "2026-04-31",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "0000-01-01",
    "2026-1-1",
    "2026/01/01",
    "26-01-01",
    "2026-01-01 ",
    "20a6-01-01",
    "2026-0a-01",
  ])("%j is not a decimal", (text) => {
    expect(check(isDate, text)).toBe(false);
  });
  test("agree with Date", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9999 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (year, month, day) => {
          const text = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
          const date = new Date(`${text}T00:00:00Z`);
          expect(check(isDate, text)).toBe(!Number.isNaN(date.getTime()) && date.toISOString().startsWith(text));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("instants", () => {
  test.each([
    "2026-01-31T23:59:59Z",
    "2026-01-31t00:00:00z",
    "2026-01-31 12:30:00+05:30",
    "2026-01-31T12:30:00.1-08:00",
    "2026-01-31T12:30:00.123456Z",
    "2026-01-31T12:30:00.1234560000Z",
  ])("%s is one", (text) => {
    expect(check(isInstant, text)).toBe(true);
  });
  test.each([
    "2026-01-31T23:59:59",
    "2026-01-31T24:00:00Z",
    "2026-01-31T23:59:60Z",
    "2026-02-31T23:59:59Z",
    "2026-01-31T23:59Z",
    "2026-01-31T23:59:59.Z",
    "2026-01-31T23:59:59.1234567Z",
    "2026-01-31T23:59:59+0530",
    "2026-01-31T23:59:59+24:00",
    "2026-01-31T23:59:59+05:60",
    "2026-01-31T23:59:59 Z",
    "2026-01-31_23:59:59Z",
    "2026-01-31",
    "2026-01-31T2x:59:59Z",
  ])("%s is none", (text) => {
    expect(check(isInstant, text)).toBe(false);
  });
});
