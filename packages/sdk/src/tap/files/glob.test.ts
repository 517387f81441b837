import { describe, expect, test } from "vitest";
import { nameMatcher, parseGlob } from "./glob.ts";

describe("a name pattern", () => {
  test.each([
    ["*.csv", ["a.csv", ".csv"], ["a.csv.gz", "a.tsv", ""]],
    ["customers*.csv", ["customers.csv", "customers_2024.csv"], ["my customers.csv"]],
    ["?.csv", ["a.csv", "é.csv", "😀.csv"], ["ab.csv", ".csv"]],
    ["[a-c]1", ["a1", "c1"], ["d1", "-1"]],
    ["[!a-c]1", ["d1"], ["a1"]],
    ["[]x]1", ["]1", "x1"], ["[1"]],
    ["[a-]1", ["a1", "-1"], ["b1"]],
    ["{a,b*}.csv", ["a.csv", "b.csv", "bb.csv"], ["c.csv", "{a,b*}.csv"]],
    ["x{1,2{a,b}}", ["x1", "x2a", "x2b"], ["x2"]],
    ["a{b}", ["a{b}"], ["ab"]],
    ["a[b", ["a[b"], ["ab"]],
    ["\\*[*]", ["**"], ["a*", "*a"]],
    ["a.c+(d)|e", ["a.c+(d)|e"], ["abc"]],
    ["*a*b*c", ["abc", "xxaxbxc"], ["acb"]],
  ])("%s", (pattern, matching, others) => {
    const matches = nameMatcher(pattern);
    for (const name of matching) expect(matches(name), name).toBe(true);
    for (const name of others) expect(matches(name), name).toBe(false);
  });

  test("is not slow with many stars", () => {
    const since = performance.now();
    expect(nameMatcher(`${"*a".repeat(50)}b`)("a".repeat(5000))).toBe(false);
    expect(performance.now() - since).toBeLessThan(500);
  });

  test("with too many alternatives is refused before it uses much memory", () => {
    expect(() => parseGlob("{1,2,3,4,5,6,7,8}".repeat(10))).toThrow(RangeError);
  });
});
