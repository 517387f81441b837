import { expect, test } from "vitest";
import { seededRandom } from "./seeded-random.ts";

const first = (seed: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: 3 }, () => Math.floor(random() * 1000));
};

test("the same seed gives the same numbers for ever: data that was made from one must not change", () => {
  expect([first(1), first(2), first(20_261_121)]).toEqual([
    [627, 2, 527],
    [734, 324, 285],
    [691, 352, 538],
  ]);
});
