import { expect, test } from "vitest";
import { readSettingValue, settingAt } from "./setting-value.ts";

test.each<[string, unknown, unknown]>([
  ["5", undefined, 5],
  ["true", undefined, true],
  ['{"a": [1]}', undefined, { a: [1] }],
  ["2026-01-05", undefined, "2026-01-05"],
  ["0123", undefined, "0123"],
  ["$PASSWORD", undefined, "$PASSWORD"],
  ["5", "string", "5"],
  ["[sku, name]", "array", ["sku", "name"]],
  ["{ a: [1] }", "object", { a: [1] }],
  ["[a-c].csv", "array", "[a-c].csv"],
  ["[a]", undefined, "[a]"],
  ["5", ["integer", "string", "null"], 5],
])("%s typed for a setting of type %j is %j", (typed, type, value) => {
  expect(readSettingValue(typed, type)).toEqual(value);
});

test("an integer past 2^53 keeps its digits", () => {
  expect(JSON.stringify(readSettingValue("12345678901234567891"))).toBe("12345678901234567891");
});

test("settings inside of others are found", () => {
  const path = { type: "string" };
  expect(settingAt({ properties: { files: { items: { properties: { path } } } } }, ["files", "0", "path"])).toBe(path);
  expect(settingAt(undefined, ["a"])).toBeUndefined();
});
