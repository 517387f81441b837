import { expect, test } from "vitest";
import { aheadBy } from "./service-clock.ts";

test.each([
  ["the clocks may agree", 5000, 5400, 5600, 0],
  ["an answer that took long says nothing", 5000, 5900, 9900, 0],
  ["the service is behind", 5000, 8000, 8200, -2000],
  ["the service is ahead", 9000, 5400, 5600, 3400],
  ["no time", Number.NaN, 5400, 5600, undefined],
])("%s", (_, date, asked, came, ahead) => {
  expect(aheadBy(date, asked, came)).toBe(ahead);
});
