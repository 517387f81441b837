import { expect, test } from "vitest";
import { createTryIds, laneRunId, makeRunId, runOfTry } from "./run-id.ts";

test("the first try has the id of its run, the others have it with a suffix, and each names its run", () => {
  const runId = makeRunId(new Date("2026-11-29T10:15:00.123Z"));
  expect(runId).toMatch(/^20261129T101500Z-[0-9a-f]{8}$/);
  const next = createTryIds(runId);
  const ids = [next(), next(), next()];
  expect(ids).toEqual([runId, `${runId}.2`, `${runId}.3`]);
  expect([...ids, laneRunId(`${runId}.2`, 3)].map(runOfTry)).toEqual([runId, runId, runId, runId]);
});
