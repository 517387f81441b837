/**
 * The page of `tapline serve` in Debian's Chromium, on a project that really ran: every view in both themes on a screen and on a phone by
 * axe-core, a live run that is cancelled and tried again, states edited and rolled back, the keyboard alone, tokens, a log of 10,000 lines,
 * and 10,000 runs of 200 streams with each answer within its limit. Nothing may come up on the console, and nothing be asked of others.
 * Covers: packages/server/page, packages/server/src/api, packages/server/test/page, packages/workspace/src/bundle-page.ts
 */
import { rmSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, openPage } from "../test/page/browser.ts";
import { makeLargeProject } from "../test/page/large-history.ts";
import { makePageProject, runBackfill, runThreeDays } from "../test/page/page-project.ts";
import { seeBackfill } from "../test/page/scenarios/backfills.ts";
import { onlyKeys } from "../test/page/scenarios/keys.ts";
import { measureAnswers, measureFirstPaint } from "../test/page/scenarios/large.ts";
import { cancelAndRetry, followLiveRun } from "../test/page/scenarios/live-run.ts";
import { readLongLog } from "../test/page/scenarios/log.ts";
import { lookAtViews } from "../test/page/scenarios/look.ts";
import { findNoRun, mendFile } from "../test/page/scenarios/mend-file.ts";
import { pauseAndResume } from "../test/page/scenarios/pause.ts";
import { missRows, seeModels } from "../test/page/scenarios/reconciliation.ts";
import { editState, meetConflict, rollBack } from "../test/page/scenarios/states.ts";
import { signIn } from "../test/page/scenarios/tokens.ts";
import { type ServedProject, serveProject } from "../test/page/serve-project.ts";
import bars from "./page.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

let browser: Browser;
let folder: string;
let server: ServedProject;

beforeAll(async () => {
  browser = await openBrowser();
  folder = makePageProject();
  runThreeDays(folder);
  runBackfill(folder);
  server = await serveProject(folder);
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

test.each([
  [1280, "light"],
  [1280, "dark"],
  [800, "light"],
  [360, "light"],
  [360, "dark"],
] as const)("every view at %d pixels, %s", async (width, theme) => {
  expect(await lookAtViews(browser, server.url, { width, theme })).toHaveLength(bars.violations);
});

test.each([
  ["rows grow while a run is at work, within a second", followLiveRun],
  ["a run is cancelled, and tried again", cancelAndRetry],
  ["a state is edited: what is no JSON is refused with its place", editState],
  ["a state that was changed meanwhile is not overwritten", meetConflict],
  ["a change of a state is rolled back", rollBack],
  ["rows that do not add up are said in red", missRows],
  ["a step of models shows what it built, and the lineage", seeModels],
  ["a broken file is found, mended and loaded", mendFile],
  ["a run that is not there is said so", findNoRun],
  ["a back-fill is a grid of its months", seeBackfill],
  ["a job is paused with a reason, and resumed", pauseAndResume],
  ["everything is reached with the keyboard alone", onlyKeys],
  ["a log of 10,000 lines is filtered, searched and downloaded", readLongLog],
])("%s", async (_, scenario) => {
  const { page, problems } = await openPage(browser, server.url);
  await scenario({ page, folder, bars });
  await page.context().close();
  // The browser itself tells of the refusals that two scenarios are about.
  expect(problems.filter((problem) => !/(409 \(Conflict\)|404 \(Not Found\))$/.test(problem))).toEqual([]);
});

test("tokens are asked for, and a role that may only look changes nothing", async () => {
  await signIn(browser, folder);
});

test("10,000 runs of 200 streams: each answer and the first paint within their limits", async ({ task }) => {
  const large = makeLargeProject(bars);
  try {
    await using big = await serveProject(large);
    const answers = await measureAnswers(big.url);
    const paints = await measureFirstPaint(browser, big.url);
    task.meta.result = { answer_ms: answers, first_paint_ms: paints };
    expect(Object.entries(answers).filter(([, ms]) => ms > bars.most_answer_ms)).toEqual([]);
    expect(Object.entries(paints).filter(([, ms]) => ms > bars.most_first_paint_ms)).toEqual([]);
  } finally {
    rmSync(large, { recursive: true, force: true });
  }
});
