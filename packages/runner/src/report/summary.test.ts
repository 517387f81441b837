import { expect, test } from "vitest";
import type { RunResult } from "../model/run-event.ts";
import type { StreamResult } from "../model/stream-result.ts";
import { warningsOn } from "../pipe-run/warnings.ts";
import { describeState } from "./describe-state.ts";
import { describeBytes, describeSeconds } from "./format.ts";
import { describeFailure, describeRun } from "./summary.ts";

const stream: StreamResult = {
  stream: "items",
  table: "items",
  rejects: null,
  sent: 1204,
  received: 1204,
  loaded: 1203,
  inserted: 1200,
  updated: 3,
  superseded: 1,
  rejected: 0,
  deleted: 0,
  inTable: 1200,
  bytes: 90_000,
  seconds: 0.5,
  summedUpBy: ["tap", "target"],
  changes: [],
};

const result: RunResult = {
  kind: "pipe",
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
  delivery: { exactlyOnce: true, reason: "the target keeps its state with the rows, in one transaction" },
  overwrite: false,
  unchecked: null,
  warnings: [],
  reportsLoad: false,
  showsRows: true,
  failure: null,
};

test("a run that went well", () => {
  expect(describeRun(result).join("\n")).toMatchInlineSnapshot(`
    "stream   read  loaded    new  updated  in table  rows/s
    items   1,204   1,203  1,200        3     1,200   2,408
    items: 1 sent row was replaced by a later row with the same key

    database  output/x.duckdb
    table     items
    bookmark  items: updated 2026-01-01
    delivery  exactly once: the target keeps its state with the rows, in one transaction
    run       r
    took      1.3 s
    next      tapline run tap-csv target-duckdb   (loads new and updated rows)
              tapline state get dev:tap-csv-to-target-duckdb   (shows the bookmark)"
  `);
});

test("what the load cost is shown where the target reports it", () => {
  const cost = [
    { amount: 1204, unit: "statements" },
    { amount: 0.25, unit: "s of warehouse time at most" },
  ];
  expect(describeRun({ ...result, cost }).join("\n")).toMatch(/^cost {6}1,204 statements, 0\.25 s of warehouse time at most$/m);
  expect(describeRun(result).join("\n")).not.toContain("cost");
});

test("rejected and deleted rows are shown where there are any, with the table that keeps them", () => {
  const streams = [{ ...stream, rejected: 2, deleted: 1, rejects: "items__rejects" }];
  const text = describeRun({ ...result, streams, warnings: warningsOn(streams, { tap: "tap-csv", isWhole: true }) }).join("\n");
  expect(text).toMatch(/updated {2}rejected {2}deleted {2}in table/);
  expect(text).toContain("Warning: items: 2 rows were rejected; see the table items__rejects, or: tapline rejects list");
});

test("the numbers of a row add up, with the rows that the tap rejected", () => {
  const rejectedByTap = { count: 3, first: null, rejects: null };
  const other = { ...stream, stream: "orders", sent: 10, received: 10, loaded: 8, inserted: 8, updated: 0, rejected: 2, rejectedByTap };
  const lines = describeRun({ ...result, streams: [{ ...stream, sent: 1203, superseded: 0 }, other] });
  expect(lines.slice(0, 4).map((line) => line.split(/ +/).slice(0, 6))).toEqual([
    ["stream", "read", "loaded", "new", "updated", "rejected"],
    ["items", "1,203", "1,203", "1,200", "3", "0"],
    ["orders", "13", "8", "8", "0", "5"],
    ["total", "1,216", "1,211", "1,208", "3", "5"],
  ]);
});

test("the database and the tables are named, and once why a table has another name", () => {
  const changes = [
    { kind: "table_created", to: "shop.orders" },
    { kind: "table_renamed", from: "shop-orders", to: "shop.orders" },
  ];
  const orders = { ...stream, stream: "shop-orders", table: "shop.orders", database: "shop on db:5432", changes };
  const text = describeRun({ ...result, place: null, streams: [orders] }).join("\n");
  expect(text).toContain("shop-orders: its table is shop.orders, because a dash in a stream's name separates schema and table\n");
  expect(text).toContain("database  shop on db:5432\ntable     shop.orders\n");
});

