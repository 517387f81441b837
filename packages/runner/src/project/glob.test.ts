import { expect, test } from "vitest";
import { matchesGlob } from "./glob.ts";

test.each<[string, string, boolean]>([
  ["a", "a", true],
  ["a", "ab", false],
  ["a*", "a", true],
  ["*_id", "customer_id", true],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["a.c*", "abc", false],
  ["(a|b)[c]*", "(a|b)[c]d", true],
  ["*", "two\nlines 😀", true],
  ["?", "😀", true],
])("%j matches %j: %j", (pattern, name, wanted) => {
  expect(matchesGlob(pattern, name)).toBe(wanted);
});
