/**
 * Stream maps against the Singer SDK itself, from PyPI: the expressions and maps of its documentation and of public projects, and more. The SDK must
 * still give what was recorded, which `npm test` compares with ours.
 * Covers: packages/maps, packages/workspace/foreign, packages/workspace/src/python.ts, packages/workspace/long/stream-maps.test.ts
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type TestContext, test } from "vitest";
import { pythonProgram } from "../src/python.ts";
import { root } from "../src/repository.ts";
import bars from "./stream-maps.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

test("the Singer SDK gives what was recorded", ({ task }: TestContext) => {
  const folder = join(root, "packages/maps/test");
  const script = join(root, "packages/workspace/foreign/stream_maps.py");
  const options = { encoding: "utf8", env: { ...process.env, TZ: "UTC" }, maxBuffer: 1 << 26 } as const;
  const found = execFileSync(pythonProgram("singer-sdk", "python"), [script, folder], options);
  const recorded = join(folder, "sdk-results.json");
  // To record anew, after cases were added: TAPLINE_RECORD=1.
  if (process.env.TAPLINE_RECORD !== undefined) writeFileSync(recorded, found);
  const wanted = JSON.parse(readFileSync(recorded, "utf8"));
  expect(JSON.parse(found)).toEqual(wanted);
  const counts = { expressions: Object.keys(wanted.expressions).length, maps: wanted.maps.length };
  expect(counts.expressions).toBeGreaterThanOrEqual(bars.expressions);
  expect(counts.maps).toBeGreaterThanOrEqual(bars.maps);
  task.meta.result = { sdk: bars.sdk, ...counts };
});
