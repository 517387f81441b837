import { expect, test } from "vitest";
import { readTargetFacts, targetVariable } from "./target-facts.ts";

test("a tap reads what its target can do and how it loads", () => {
  const facts = { capabilities: ["rejects"], load_method: "append-only" };
  expect(readTargetFacts({ [targetVariable]: JSON.stringify(facts) })).toEqual(facts);
  expect(readTargetFacts({ [targetVariable]: '{"capabilities":[]}' })).toEqual({ capabilities: [], load_method: null });
});

test("without a runner, or in another form, nothing is known", () => {
  for (const text of [undefined, "", "[", "[]", '{"capabilities":"x"}'])
    expect(readTargetFacts({ [targetVariable]: text })).toBeUndefined();
});
