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
  ["none", [], true],
  ["one that knows the message", [["replace-source"]], true],
  ["one that does not", [["replace-source"], undefined], false],
])("a tap may replace a source through mappers: %s", (_name, mappers, may) => {
  const ready = (capabilities: string[] | undefined) => ({ about: capabilities && { capabilities }, plugin: { config: {} } });
  const parts = { mappers: mappers.map(ready), target: ready(["upserts", "replace-source"]) } as unknown as Step;
  expect(targetFactsOf(parts)).toEqual({ capabilities: may ? ["upserts", "replace-source"] : ["upserts"], load_method: null });
});

test.each<[object, string | null]>([
  [{}, null],
  [{ load_method: "append-only" }, "append-only"],
  [{ load_method: "append-only", replace_streams: ["orders"] }, "append-only"],
  [{ load_method: "append-only", replace_streams: ["*"] }, "overwrite"],
])("a tap is given the load method of %j as %j", (config, expected) => {
  expect(targetFactsOf({ mappers: [], target: step(config, undefined).target }).load_method).toBe(expected);
});
