import type { NodeResult } from "@tapline/protocol";
import { expect, test } from "vitest";
import { type Ended, failureOf } from "./outcome.ts";

const node = (fields: Partial<NodeResult>): NodeResult => ({
  ...{ id: "model.a.b", kind: "model", name: "b", status: "ok", seconds: 1, rows: null, message: null },
  ...fields,
});
const ended = (fields: Partial<Ended>): Ended => ({ end: { code: 1, signal: null }, nodes: [], troubles: [], lastLine: "", ...fields });

test.each<[string, Partial<Ended>, object | undefined]>([
  ["all went well", { end: { code: 0, signal: null } }, undefined],
  ["a kill", { end: { code: null, signal: "SIGKILL" } }, { code: "dbt_killed" }],
  [
    "nodes",
    {
      nodes: [
        node({}),
        node({ status: "error", message: "Binder Error\n  LINE 5" }),
        node({ kind: "test", name: "t", status: "fail", rows: 2, message: "Got 2" }),
      ],
    },
    {
      code: "nodes_failed",
      class: "data",
      recovery: "fatal",
      message: "1 ok, 1 fail, 1 error:\nmodel b had an error: Binder Error\n  LINE 5\ntest t failed (2 rows): Got 2",
    },
  ],
  ["a broken project", { end: { code: 2, signal: null }, troubles: ["no such ref"] }, { code: "project_broken", class: "config" }],
  ["no message", { end: { code: 3, signal: null }, lastLine: "bye" }, { code: "dbt_failed", message: expect.stringContaining("bye") }],
  ["a locked file", { troubles: ["IO Error: Could not set lock on file"] }, { code: "database_locked", recovery: "retry" }],
  [
    "a server that is not there",
    { nodes: [node({ status: "error", message: 'connection to server at "x", port 1 failed: Connection refused' })] },
    { code: "database_unreachable", class: "connection", recovery: "retry" },
  ],
  [
    "a wrong password, which a retry does not fix",
    { troubles: ['connection to server at "x" failed: FATAL:  password authentication failed for user "y"'] },
    { code: "project_broken", recovery: "fatal" },
  ],
])("%s", (_, fields, expected) => {
  const failure = failureOf(ended(fields));
  if (expected === undefined) expect(failure).toBeUndefined();
  else expect(failure).toMatchObject(expected);
});
