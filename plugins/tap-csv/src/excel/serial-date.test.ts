import { expect, test } from "vitest";
import { dateText } from "./serial-date.ts";

test.each([
  [1, "date", false, "1900-01-01"],
  [59, "date", false, "1900-02-28"],
  [61, "date", false, "1900-03-01"],
  [45322, "date", false, "2024-01-31"],
  [2958465, "date", false, "9999-12-31"],
  [0, "date", true, "1904-01-01"],
  [43860, "date", true, "2024-01-31"],
  [45322.5, "date", false, "2024-01-31T12:00:00"],
  [45322, "date-time", false, "2024-01-31T00:00:00"],
  [43831.00069444445, "date-time", false, "2020-01-01T00:01:00"],
  [45322.999999999, "date-time", false, "2024-02-01T00:00:00"],
  [45322 + 1.5 / 86400, "date-time", false, "2024-01-31T00:00:01.5"],
  [0.5, "time", false, "12:00:00"],
  [0, "time", true, "00:00:00"],
  [1.5, "duration", false, "36:00:00"],
  [0.25, "duration", false, "06:00:00"],
] as const)("%s as a %s (1904: %s) is %s", (serial, format, is1904, text) => {
  expect(dateText(serial, format, is1904)).toBe(text);
});

test("days that no calendar has are written as Excel shows them", () => {
  expect(dateText(60, "date", false)).toBe("1900-02-29");
  expect(dateText(0, "date", false)).toBe("1900-01-00");
});

test("a number that is no date has no text", () => {
  for (const serial of [-1, 2958466, 1e300, Number.NaN]) expect(dateText(serial, "date", false)).toBeUndefined();
});
