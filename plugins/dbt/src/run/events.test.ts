import { expect, test } from "vitest";
import { nameOf, readDbtLine, statusOf } from "./events.ts";

/** Lines of dbt 1.11, with only the fields that are read. */
const line = (name: string, level: string, msg: string, data: object = {}): string =>
  JSON.stringify({ data, info: { name, level, msg, invocation_id: "run-1", code: "X000" } });

const node = (fields: object): object => ({
  execution_time: 0.25,
  node_info: {
    unique_id: "model.shop.stg_items",
    node_name: "stg_items",
    resource_type: "model",
    node_status: "success",
    materialized: "table",
    node_relation: { schema: "analytics", alias: "stg_items" },
    ...fields,
  },
});

test("the end of a model is a node, with the table that it wrote", () => {
  const parsed = readDbtLine(line("LogModelResult", "info", "1 of 2 OK created …", node({})));
  expect(parsed).toEqual({
    invocation: "run-1",
    event: {
      kind: "node",
      node: { id: "model.shop.stg_items", kind: "model", name: "stg_items", status: "ok", seconds: 0.25, rows: null, message: null },
      wrote: "analytics.stg_items",
    },
  });
});

test.each([
  ["LogTestResult", "fail", { num_failures: 3 }, "fail", 3],
  ["LogTestResult", "warn", { num_failures: 1 }, "warn", 1],
  ["LogTestResult", "pass", { num_failures: 0 }, "ok", null],
  ["LogModelResult", "error", {}, "error", null],
  ["SkippingDetails", "skipped", {}, "skipped", null],
  ["LogSnapshotResult", "success", {}, "ok", null],
  ["LogFreshnessResult", "error", {}, "fail", null],
])("%s with status %s", (name, status, more, expected, rows) => {
  const { event } = readDbtLine(line(name, "info", "…", { ...node({ node_status: status }), ...more }));
  expect(event).toMatchObject({ kind: "node", node: { status: expected, rows } });
});

test("messages at the end are ignored in favor of the results; errors without a node are kept", () => {
  expect(readDbtLine(line("RunResultError", "error", "Runtime Error …")).event).toEqual({ kind: "nothing" });
  expect(readDbtLine(line("StatsLine", "info", "Done. PASS=1")).event).toEqual({ kind: "nothing" });
  expect(readDbtLine(line("MainEncounteredError", "error", "Encountered an error:\nNo such model")).event).toEqual({
    kind: "trouble",
    message: "Encountered an error:\nNo such model",
  });
  expect(readDbtLine(line("SomeDeprecation", "warn", "old")).event).toEqual({ kind: "log", level: "warning", message: "old" });
  expect(readDbtLine(line("JinjaLogInfo", "info", "said by a macro")).event).toMatchObject({ kind: "log", message: "said by a macro" });
});

test.each(["plain words", "{half of a line", "[1, 2]", '{"other": "json"}', '{"info": null}', '{"info": {"name": 7, "msg": {}}}'])(
  "%s does not fail",
  (text) => {
    expect(["log", "nothing"]).toContain(readDbtLine(text).event.kind);
  },
);

test("rows by table", () => {
  const { event } = readDbtLine('{"tapline_tables": [["analytics", "stg_items", 4]]}');
  expect(event).toEqual({ kind: "tables", rows: new Map([["analytics.stg_items", 4]]) });
});

test("statuses from dbt's words, and names from ids", () => {
  expect(["Success", "WARN 3", "FAIL 12", "runtime error", "no-op", "what?"].map(statusOf)).toEqual([
    "ok",
    "warn",
    "fail",
    "error",
    "ok",
    undefined,
  ]);
  expect(["model.shop.a", "test.shop.unique_a_id.f6a5f640da", "source.shop.raw.items"].map(nameOf)).toEqual([
    "a",
    "unique_a_id",
    "raw.items",
  ]);
});
