import { expect, test } from "vitest";
import type { StreamOfRun } from "../../src/api/answers.ts";
import { reconcile } from "./reconcile.ts";

const stream: StreamOfRun = {
  stream: "orders",
  table: "orders",
  read: 1000,
  loaded: 985,
  inserted: 985,
  updated: 0,
  deleted: 0,
  rejected: 7,
  rejected_by_tap: 3,
  not_committed: null,
  in_table: 985,
  bytes: null,
  seconds: null,
  rows_per_second: null,
  bytes_per_second: null,
  bookmark_before: null,
  bookmark_after: null,
  changes: [],
  adds_up: false,
};

test("rows that are missing, or too many, are counted", () => {
  expect(reconcile(stream)).toBe("orders does not add up: 1,000 rows were read, 985 were loaded, 10 rejected: 5 missing.");
  expect(reconcile({ ...stream, loaded: 991 })).toMatch(/: 1 too many\.$/);
});

test("nothing is said where they add up, or where a side did not report", () => {
  expect(reconcile({ ...stream, adds_up: true })).toBeUndefined();
  expect(reconcile({ ...stream, adds_up: null })).toBeUndefined();
});
