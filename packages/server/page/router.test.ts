import { expect, test } from "vitest";
import { jobPath, logPath, routeOf, runPath, statePath, streamPath } from "./router.ts";

test.each([
  ["/", "pipelines", []],
  ["/runs/", "runs", []],
  [runPath("20260131T101500Z-1a2b3c4d"), "run", ["20260131T101500Z-1a2b3c4d"]],
  [logPath("20260131T101500Z-1a2b3c4d"), "log", ["20260131T101500Z-1a2b3c4d"]],
  [jobPath("a/b ä"), "pipeline", ["a/b ä"]],
  [streamPath("shop", "public.orders"), "stream", ["shop", "public.orders"]],
  [statePath("dev:tap-csv-to-target-duckdb"), "state", ["dev:tap-csv-to-target-duckdb"]],
  ["/nothing", "missing", []],
  ["/runs/%", "missing", []],
  ["/jobs", "missing", []],
])("%s shows %s", (path, view, names) => expect(routeOf(path)).toEqual({ view, names }));

test("no path of a view looks like a file", () => {
  expect(streamPath("shop", "public.orders")).not.toContain(".");
});