test("many tables in schemas are one line", () => {
  const shop = (name: string) => ({
    ...stream,
    stream: `shop-${name}`,
    changes: [{ kind: "table_renamed", from: `shop-${name}`, to: `shop.${name}` } as const],
  });
  const other = { ...stream, stream: "Items", changes: [{ kind: "table_renamed", from: "Items", to: "items_1a2b" } as const] };
  const lines = describeRun({ ...result, place: null, streams: [shop("a"), other, shop("b")] });
  expect(lines.filter((line) => line.includes("schemas"))).toEqual([
    "2 streams have tables in schemas, because a dash in a stream's name separates schema and table: shop.a, shop.b",
  ]);
  expect(lines).toContain("Items: its table is items_1a2b");
});

test("what could not be stored as it was sent is a warning", () => {
  const streams = [{ ...stream, tolerated: [{ kind: "fraction_cut", column: "at", count: 2 }] }];
  expect(warningsOn(streams, { tap: "tap-csv", isWhole: true })).toEqual(['items: 2 values of "at" were cut to microseconds']);
});

test("what became of a table's columns is one short line, and a new table is none", () => {
  const changes = [
    { kind: "table_created", to: "items" },
    { kind: "column_added", column: "note", to: "VARCHAR" },
    { kind: "column_widened", column: "price", from: "BIGINT", to: "HUGEINT" },
    { kind: "column_kept_apart", column: "qty", from: "BIGINT", to: "qty__text" },
    { kind: "column_renamed", column: "Né", from: "Né", to: "ne" },
    { kind: "column_absent", column: "old" },
    { kind: "key_changed", from: "", to: "id" },
    { kind: "view_remade", to: "v" },
    { kind: "of_a_stranger" },
  ];
  const lines = describeRun({ ...result, streams: [{ ...stream, changes }] });
  expect(lines[2]).toBe(
    "items  schema: +note, price BIGINT -> HUGEINT, qty also in qty__text, Né as ne, old not sent, key none -> id, view v made again, of_a_stranger",
  );
  expect(describeRun({ ...result, streams: [{ ...stream, changes: changes.slice(0, 1) }] }).join("\n")).not.toContain("schema:");
});

test("a table that is too wide for the terminal has no rates, and then shorter names", () => {
  const long = { ...stream, stream: "a_stream_with_a_name_that_is_long" };
  const linesAt = (columns: number) => describeRun({ ...result, streams: [long] }, undefined, columns).slice(0, 2);
  expect(linesAt(82)[0]).toMatch(/in table {2}rows\/s$/);
  expect(linesAt(74)).toEqual([
    "stream                              read  loaded    new  updated  in table",
    "a_stream_with_a_name_that_is_long  1,204   1,203  1,200        3     1,200",
  ]);
  expect(linesAt(60)).toEqual([
    "stream                read  loaded    new  updated  in table",
    "a_stream_with_a_na…  1,204   1,203  1,200        3     1,200",
  ]);
});

test("a run that was stopped shows what is loaded, what is not, and what is not known", () => {
  const stopped: StreamResult = { ...stream, sent: 1100, received: 1204, loaded: 1000, inserted: 1000, updated: 0, superseded: 0 };
  const streams = [
    { ...stopped, table: "main.items", inTable: null, notCommitted: 204, summedUpBy: ["target" as const] },
    { ...stopped, stream: "orders", sent: 90, received: null, loaded: 80, inTable: null, summedUpBy: [] },
    { ...stopped, stream: "visits", sent: 5, received: null, loaded: null, inTable: null, summedUpBy: [] },
  ];
  const failure = {
    plugin: "tapline",
    code: "run_stopped",
    message: "",
    hint: "",
    class: "config",
    recovery: "retry",
    position: {},
  } as const;
  expect(describeRun({ ...result, status: "stopped", streams, failure }).slice(0, 8)).toEqual([
    "stream   read   loaded    new  updated  rows/s",
    "items   1,204    1,000  1,000        0   2,408",
    "orders     90       80  1,000        0     180",
    "visits      5  unknown  1,000        0      10",
    "total   1,299  unknown  3,000        0",
    "items: 1,000 rows are loaded into main.items; 204 more were read and not loaded",
    "orders: at least 80 rows are loaded into items; 10 more were read and not loaded",
    "visits: how many rows were loaded is not known, because target-duckdb did not report it; the next run reads its ledger and continues from there",
  ]);
});

