import type { ReportedAbout } from "@tapline/protocol";
import { expect, test } from "vitest";
import type { Plugin } from "../model/plugin.ts";
import { settingProblems, valueProblems, withSetting } from "./setting-problems.ts";

function problems(config: Record<string, unknown>, settings?: NonNullable<ReportedAbout["settings"]>): Promise<string[]> {
  const plugin: Plugin = {
    name: "tap-x",
    base: "tap-x",
    kind: "tap",
    entry: {},
    config,
    env: {},
    usedVariables: new Map(),
    fetched: [],
    positionOf: () => ({}),
    positionOfRule: () => ({}),
  };
  return settingProblems({ plugin, about: settings === undefined ? null : { settings } });
}

test("settings are checked against the schema the plugin prints, without showing a value", async () => {
  const schema = { $schema: "http://json-schema.org/draft-07/schema#", required: ["url"], properties: { port: { type: "integer" } } };
  expect(await problems({ port: "sesame" }, schema)).toEqual(["url is missing", "port must be a whole number, but is text"]);
  expect(await problems({ port: 1, url: "x" }, schema)).toEqual([]);
});

test("a schema that is none, or not reported, reports nothing", async () => {
  expect(await problems({ a: 1 }, { type: "no-such-type" })).toEqual([]);
  expect(await problems({ a: 1 })).toEqual([]);
});

const settings = {
  type: "object",
  required: ["url"],
  properties: {
    url: { type: "string" },
    port: { type: "integer", minimum: 1 },
    mode: { anyOf: [{ const: "append" }, { const: "upsert" }] },
    level: { type: "string", enum: ["low", "high"] },
    code: { type: "string", pattern: "^[A-Z]+$" },
    password: { type: "integer" },
    path: { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] },
    files: { type: "array", items: { type: "object", properties: { keys: { type: "array", items: { type: "string" } } } } },
  },
};

test.each<[string, unknown, string[]]>([
  ["port", "abc", ['port must be a whole number, but "abc" was given']],
  ["port", 0, ["port must be >= 1, but 0 was given"]],
  ["mode", "upsrt", ['mode must be append or upsert, but "upsrt" was given; did you mean upsert?']],
  ["level", "hihg", ['level must be low or high, but "hihg" was given; did you mean high?']],
  ["code", "ab", ['code must match ^[A-Z]+$, but "ab" was given']],
  ["password", "sesame", ["password must be a whole number, but is text"]],
  ["path", 7, ["path must be text or a list, but 7 was given"]],
  ["path", ["a", 7], ["path.1 must be text, but 7 was given"]],
  ["files.0.keys", "id", ['files.0.keys must be a list, but "id" was given']],
  ["port", "$PORT", []],
  ["port", { $file: "port.txt" }, []],
  ["other", { any: 1 }, []],
])("%s = %j: only what was set is checked, and shown unless it is secret", async (name, value, wanted) => {
  const path = name.split(".");
  const config = withSetting({ port: "wrong too", files: [{}] }, path, value) as Record<string, unknown>;
  expect(await valueProblems({ settings }, config, path)).toEqual(wanted);
});
