import type { ReportedAbout } from "@tapline/protocol";
import { expect, test } from "vitest";
import type { Plugin } from "../model/plugin.ts";
import { settingProblems } from "./test-plugin.ts";

function problems(config: Record<string, unknown>, settings?: NonNullable<ReportedAbout["settings"]>): Promise<string[]> {
  const plugin: Plugin = { name: "tap-x", base: "tap-x", kind: "tap", entry: {}, config, env: {}, usedVariables: new Map(), fetched: [] };
  return settingProblems({ plugin, about: settings === undefined ? null : { settings } });
}

test("settings are checked against the schema the plugin prints, without showing a value", async () => {
  const schema = { $schema: "http://json-schema.org/draft-07/schema#", required: ["url"], properties: { port: { type: "integer" } } };
  expect(await problems({ port: "sesame" }, schema)).toEqual(["config must have required property 'url'", "port must be integer"]);
  expect(await problems({ port: 1, url: "x" }, schema)).toEqual([]);
});

test("a schema that is none, or not reported, reports nothing", async () => {
  expect(await problems({ a: 1 }, { type: "no-such-type" })).toEqual([]);
  expect(await problems({ a: 1 })).toEqual([]);
});
