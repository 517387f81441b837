import { readStderrLine } from "@tapline/protocol";
import { expect, test } from "vitest";
import { createProgress } from "./progress.ts";

test("what a load cost is the last that its target reported; of several lanes it is the sum", () => {
  const progress = createProgress();
  expect(progress.cost()).toEqual([]);
  for (const amount of [1, 3])
    progress.record("target", readStderrLine(`{"type":"cost","parts":[{"amount":${amount},"unit":"statements"}]}`), "target-x");
  expect(progress.cost()).toEqual([{ amount: 3, unit: "statements" }]);
  const end = { delivery: { exactlyOnce: true, reason: "" }, warnings: [] };
  progress.recordLane(0, { streams: [] }, { ...end, cost: progress.cost() });
  progress.recordLane(1, { streams: [] }, { ...end, cost: [{ amount: 4, unit: "statements" }] });
  progress.recordLane(2, { streams: [] }, end);
  expect(progress.cost()).toEqual([{ amount: 7, unit: "statements" }]);
});
