import { expect, test } from "vitest";
import { readLastState, writeLastState } from "./last-state.ts";

test.each([
  { run_id: "r1", state: '{"bookmarks":{"t":{"id":12345678901234567890}}}', committed_at: "2026-01-05T00:00:00Z" },
  { run_id: null, state: null, committed_at: null },
])("what a target writes is read with every digit: %j", (last) => {
  expect(readLastState(writeLastState("s", last), "s")).toEqual(last);
});

test.each([
  "",
  "no ledger here",
  '{"state_id":"other","run_id":"r","state":{}}',
  '{"state_id":"s","run_id":7,"state":{}}',
  '{"state_id":"s","run_id":"r","state":[]}',
  '{"state_id":"s","run_id":"r","state":"x"}',
  '{"state_id":"s","run_id":"r"}',
  '{"state_id":"s","state":{}}',
])("%s is no answer", (text) => {
  expect(readLastState(text, "s")).toBeUndefined();
});
