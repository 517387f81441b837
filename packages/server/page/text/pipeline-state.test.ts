import { expect, test } from "vitest";
import type { Pipeline, RunSummary } from "../../src/api/answers.ts";
import { headlineOf, nextDueOf, reasonsOf, stateOf, troubledFirst } from "./pipeline-state.ts";

const run = (status: RunSummary["status"]): RunSummary => ({
  run_id: status,
  name: "a",
  environment: "dev",
  status,
  trigger: { kind: "command", text: "command" },
  tags: {},
  started_at: "2026-01-31T00:00:00Z",
  ended_at: null,
  rows: null,
  error: null,
});
const pipeline = (name: string, statuses: RunSummary["status"][], more: Partial<Pipeline> = {}): Pipeline => ({
  name,
  environment: "dev",
  words: [name],
  steps: [],
  plugins: [],
  paused: null,
  triggers: [],
  runs: statuses.map(run),
  rows_today: 0,
  last_success: null,
  fresh_within_seconds: null,
  is_stale: false,
  ...more,
});
const trigger: Pipeline["triggers"][number] = {
  kind: "schedule",
  name: "nightly",
  when: "0 2 * * *",
  paused: null,
  next_due: "2026-02-01T02:00:00Z",
  now: "is not due",
  waiting: null,
  last: null,
  files: [],
};

test("the headline says who needs a person, and why", () => {
  const well = [pipeline("a", ["done"]), pipeline("b", ["stopped"]), pipeline("c", [])];
  expect(headlineOf(well)).toEqual({ text: "All 3 pipelines are well.", tone: "good" });
  const ill = [...well, pipeline("d", ["failed", "done"]), pipeline("e", ["done"], { is_stale: true, fresh_within_seconds: 86_400 })];
  expect(headlineOf(ill).text).toBe("2 of 5 pipelines need you: d failed and e has not succeeded within 1 d.");
  expect(headlineOf([pipeline("a", ["running", "crashed"])]).text).toBe("1 of 1 pipeline needs you: a crashed, and runs again.");
  expect(headlineOf([pipeline("a", ["warning"]), pipeline("b", ["done"])])).toEqual({
    text: "All 2 pipelines are well; a has warnings.",
    tone: "warn",
  });
});

test("those that need a person come first", () => {
  const pipelines = [pipeline("a", ["done"]), pipeline("b", ["failed"]), pipeline("c", []), pipeline("d", ["timed_out"])];
  expect(troubledFirst(pipelines).map(({ name }) => name)).toEqual(["b", "d", "a", "c"]);
});

test("what goes on comes before a pause, and a pause before the last run", () => {
  const paused = { since: "2026-01-31T00:00:00Z", reason: "move" };
  expect(stateOf(pipeline("a", ["running", "failed"], { paused }))).toBe("running");
  expect(stateOf(pipeline("a", ["failed"], { paused }))).toBe("paused");
  expect(stateOf(pipeline("a", ["failed"]))).toBe("failed");
  expect(stateOf(pipeline("a", []))).toBe("never");
});

test("why it does not run, and when it is due", () => {
  const triggers = [
    { ...trigger, now: "waits: run X of the same job is at work", waiting: { reason: "job_full" } },
    { ...trigger, name: "late", now: "run X is at work", waiting: { reason: "running", run_id: "X" } },
    {
      ...trigger,
      name: "inbox",
      now: "waits for files to be complete",
      next_due: null,
      files: [{ path: "a.csv", state: "growing", text: "" }],
    },
    { ...trigger, name: "quiet", now: "no file is new", next_due: null, files: [{ path: "a.csv", state: "seen", text: "" }] },
    { ...trigger, name: "early", next_due: "2026-01-31T02:00:00Z", paused: { since: "", reason: null } },
  ];
  expect(reasonsOf(pipeline("a", [], { triggers, paused: { since: "", reason: "Christmas." } }))).toEqual([
    "Paused: Christmas.",
    "nightly waits: run X of the same job is at work.",
    "inbox waits for files to be complete.",
    "early is paused.",
  ]);
  expect(nextDueOf(pipeline("a", [], { triggers }))).toBe("2026-02-01T02:00:00Z");
});
