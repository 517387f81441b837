import { exactNumber } from "@tapline/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Ascending } from "./ascending.ts";

test.each<[unknown[], boolean]>([
  [[], true],
  [[-1, 0, 5], true],
  [[1, 1], false],
  [[2, 1], false],
  [[-0, 0], false],
  [[2 ** 53, 2 ** 53 + 2], false],
  [[1, exactNumber("9007199254740993")], false],
  [["", "a", "b", "é"], true],
  [["a", "a"], false],
  [["1", 2], false],
  [[1.5], false],
])("%j: %s", (values, rises) => {
  for (const size of [1, 2, 10]) {
    const ascending = new Ascending();
    for (let at = 0; at < values.length; at += size) ascending.follow(values.slice(at, at + size), Math.min(size, values.length - at));
    expect(ascending.rises).toBe(rises);
    ascending.reset();
    expect(ascending.rises).toBe(true);
  }
});

test("a list that repeats a value is never taken for rising", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.integer(), fc.string()), { minLength: 1 }), fc.nat(), (values, pick) => {
      const ascending = new Ascending();
      ascending.follow([...values, values[pick % values.length]], values.length + 1);
      expect(ascending.rises).toBe(false);
    }),
  );
});
