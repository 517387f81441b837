import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readStderrLine } from "./read-event.ts";

describe("stderr", () => {
  test("our counters and Singer's metric lines are the same", () => {
    const counter = '{"type":"counter","metric":"record_count","value":17,"tags":{"stream":"x"}}';
    const event = { kind: "count", metric: "record_count", stream: "x", value: 17 };
    expect(readStderrLine(counter)).toEqual(event);
    expect(readStderrLine(`2026-11-21 10:00:00 INFO METRIC: ${counter}`)).toEqual(event);
  });

  test("a summary keeps the fields it knows, where they have the right form", () => {
    expect(readStderrLine('{"type":"summary","stream":"x","received":3,"loaded":"three","table":"t"}')).toEqual({
      kind: "summary",
      stream: "x",
      table: "t",
      rejects: null,
      counts: { received: 3 },
      changes: [],
    });
  });

  test("changes of a table are kept where they have a kind", () => {
    const changes = '[{"kind":"column_added","column":"n","to":"INT","from":5,"more":{}},null,7,"x",{"column":"n"},{"kind":"other"}]';
    expect(readStderrLine(`{"type":"summary","stream":"x","changes":${changes}}`)).toMatchObject({
      changes: [{ kind: "column_added", column: "n", to: "INT" }, { kind: "other" }],
    });
    expect(readStderrLine('{"type":"summary","stream":"x","changes":{"kind":"a"}}')).toMatchObject({ changes: [] });
  });

  test.each<[string, object]>([
    ['{"type":"progress","done":3,"total":4,"unit":"bytes"}', { kind: "progress", progress: { done: 3, total: 4, unit: "bytes" } }],
    ['{"type":"progress","done":5,"total":4,"unit":"bytes"}', { kind: "progress", progress: { done: 4, total: 4, unit: "bytes" } }],
    ['{"type":"progress","done":0,"total":0,"unit":"bytes"}', { kind: "log" }],
    [
      '{"type":"cost","parts":[{"amount":2,"unit":"statements"},{"unit":"x"}]}',
      { kind: "cost", parts: [{ amount: 2, unit: "statements" }] },
    ],
    ['{"type":"delivery","exactly_once":true}', { kind: "delivery", exactlyOnce: true }],
    ['{"type":"delivery","exactly_once":false,"reason":"no table"}', { kind: "delivery", exactlyOnce: false, reason: "no table" }],
    ['{"type":"delivery","exactly_once":"yes"}', { kind: "log" }],
    [
      '{"type":"summary","stream":"x","rejected":2,"deleted":1,"not_committed":5,"table":"t","rejects":"t__rejects"}',
      { kind: "summary", table: "t", rejects: "t__rejects", counts: { rejected: 2, deleted: 1, not_committed: 5 } },
    ],
    [
      '{"type":"summary","stream":"x","rejected":2,"rejects":"bad.jsonl","first_rejected":{"file":"a.csv","line":7,"reason":"no integer"},"warnings":["odd",1]}',
      {
        ...{ kind: "summary", rejects: "bad.jsonl", warnings: ["odd"] },
        firstRejected: { position: { file: "a.csv", line: 7 }, reason: "no integer" },
      },
    ],
  ])("%s", (line, expected) => {
    expect(readStderrLine(line)).toMatchObject(expected);
  });

  test.each([
    ['{"type":"log","level":"warning","message":"careful"}', { level: "warning", message: "careful" }],
    ['{"event":"hello","level":"INFO"}', { level: "info", message: "hello" }],
    ["CRITICAL it broke", { level: "error", message: "it broke" }],
    ["INFO: syncing", { level: "info", message: "syncing" }],
    ["2026-01-01 10:15:00,123 | WARNING  | tap-x.client | slow", { level: "warning", message: "slow" }],
    ["2026-01-01T10:15:00Z WARN slow", { level: "warning", message: "slow" }],
    ["time=2026-01-01 10:15:00 name=tap_x level=WARNING message=slow", { level: "warning", message: "slow" }],
    ["2026-01-01 | WARNING | tap-x | slow", { level: "warning" }],
    ["INFO", { level: "info", message: "INFO" }],
    ["just words of an error", { level: undefined, message: "just words of an error" }],
  ])("%s is a log line", (line, expected) => {
    expect(readStderrLine(line)).toMatchObject({ kind: "log", ...expected });
  });

  test("an error of a plugin keeps its parts", () => {
    const line = '{"type":"error","code":"a","message":"b","hint":"c","class":"data","recovery":"fatal","position":{"line":7}}';
    expect(readStderrLine(line)).toEqual({
      kind: "error",
      error: { code: "a", message: "b", hint: "c", class: "data", recovery: "fatal", position: { line: 7 } },
    });
  });

  test("any text is read without an error", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        expect(readStderrLine(line).kind).toBeTypeOf("string");
      }),
    );
    for (const type of ["counter", "summary", "delivery", "cost", "error", "log"]) {
      fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (rest) => void readStderrLine(JSON.stringify({ ...rest, type }))));
    }
  });
});
