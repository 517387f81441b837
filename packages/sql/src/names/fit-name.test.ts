import { expect, test } from "vitest";
import { fitName } from "./fit-name.ts";

const rules = { fold: (name: string) => name, maxNameBytes: 63 };

test("a name that fits stays as it is", () => {
  for (const name of ["a", "x".repeat(63), "ü".repeat(31), "a.b; DROP TABLE x"]) expect(fitName(name, rules)).toBe(name);
});

test("a longer one is its start, whole characters only, and a hash of all of it", () => {
  const fitted = fitName("x".repeat(300), rules);
  expect(fitted).toMatch(/^x{54}_[0-9a-f]{8}$/);
  expect(fitName(`${"x".repeat(299)}y`, rules)).not.toBe(fitted);
  expect(fitName("ü".repeat(40), rules)).toMatch(/^ü{27}_[0-9a-f]{8}$/);
  expect(fitName("👩‍👩‍👧".repeat(10), rules).isWellFormed()).toBe(true);
});

test("an empty name, and one with a NUL in it, get a made-up name and a hash", () => {
  expect(fitName("", rules)).toMatch(/^unnamed_[0-9a-f]{8}$/);
  expect(fitName("a\0b", rules)).toMatch(/^ab_[0-9a-f]{8}$/);
});

test("a suffix is kept whole", () => {
  expect(fitName("items", rules, undefined, "__rejects")).toBe("items__rejects");
  expect(fitName("x".repeat(60), rules, undefined, "__rejects")).toMatch(/^x{45}_[0-9a-f]{8}__rejects$/);
});

test("one that is another's gets a hash, and a longer one where that is another's too", () => {
  const first = fitName("a", rules, (name) => name === "a");
  expect(first).toMatch(/^a_[0-9a-f]{8}$/);
  expect(fitName("a", rules, (name) => name === "a" || name === first)).toMatch(/^a_[0-9a-f]{16}$/);
});
