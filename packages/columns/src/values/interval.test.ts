import { expect, test } from "vitest";
import { intervalText, readInterval } from "./interval.ts";
import { Refusal } from "./refusal.ts";

test.each([
  ["1 day 02:03:04", "0 months 1 days 02:03:04.000000"],
  ["1 day, 2:03:04", "0 months 1 days 02:03:04.000000"],
  ["-1 days +02:03:00", "0 months -1 days 02:03:00.000000"],
  ["1 year 2 mons -3 days", "14 months -3 days 00:00:00.000000"],
  ["36:00", "0 months 0 days 36:00:00.000000"],
  ["-00:00:00.5", "0 months 0 days -00:00:00.500000"],
  ["1.5 seconds", "0 months 0 days 00:00:01.500000"],
  ["90 min", "0 months 0 days 01:30:00.000000"],
  ["2 weeks", "0 months 14 days 00:00:00.000000"],
  ["P1Y2M3DT4H5M6.5S", "14 months 3 days 04:05:06.500000"],
  ["P2W", "0 months 14 days 00:00:00.000000"],
  ["PT36H", "0 months 0 days 36:00:00.000000"],
  ["00:00:00.1234560", "0 months 0 days 00:00:00.123456"],
])("%j is %j", (text, expected) => {
  expect(intervalText(readInterval(text), "")).toBe(expected);
});

test("signs are written for databases that would carry a first one over", () => {
  expect(intervalText(readInterval("-1 day 3:00"), "+")).toBe("+0 months -1 days +03:00:00.000000");
});

test.each([
  ["", "invalid_interval"],
  ["P", "invalid_interval"],
  ["P1DT", "invalid_interval"],
  ["17", "invalid_interval"],
  ["1.5 days", "invalid_interval"],
  ["1 fortnight", "invalid_interval"],
  ["soon", "invalid_interval"],
  ["1 day ago", "invalid_interval"],
  ["2:03:04 1 day", "invalid_interval"],
  ["2024-01-01", "invalid_interval"],
  ["9999999999 days", "invalid_interval"],
  ["00:00:00.1234567", "seconds_too_fine"],
  [17, "wrong_type"],
])("%j is refused: %s", (value, code) => {
  expect(() => readInterval(value)).toThrow(new Refusal(code as never));
});
