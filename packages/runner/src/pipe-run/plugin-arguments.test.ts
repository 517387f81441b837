import { expect, test } from "vitest";
import type { Step } from "../model/step.ts";
import { graceOf, targetFactsOf } from "./plugin-arguments.ts";

const step = (config: object, properties: object | undefined): Step =>
  ({ target: { plugin: { config }, about: properties === undefined ? null : { settings: { properties } } } }) as unknown as Step;

const reported = { shutdown_timeout_ms: { default: 20_000 } };

test.each<[string, Step, number]>([
  ["its own setting and five seconds more", step({ shutdown_timeout_ms: 60_000 }, reported), 65_000],
  ["the setting's default", step({}, reported), 25_000],
  ["ten seconds where no default is reported", step({}, { shutdown_timeout_ms: {} }), 15_000],
  ["a fixed time for one without the setting", step({ shutdown_timeout_ms: 60_000 }, {}), 15_000],
  ["a stranger", step({}, undefined), 15_000],
])("a target may take so long to stop: %s", (_name, of, targetMs) => {
  expect(graceOf(of).targetMs).toBe(targetMs);
});

test.each([
  ["none", [], ["replace-source", "partial-records"]],
  ["one that knows both", [["partial-records", "replace-source"]], ["replace-source", "partial-records"]],
  ["one that knows one of them", [["replace-source"]], ["replace-source"]],
  ["one that knows neither", [["replace-source"], undefined], []],
])("through mappers, a tap may send what all of them know: %s", (_name, mappers, passed) => {
  const ready = (capabilities: string[] | undefined) => ({ about: capabilities && { capabilities }, plugin: { config: {} } });
  const target = ready(["upserts", "replace-source", "partial-records"]);
  const parts = { mappers: mappers.map(ready), target } as unknown as Step;
  expect(targetFactsOf(parts)).toEqual({ capabilities: ["upserts", ...passed], load_method: null });
});

test.each<[object, string | null]>([
  [{}, null],
  [{ load_method: "append-only" }, "append-only"],
  [{ load_method: "append-only", replace_streams: ["orders"] }, "append-only"],
  [{ load_method: "append-only", replace_streams: ["*"] }, "overwrite"],
])("a tap is given the load method of %j as %j", (config, expected) => {
  expect(targetFactsOf({ mappers: [], target: step(config, undefined).target }).load_method).toBe(expected);
});
