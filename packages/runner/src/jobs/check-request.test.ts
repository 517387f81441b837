import { expect, test } from "vitest";
import { checkRequest, isDate } from "./check-request.ts";

test("a request keeps its form", () => {
  const request = {
    words: ["shop"],
    full_refresh: ["items"],
    trigger: { kind: "schedule", name: "nightly", due_at: "2026-01-31T02:00:00Z" },
  };
  expect(checkRequest(request)).toEqual(request);
});

test.each<[string, unknown, RegExp]>([
  ["request_invalid", null, /it must be an object/],
  ["request_invalid", {}, /words is missing/],
  ["request_invalid", { words: [] }, /at least 1 item/],
  ["request_invalid", { words: ["shop"], enviroment: "prod" }, /unknown key enviroment, did you mean environment/],
  ["request_invalid", { words: ["shop"], run_id: "x" }, /run_id must match/],
  ["request_invalid", { words: ["shop"], trigger: { kind: "schedule", name: "nightly" } }, /trigger\.due_at is missing/],
  ["request_invalid", { words: ["shop"], trigger: { kind: "clock" } }, /trigger/],
  ["date_invalid", { words: ["shop"], from: "yesterday" }, /--from "yesterday"/],
  ["from_ledger_refresh", { words: ["shop"], from_ledger: true, full_refresh: true }, /can't be used together/],
  ["replace_alone", { words: ["shop"], replace: true }, /needs --full-refresh/],
  ["replace_not_read", { words: ["shop"], full_refresh: ["a"], replace: ["b"] }, /names b/],
])("%s: %j", (code, value, message) => {
  expect(() => checkRequest(value)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
});

test.each<[string, boolean]>([
  ["2026-01-31", true],
  ["2026-01-31T10:00:00Z", true],
  ["2026-13-01", false],
  ["yesterday", false],
])("%s as a date", (text, isOne) => {
  expect(isDate(text)).toBe(isOne);
});
