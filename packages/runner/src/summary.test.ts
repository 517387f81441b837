import { expect, test } from "vitest";
import type { StreamResult } from "./progress.ts";
import type { RunResult } from "./run-events.ts";
import { describeBytes, describeFailure, describeRun, describeSeconds, describeState } from "./summary.ts";

const stream: StreamResult = {
  stream: "items",
  table: "items",
  sent: 1204,
  received: 1204,
  loaded: 1203,
  inserted: 1200,
  updated: 3,
  superseded: 1,
  rejected: 0,
  inTable: 1200,
  bytes: 90_000,
  seconds: 0.5,
  summedUpBy: ["tap", "target"],
};

const result: RunResult = {
  runId: "r",
  stateId: "dev:tap-csv-to-target-duckdb",
  environment: "dev",
  tap: "tap-csv",
  target: "target-duckdb",
  status: "done",
  startedAt: "",
  seconds: 1.25,
  streams: [stream],
  stateBefore: null,
  stateAfter: '{"bookmarks":{"items":{"replication_key":"updated","replication_key_value":"2026-01-01"}}}',
  place: { setting: "filepath", value: "output/x.duckdb" },
  failure: null,
};

test("a run that went well", () => {
  expect(describeRun(result).join("\n")).toMatchInlineSnapshot(`
    "stream   sent  loaded    new  changed  rejected  in table  rows/s
    items   1,204   1,203  1,200        3         0     1,200   2,408
    items: 1 sent row was replaced by a later row with the same key

    database  output/x.duckdb
    bookmark  items updated "2026-01-01"
    took      1.3 s
    next      tapline run tap-csv target-duckdb   (loads what is new or changed)
              tapline state get dev:tap-csv-to-target-duckdb   (shows the bookmark)"
  `);
});

test("what nobody told is called not told", () => {
  const silent: StreamResult = {
    ...stream,
    sent: null,
    received: null,
    loaded: null,
    inserted: null,
    updated: null,
    superseded: null,
    rejected: null,
    inTable: null,
    seconds: null,
    summedUpBy: [],
  };
  expect(describeRun({ ...result, streams: [silent], stateAfter: null, place: null }).join("\n")).toMatchInlineSnapshot(`
    "stream      sent    loaded       new   changed  rejected  in table    rows/s
    items   not told  not told  not told  not told  not told  not told  not told

    bookmark  none kept (full table)
    took      1.3 s
    next      tapline run tap-csv target-duckdb   (loads what is new or changed)"
  `);
});

test("a failure is one line: plugin, stream, cause, what to do", () => {
  const position = { stream: "items", file: "x.csv", line: 7 };
  const failure = {
    plugin: "tap-csv",
    code: "c",
    message: "no\ninteger",
    hint: "mend it",
    class: "data",
    recovery: "fatal",
    position,
  } as const;
  expect(describeFailure(failure)).toBe("Failed: tap-csv, stream items, file x.csv, line 7: no integer — mend it");
});

test.each([
  [null, "none kept (full table)"],
  ['{"bookmarks":{"a":{}}}', "none kept (full table)"],
  ['{"bookmarks":{"a":{"replication_key":"id","replication_key_value":7},"b":{"page":2}}}', 'a id 7, b {"page":2}'],
  ['{"cursor":"x"}', '{"cursor":"x"}'],
])("the state %s", (state, text) => {
  expect(describeState(state)).toBe(text);
});

test("bytes and seconds in units people read", () => {
  expect([0, 999, 1000, 1_234_567].map(describeBytes)).toEqual(["0 B", "999 B", "1.0 kB", "1.2 MB"]);
  expect([0.04, 59.9, 61, 3725].map(describeSeconds)).toEqual(["0.0 s", "59.9 s", "1 min 1 s", "1 h 2 min 5 s"]);
});
