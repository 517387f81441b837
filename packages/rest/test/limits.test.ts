/** Limits of requests, without a clock: at what times they let requests go. */
import { expect, test } from "vitest";
import { paceOf, type RateOptions, takeTurn } from "../src/http/limiter.ts";

/** The times of requests that all come at the same moment, in seconds after it. */
function times(rates: readonly RateOptions[], count: number, now = 1_000_000): number[] {
  const paces = rates.map(paceOf);
  return Array.from({ length: count }, () => (takeTurn(paces, now) - now) / 1000);
}

test("even: spread after the first burst", () => {
  expect(times([{ requests: 2 }], 4)).toEqual([0, 0.5, 1, 1.5]);
  expect(times([{ requests: 2, burst: 3 }], 5)).toEqual([0, 0, 0, 0.5, 1]);
});

test("moving: never more than so many in any such time", () => {
  expect(times([{ requests: 3, perSeconds: 10, window: "moving" }], 8)).toEqual([0, 0, 0, 10, 10, 10, 20, 20]);
});

test("fixed: so many from each full start on", () => {
  // 1,000,000 ms is 40 s after a full minute.
  expect(times([{ requests: 2, perSeconds: 60, window: "fixed" }], 5)).toEqual([0, 0, 20, 20, 80]);
});

test("several limits hold together, also where one of them makes requests wait for the same moment", () => {
  const given = times(
    [
      { requests: 2, window: "moving" },
      { requests: 3, perSeconds: 60, window: "fixed" },
    ],
    7,
  );
  expect(given).toEqual([0, 0, 1, 20, 20, 21, 80]);
});
