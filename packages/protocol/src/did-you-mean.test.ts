import { expect, test } from "vitest";
import { didYouMean } from "./did-you-mean.ts";

test.each([
  ["confg", "config"],
  ["quickboks", "quickbooks"],
  ["Jobs", "jobs"],
  ["zzz", undefined],
  ["", undefined],
])("%j means %j", (name, meant) => {
  expect(didYouMean(name, ["config", "quickbooks", "jobs", "env"])).toBe(meant);
});
