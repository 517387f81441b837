import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { History, RunRecord, StepRecord } from "../history/history.ts";
import { loadedStreams } from "../history/loaded-streams.ts";
import { openHistory } from "../history/sqlite-history.ts";
import { openProjectOrEmpty } from "../project/project.ts";
import { eventPaths } from "../runs/event-file.ts";
import { thisRunner } from "../state/host.ts";
import { forgetOldRuns, keepDaysOf } from "./retention.ts";

function makeProject(text = "plugins: {}") {
  const folder = mkdtempSync(join(tmpdir(), "tapline-retention-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "tapline.yml"), text);
  mkdirSync(join(folder, ".tapline", "runs"), { recursive: true });
  return openProjectOrEmpty(folder);
}

const now = new Date("2026-06-01T00:00:00Z");
const daysAgo = (days: number): string => new Date(now.getTime() - days * 86_400_000).toISOString();

/** A run with one step and events of so many bytes. */
function addRun(history: History, folder: string, runId: string, days: number, changed: Partial<RunRecord> = {}, bytes = 1000): void {
  history.openRun({
    ...{ runId, name: "shop", trigger: { kind: "command" }, environment: "dev", tags: {}, request: { words: ["shop"] } },
    ...{ status: "running", startedAt: daysAgo(days), endedAt: null, error: null, runner: thisRunner(), ...changed },
  });
  history.noteStep({
    runId,
    index: 0,
    name: "load",
    status: "done",
    attempts: [],
    streams: [],
    plugins: [],
    stateId: null,
  } as unknown as StepRecord);
  writeFileSync(eventPaths(folder, runId).newest, "x".repeat(bytes));
  if (changed.status !== "running") history.closeRun(runId, { status: "done", endedAt: daysAgo(days), error: null, eventBytes: bytes });
}

test("runs that are older than keep_days are forgotten with their steps and events, some at each start", () => {
  const project = makeProject("history: { keep_days: 30 }");
  expect(keepDaysOf(project)).toBe(30);
  using history = openHistory(project.folder);
  for (const days of [100, 60, 31, 29, 1]) addRun(history, project.folder, `run-${days}`, days);
  const ids = (): string[] => history.runs({ limit: 10 }).map(({ runId }) => runId);
  expect(history.forgottenUntil()).toBeNull();
  forgetOldRuns(project, history, { now, mostRuns: 2 });
  expect(ids()).toEqual(["run-1", "run-29", "run-31"]);
  forgetOldRuns(project, history, { now, mostRuns: 2 });
  expect(ids()).toEqual(["run-1", "run-29"]);
  expect([history.steps("run-31"), history.steps("run-29").length]).toEqual([[], 1]);
  expect([31, 29].map((days) => existsSync(eventPaths(project.folder, `run-${days}`).newest))).toEqual([false, true]);
  expect(history.forgottenUntil()).toBe(daysAgo(31));
  // What was loaded since the last success of a step is not known once the history was cut.
  const asked = { history, runId: "run-1", step: "build", job: "shop", environment: "dev", targets: ["target-a"] };
  expect(loadedStreams(asked)).toBeNull();
});

test("a run at work is never forgotten; one that crashed is, and is kept as crashed before", () => {
  const project = makeProject();
  expect(keepDaysOf(project)).toBe(90);
  using history = openHistory(project.folder);
  addRun(history, project.folder, "at-work", 200, { status: "running" });
  addRun(history, project.folder, "crashed", 10, { status: "running", runner: { ...thisRunner(), started: "long ago" } });
  forgetOldRuns(project, history, { now });
  expect(history.runs({ limit: 10 }).map(({ runId, status }) => [runId, status])).toEqual([
    ["crashed", "crashed"],
    ["at-work", "running"],
  ]);
  expect(history.retention.withEvents(9)).toEqual([{ runId: "crashed", eventBytes: 1000 }]);
  forgetOldRuns(project, history, { now: new Date(now.getTime() + 90 * 86_400_000) });
  expect(history.runs({ limit: 10 }).map(({ runId }) => runId)).toEqual(["at-work"]);
});

test("where the events of all runs are too large, those of the oldest are deleted and their records stay", () => {
  const project = makeProject();
  using history = openHistory(project.folder);
  for (const days of [5, 4, 3, 2]) addRun(history, project.folder, `run-${days}`, days);
  forgetOldRuns(project, history, { now, maxEventBytes: 2500 });
  const has = (days: number): boolean => existsSync(eventPaths(project.folder, `run-${days}`).newest);
  expect([5, 4, 3, 2].map(has)).toEqual([false, false, true, true]);
  expect([history.runs({ limit: 10 }).length, history.retention.eventBytes()]).toEqual([4, 2000]);
});
