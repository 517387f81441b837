import { expect, test } from "vitest";
import { describeTolerated, readTolerated } from "./tolerated.ts";

test("reads what any target reports, and leaves out what it can't read", () => {
  const known = { kind: "fraction_cut", column: "at", count: 2, first: '"x"' };
  expect(readTolerated([known, { kind: "odd", count: 1, column: 5 }, { kind: "odd" }, { count: 1 }, { kind: "odd", count: 0 }, 7])).toEqual(
    [known, { kind: "odd", count: 1 }],
  );
  expect(readTolerated("fraction_cut")).toEqual([]);
});

test.each([
  [{ kind: "fraction_cut", column: "at", count: 1200, first: '"x"' }, '1,200 values of "at" were cut to microseconds (the first: "x")'],
  [
    { kind: "nul_removed", column: "note", count: 1, first: '"a\\u0000"' },
    '1 value of "note" was stored without NUL characters ("a\\u0000")',
  ],
  [{ kind: "of_a_stranger", count: 1 }, "1 row was tolerated: of a stranger"],
])("describes %j", (tolerated, sentence) => {
  expect(describeTolerated(tolerated)).toBe(sentence);
});
