import { TaplineError } from "@tapline/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isolate } from "./isolate.ts";

const refusal = (line?: number) =>
  new TaplineError({
    code: "no",
    message: "",
    hint: "",
    class: "data",
    recovery: "skip",
    cause: "x",
    position: line === undefined ? {} : { line },
  });

/** A table that takes ranges whole or not at all; each step is counted. */
function table(count: number, isBad: (row: number, has: (row: number) => boolean) => boolean, named: boolean) {
  const taken = new Set<number>();
  const refused: number[] = [];
  let steps = 0;
  const done = isolate({
    count,
    async put(from, to) {
      steps++;
      const has = (row: number): boolean => taken.has(row) || (row >= from && row < to);
      for (let row = from; row < to; row++) if (isBad(row, has)) throw refusal(named ? row : undefined);
      for (let row = from; row < to; row++) taken.add(row);
    },
    rowOf: ({ position }) => position.line,
    refuse: (row) => void refused.push(row),
  });
  return done.then(() => ({ taken: [...taken], refused, steps }));
}

test("whatever rows are refused, named or not, all others are put once and in order, and each refused one is reported once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }), fc.boolean(), async (bad, named) => {
      const { taken, refused } = await table(bad.length, (row) => bad[row] === true, named);
      const rows = bad.map((_, row) => row);
      expect(taken).toEqual(rows.filter((row) => !bad[row]));
      expect(refused).toEqual(rows.filter((row) => bad[row]));
    }),
  );
});

test.each([
  [1, 100_000, 60],
  [5000, 100_000, 45_000],
  [1000, 1000, 4000],
])("%i of %i rows take at most %i steps", async (bad, count, most) => {
  const every = count / bad;
  const { refused, steps } = await table(count, (row) => row % every === every >> 1, false);
  expect(refused.length).toBe(bad);
  expect(steps).toBeLessThan(most);
});

test("a row that needs a later one is put after it", async () => {
  const needs = new Map([
    [3, 90],
    [4, 3],
    [50, 51],
  ]);
  const isBad = (row: number, has: (row: number) => boolean) => row === 20 || !has(needs.get(row) ?? row);
  const { taken, refused } = await table(100, isBad, false);
  expect(refused).toEqual([20]);
  expect(taken.length).toBe(99);
});

test("what is no refusal of a row is thrown", async () => {
  const put = async () => {
    throw new Error("the server is away");
  };

  await expect(isolate({ count: 3, put, refuse: () => {} })).rejects.toThrow("away");
});
