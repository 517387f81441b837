import { describe, expect, test } from "vitest";
import type { RunRecord, StepRecord } from "../history/history.ts";
import type { NotifySettings } from "../model/notify-schema.ts";
import { type EndedRun, noticesOfRun } from "./notices-of-run.ts";
import { asJson, asSlack, asTeams, asText } from "./text.ts";

const settings: NotifySettings = {
  link: "https://example.com/runs/{run_id}?job={job}",
  channels: {
    all: { slack: "x", on: ["failure", "warning", "recovery", "success"] },
    usual: { slack: "x" },
    others: { slack: "x", jobs: ["other*"] },
    test: { slack: "x", environments: ["test"] },
  },
};

const run = (changed: Partial<RunRecord> = {}): RunRecord => ({
  ...{
    runId: "20260131T101500Z-1a2b3c4d",
    name: "shop & co",
    trigger: { kind: "command" },
    environment: "prod",
    tags: {},
    request: { words: ["shop"] },
  },
  ...{
    status: "failed",
    startedAt: "2026-01-31T10:15:00.000Z",
    endedAt: "2026-01-31T10:16:00.000Z",
    error: null,
    runner: { pid: 1, started: "" },
  },
  ...changed,
});

const error: StepRecord["error"] = {
  ...{ plugin: "tap-csv", code: "value_invalid", class: "data", recovery: "fatal" },
  message: 'The value "4711 Main St" of column Price is no number\nKey (id)=(5)',
  hint: "Correct the file.",
  position: { stream: "items", file: "a.csv", line: 7, column: "Price" },
};

const step = (changed: Partial<StepRecord> = {}): StepRecord => ({
  ...{
    runId: "x",
    index: 0,
    name: "tap-csv target-duckdb",
    stateId: "s",
    status: "failed",
    attempts: [],
    startedAt: null,
    endedAt: null,
    plugins: [],
  },
  ...{ exitCode: null, error, streams: [] },
  ...changed,
});

const told = (ended: Partial<EndedRun>) =>
  noticesOfRun(settings, { run: run(), steps: [step()], before: undefined, ...ended }).map(
    ({ channel, notice }) => `${channel} ${notice.event}`,
  );

const before = (status: RunRecord["status"]) => ({ runId: "20260130T101500Z-1a2b3c4d", status, startedAt: "2026-01-30T10:15:00.000Z" });

describe("who is told what", () => {
  test.each<[string, Partial<EndedRun>, string[]]>([
    ["a failure", {}, ["all failure", "usual failure"]],
    ["a timeout", { run: run({ status: "timed_out" }) }, ["all failure", "usual failure"]],
    ["a crash", { run: run({ status: "crashed" }) }, ["all failure", "usual failure"]],
    ["a success", { run: run({ status: "done" }) }, ["all success"]],
    ["warnings", { run: run({ status: "warning" }) }, ["all warning"]],
    [
      "a success after a failure, each channel once",
      { run: run({ status: "done" }), before: before("failed") },
      ["all recovery", "usual recovery"],
    ],
    ["warnings after a crash", { run: run({ status: "warning" }), before: before("crashed") }, ["all recovery", "usual recovery"]],
    ["a success after a success", { run: run({ status: "done" }), before: before("warning") }, ["all success"]],
    ["of another job", { run: run({ name: "others" }) }, ["all failure", "usual failure", "others failure"]],
    ["in another environment", { run: run({ environment: "test" }) }, ["all failure", "usual failure", "test failure"]],
    ["what a person stopped", { run: run({ status: "stopped" }) }, []],
    ["a part of a back-fill", { run: run({ status: "done", trigger: { kind: "backfill", id: "b", partition: "2026-01" } }) }, []],
    [
      "a part of a back-fill that failed",
      { run: run({ trigger: { kind: "backfill", id: "b", partition: "2026-01" } }) },
      ["all failure", "usual failure"],
    ],
    ["a run that found another one at work", { run: run({ error: { ...error, code: "already_running" } as never }) }, []],
  ])("%s", (_name, ended, expected) => {
    expect(told(ended)).toEqual(expected);
  });
});

describe("a notice of a failure", () => {
  const [planned] = noticesOfRun(settings, { run: run(), steps: [step(), step({ error: null, status: "skipped" })], before: undefined });
  const notice = planned?.notice as NonNullable<typeof planned>["notice"];

  test("says what a person needs to act, and no value of a row", () => {
    expect(asText(notice)).toBe(`Failed: shop & co (prod)

step    tap-csv target-duckdb
plugin  tap-csv
stream  items
place   file a.csv, line 7, column "Price"
cause   The value … of column Price is no number Key (id)=(…)
fix     Correct the file.
next    tapline runs retry 20260131T101500Z-1a2b3c4d
run     20260131T101500Z-1a2b3c4d
time    2026-01-31T10:16:00.000Z
link    https://example.com/runs/20260131T101500Z-1a2b3c4d?job=shop%20%26%20co
`);
  });

  test("in the form of Slack has no control characters of rows or names", () => {
    expect((asSlack(notice) as { text: string }).text).toMatch(/^\*Failed: shop &amp; co \(prod\)\*\nstep: /);
  });

  test("in the form of Teams is an adaptive card with a button", () => {
    expect(asTeams(notice)).toMatchObject({
      type: "message",
      attachments: [
        { contentType: "application/vnd.microsoft.card.adaptive", content: { type: "AdaptiveCard", actions: [{ url: notice.link }] } },
      ],
    });
  });

  test("for programs has the parts and the text", () => {
    expect(asJson(notice)).toMatchObject({
      event: "failure",
      run_id: notice.runId,
      problems: [{ code: "value_invalid", stream: "items" }],
      text: asText(notice),
    });
  });
});

test("settings of a wrong configuration stay in the message", () => {
  const config = { ...error, class: "config" as const, message: 'There is no environment "prd"' };
  const [planned] = noticesOfRun(settings, { run: run(), steps: [step({ error: config })], before: undefined });
  expect(planned?.notice.problems[0]?.cause).toBe('There is no environment "prd"');
});

test("a file that was put away is looked for in the archive, where another run would not read it", () => {
  const commands = (tapsWithFiles: string[]): (string | null)[] =>
    noticesOfRun(settings, { run: run(), steps: [step()], before: undefined, tapsWithFiles }).map(({ notice }) => notice.command);
  expect(new Set(commands(["tap-csv"]))).toEqual(new Set(["tapline files list tap-csv"]));
  expect(new Set(commands([]))).toEqual(new Set(["tapline runs retry 20260131T101500Z-1a2b3c4d"]));
});
