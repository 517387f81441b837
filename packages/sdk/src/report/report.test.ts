import { expect, test } from "vitest";
import { createReport } from "./report.ts";

function written(options: { isTerminal: boolean; isVerbose?: boolean }): string[] {
  const lines: string[] = [];
  const report = createReport({ plugin: "tap-x", write: (text) => lines.push(text.trimEnd()), ...options });
  report.log("debug", "a detail");
  report.log("warning", "look");
  return lines;
}

test("what a target tolerated is a warning at a terminal, and in the summary of a program", () => {
  const counts = { received: 1, loaded: 1, inserted: 1, updated: 0, superseded: 0, deleted: 0, rejected: 0, in_table: 1, seconds: 1 };
  const summary = { stream: "s", table: "s", ...counts, tolerated: [{ kind: "fraction_cut", column: "at", count: 1 }] };
  const lines: string[] = [];
  for (const isTerminal of [true, false]) createReport({ plugin: "t", isTerminal, write: (text) => lines.push(text) }).summary(summary);
  expect(lines[0]).toBe('t: warning: s: 1 value of "at" was cut to microseconds\n');
  expect(JSON.parse(lines[2] as string)).toEqual({ type: "summary", ...summary });
});

test("rows that a tap rejected are a warning with the place of the first and of all", () => {
  const lines: string[] = [];
  const first = { file: "a.csv", line: 7, reason: "no integer" };
  const summary = { stream: "s", sent: 5, rejected: 2, rejects: "bad.jsonl", first_rejected: first, bytes: 9, seconds: 1 };
  createReport({ plugin: "t", isTerminal: true, write: (text) => lines.push(text) }).summary(summary);
  expect(lines[0]).toBe(
    "t: warning: s: 2 rows were rejected and not sent; the first: file a.csv, line 7 (no integer); they are in bad.jsonl\n",
  );
});

test("a terminal shows details only when asked for them; a program always receives them", () => {
  expect(written({ isTerminal: true })).toEqual(["tap-x: warning: look"]);
  expect(written({ isTerminal: true, isVerbose: true })).toEqual(["tap-x: a detail", "tap-x: warning: look"]);
  expect(written({ isTerminal: false }).map((line) => JSON.parse(line).level)).toEqual(["debug", "warning"]);
});

test("a terminal shows what a load that ended early has loaded, and what not", () => {
  const lines: string[] = [];
  const report = createReport({ plugin: "target-x", write: (text) => lines.push(text.trimEnd()), isTerminal: true });
  const counts = { received: 900_000, loaded: 899_999, inserted: 899_999, updated: 0, superseded: 0, deleted: 0, rejected: 0 };
  report.summary({ stream: "orders", ...counts, not_committed: 1, table: "main.orders", seconds: 1 });
  expect(lines).toEqual([
    "target-x: orders: 899,999 rows were loaded into main.orders before the end; 1 row was read and not loaded: the next run, from the last STATE, sends it again",
  ]);
});