test("a run that failed before it read a row shows only its cause, which is printed after the summary", () => {
  const failure = { plugin: "tap-csv", code: "c", message: "", hint: "", class: "config", recovery: "fatal", position: {} } as const;
  expect(describeRun({ ...result, status: "failed", streams: [], failure })).toEqual(["No rows were read."]);
  const unread = { ...stream, received: null, loaded: null, inserted: null, inTable: null, summedUpBy: ["tap" as const] };
  expect(describeRun({ ...result, status: "failed", streams: [unread], failure })).toEqual(["No rows were loaded."]);
  const silent = describeRun({ ...result, status: "failed", streams: [], failure: { ...failure, class: "data" } });
  expect(silent[0]).toBe("No row counts were reported.");
});

test("a target that writes whole tables is reported, and so is what it can't promise", () => {
  const delivery = { exactlyOnce: false, reason: "the target keeps no ledger" };
  const text = describeRun({ ...result, overwrite: true, delivery }).join("\n");
  expect(text).toContain("The tap started from the beginning");
  expect(text).toContain("(replaces the tables)");
  expect(text).toMatch(/delivery {2}at least once: the target keeps no ledger\n/);
});

test("a count that nobody reported is shown as unknown", () => {
  const silent: StreamResult = {
    ...stream,
    sent: null,
    received: null,
    loaded: null,
    inserted: null,
    updated: null,
    superseded: null,
    rejected: null,
    deleted: null,
    inTable: null,
    seconds: null,
    summedUpBy: [],
  };
  expect(describeRun({ ...result, streams: [silent], stateAfter: null, place: null }).join("\n")).toMatchInlineSnapshot(`
    "stream     read   loaded      new  updated  in table   rows/s
    items   unknown  unknown  unknown  unknown   unknown  unknown

    table     items
    bookmark  no bookmark yet
    delivery  exactly once: the target keeps its state with the rows, in one transaction
    run       r
    took      1.3 s
    next      tapline run tap-csv target-duckdb   (loads new and updated rows)"
  `);
});

test("a failure is one line: plugin, stream, cause, what to do", () => {
  const position = { stream: "items", file: "x.csv", line: 7 };
  const failure = {
    plugin: "tap-csv",
    code: "c",
    message: "no\ninteger",
    hint: "fix it",
    class: "data",
    recovery: "fatal",
    position,
  } as const;
  expect(describeFailure(failure)).toBe("Failed: tap-csv, stream items, file x.csv, line 7: no integer — fix it");
});

test.each([
  [null, "no bookmark yet"],
  ['{"bookmarks":{"a":{}}}', "no bookmark yet"],
  ['{"bookmarks":{"a":{"replication_key":"id","replication_key_value":7},"b":{"page":2}}}', "a: id 7; b: page 2"],
  ['{"bookmarks":{"c":{"files":{"x.csv":{"size":1},"y.csv":{"size":2}},"version":3}}}', "c: 2 files, version 3"],
  ['{"bookmarks":{"a":{"replication_key":"id","replication_key_value":7,"settings":{"x":1},"version":3}}}', "a: id 7, version 3"],
  ['{"cursor":"x"}', '{"cursor":"x"}'],
  ['{"bookmarks":{"a":{"replication_key":"id","replication_key_value":7,"settings":{}}}}', "a: id 7"],
  [
    '{"bookmarks":{"a":{"files":{"x.csv":{"size":7}},"settings":{"keys":"0a1b2c3d"}},"b":{"files":{},"at":2,"settings":{}}}}',
    "a: 1 file; b: at 2",
  ],
  ['{"bookmarks":{"a":{"replication_key":"id","replication_key_value":12345678901234567891}}}', "a: id 12345678901234567891"],
])("the state %s", (state, text) => {
  expect(describeState(state)).toBe(text);
});

test("bytes and seconds in units people read", () => {
  expect([0, 999, 1000, 1_234_567].map(describeBytes)).toEqual(["0 B", "999 B", "1.0 kB", "1.2 MB"]);
  expect([0.04, 59.9, 61, 3725].map(describeSeconds)).toEqual(["0.0 s", "59.9 s", "1 min 1 s", "1 h 2 min 5 s"]);
});

test("a run ends with the command that shows its rows, where rows came and the target can show them", () => {
  const next = { again: "a", retry: "r", preview: (name: string) => `tapline preview ${name}` };
  expect(describeRun(result, next).join("\n")).toContain("tapline preview items   (shows rows)");
  const idle = { ...result, streams: [{ ...stream, loaded: 0 }] };
  for (const other of [{ ...result, showsRows: false }, idle]) expect(describeRun(other, next).join("\n")).not.toContain("preview");
  expect(describeRun(result).join("\n")).not.toContain("preview");
});
