import { expect, test } from "vitest";
import { readDate, readTime } from "./calendar.ts";

test("a date may be an instant at midnight in UTC, a time may say Z", () => {
  const clock = { seconds: 0, micros: 0 };
  expect(readDate("1970-01-03")).toBe(2);
  expect(readDate("1970-01-03T00:00:00Z")).toBe(2);
  for (const text of ["1970-02-30", "1970-01-03T00:00:01Z", "1970-01-03T00:00:00+01:00"])
    expect(() => readDate(text)).toThrow("invalid_date");
  expect([readTime("10:20:30.5Z", clock), clock]).toEqual([10, { seconds: 37_230, micros: 500_000 }]);
  expect(() => readTime("10:20+02:00", clock)).toThrow("invalid_time");
});
