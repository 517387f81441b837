import { expect, test } from "vitest";
import { requestIn, splitStreamFlags } from "./run-arguments.ts";

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

test("a request stands in place of words and flags", () => {
  expect(requestIn(["shop", "--json"])).toBeUndefined();
  expect(requestIn(["--request", "-", "--json"])).toEqual({ path: "-", json: true, quiet: false });
  expect(() => requestIn(["shop", "--request", "file"])).toThrow(/shop can't be given/);
  expect(() => requestIn(["--request"])).toThrow(/needs a file/);
});
