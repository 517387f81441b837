import { exactNumber } from "@tapline/protocol";
import { expect, test } from "vitest";
import { decimalText, integerText, readDouble, readReal, surelyExactDigits } from "./numbers.ts";

const long = exactNumber("12345678901234567890.5");

test("a double is taken only where no digit is lost on the way", () => {
  expect(readDouble(0.1)).toBe(0.1);
  expect(readReal(0.5)).toBe(0.5);
  expect(readReal(Number.NaN)).toBeNaN();
  expect(() => readDouble(long)).toThrow("double_not_exact");
  expect(() => readReal(0.1)).toThrow("double_not_exact");
});

test("numbers keep the digits they were sent with; only decimals come as strings", () => {
  expect(integerText(long)).toBe("12345678901234567890.5");
  expect(decimalText("1.50")).toBe("1.50");
  expect(() => integerText("1")).toThrow("wrong_type");
  expect(() => decimalText(Number.POSITIVE_INFINITY)).toThrow("not_finite");
});

test("within the bound, digits that divide back to a double are those it is spelled with", () => {
  expect(surelyExactDigits(4, 2)).toBe(9999);
  expect(surelyExactDigits(38, 23)).toBe(-1);
  const most = surelyExactDigits(38, 4);
  for (const digits of [most, most - 1, 123_456_789_012_345, 1]) {
    const whole = String(digits).padStart(5, "0");
    expect(digits / 10 ** 4).toBe(Number(`${whole.slice(0, -4)}.${whole.slice(-4)}`));
  }
});

test.each<[unknown, number]>([
  [0.1, 0.1],
  [Number.NaN, Number.NaN],
  ["0.10", 0.1],
  ["-911545.283", -911545.283],
  ["1E+300", 1e300],
  ["0e999", 0],
])("%j is a double", (value, expected) => {
  expect(readDouble(value)).toBe(expected);
});

test.each([["9007199254740993"], ["0.12345678901234567890123"], ["1e400"], ["1e-400"], [exactNumber("9007199254740993")]])(
  "%j has digits that no double keeps",
  (value) => {
    expect(() => readDouble(value)).toThrow("double_not_exact");
  },
);

test.each([["x"], [""], ["NaN"], [true], [{}]])("%j is no number", (value) => {
  expect(() => readDouble(value)).toThrow("wrong_type");
});
