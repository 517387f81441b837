import { expect, test } from "vitest";
import { isDate, parseDuration, splitStreamFlags } from "./run-arguments.ts";

test.each<[string, boolean | string[], string]>([
  ["shop", false, "shop"],
  ["shop --full-refresh", true, "shop"],
  ["--full-refresh shop", true, "shop"],
  ["shop --full-refresh orders items", ["orders", "items"], "shop"],
  ["shop --full-refresh orders --json", ["orders"], "shop --json"],
  ["shop --full-refresh --json", true, "shop --json"],
  ["-e prod --full-refresh shop", true, "-e prod shop"],
  ["--full-refresh=orders,items shop", ["orders", "items"], "shop"],
])("%s", (typed, fullRefresh, rest) => {
  expect(splitStreamFlags(typed.split(" "))).toEqual({ fullRefresh, replace: false, rest: rest.split(" ") });
});

test.each<[string, number | undefined]>([
  ["90", 90_000],
  ["1.5s", 1500],
  ["15m", 900_000],
  ["2h", 7_200_000],
  ["0", undefined],
  ["soon", undefined],
  ["-3s", undefined],
])("a duration of %s", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each<[string, boolean]>([
  ["2026-01-31", true],
  ["2026-01-31T10:00:00Z", true],
  ["2026-13-01", false],
  ["yesterday", false],
])("%s as a date", (text, isOne) => {
  expect(isDate(text)).toBe(isOne);
});
