import { PassThrough } from "node:stream";
import type { WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import type { RunResult, StreamResult } from "@tapline/runner";
import { expect, test } from "vitest";
import { createLiveView, liveLines } from "./live-view.ts";
import { createPlainView } from "./plain-view.ts";
import { createQuietView } from "./quiet-view.ts";

const stream = (name: string, received: number | null): StreamResult => ({
  stream: name,
  table: null,
  rejects: null,
  sent: received,
  received,
  loaded: null,
  inserted: null,
  updated: null,
  superseded: null,
  rejected: null,
  deleted: null,
  inTable: null,
  bytes: 1500,
  seconds: null,
  summedUpBy: [],
  changes: [],
});

test("the live table shows rows, rate and bytes", () => {
  const lines = liveLines(
    "a -> b",
    [stream("items", 3000), stream("orders", null)],
    new Map([["items", 0]]),
    { columns: 80, rows: 24 },
    2000,
  );
  expect(lines).toEqual(["a -> b", "stream   rows  rows/s   bytes", "items   3,000   1,500  1.5 kB", "orders      …       …  1.5 kB"]);
});

test("it fits a small terminal, and a stream's name can't steer it", () => {
  const many = Array.from({ length: 30 }, (_, index) => stream(`\u001b[2Jstream-${index}`, 1));
  const lines = liveLines("title", many, new Map(), { columns: 20, rows: 10 });
  expect(lines.length).toBeLessThan(10);
  expect(lines.at(-1)).toBe("and 26 more");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(20);
  expect(lines.join("")).not.toContain("\u001b");
});

test("what has no words leaves no line above the live table, and a repeated warning leaves one", () => {
  const terminal = Object.assign(new PassThrough({ encoding: "utf8" }), { columns: 80, rows: 24 });
  const view = createLiveView(terminal as unknown as WriteStream, { showsSummary: true });
  view.show({ time: new Date(), step: 0, event: { type: "state", value: '{"bookmarks":{}}' } });
  for (let each = 0; each < 3; each++)
    view.show({ time: new Date(), step: 0, event: { type: "log", plugin: "tap-x", level: "warning", message: "slow" } });
  view.close();
  expect(stripVTControlCharacters(terminal.read())).toBe("tap-x: warning: slow\n");
});

test("plain progress comes every few seconds, not with every count", () => {
  const lines: string[] = [];
  let clock = 0;
  const view = createPlainView((line) => lines.push(line), { everyMs: 5000 });
  for (clock = 0; clock <= 11_000; clock += 1000)
    view.show({
      time: new Date(clock),
      step: 0,
      event: { type: "progress", streams: [stream("items", clock)], read: { done: clock, total: 20_000, unit: "bytes" } },
    });
  expect(lines.map((line) => line.slice(25).trimEnd())).toEqual([
    "progress items: sent 5,000, received 5,000, 1.5 kB; 25 % of 20.0 kB read, about 15 s left",
    "progress items: sent 10,000, received 10,000, 1.5 kB; 50 % of 20.0 kB read, about 10 s left",
  ]);
});

test("of plain progress, what nobody reported yet is left out, and what was received was sent", () => {
  const lines: string[] = [];
  const view = createPlainView((line) => lines.push(line), { everyMs: 0 });
  const streams = [
    { ...stream("a", 7), sent: 5 },
    { ...stream("b", null), sent: 9, bytes: null },
    { ...stream("c", null), bytes: null },
  ];
  view.show({ time: new Date(), step: 0, event: { type: "progress", streams, read: null } });
  expect(lines.map((line) => line.slice(25).trimEnd())).toEqual(["progress a: sent 7, received 7, 1.5 kB; b: sent 9; c: no rows yet"]);
});

test("a quiet run shows each warning once, also those that only its counts show", () => {
  const lines: string[] = [];
  const view = createQuietView((line) => lines.push(line), ["a"]);
  view.show({ time: new Date(), step: 0, event: { type: "log", plugin: "tap-x", level: "warning", message: "slow" } });
  view.show({ time: new Date(), step: 0, event: { type: "log", plugin: "tap-x", level: "info", message: "hello" } });
  const result = { kind: "pipe", status: "warning", warnings: ["tap-x: slow", "items: 2 rows were rejected"] } as unknown as RunResult;
  view.show({ time: new Date(), step: 0, event: { type: "run_finished", result } });
  expect(lines).toEqual(["tap-x: warning: slow\n", "Warning: items: 2 rows were rejected\n"]);
});
