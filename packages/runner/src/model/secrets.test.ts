import type { ReportedAbout } from "@tapline/protocol";
import { expect, test } from "vitest";
import { createRedactor } from "./secrets.ts";

function redact(
  text: string,
  config: Record<string, unknown>,
  about: ReportedAbout | null = null,
  variables: [string, string][] = [],
): string {
  const plugin = {
    name: "tap-x",
    base: "tap-x",
    kind: undefined,
    entry: {},
    config,
    env: {},
    usedVariables: new Map(variables),
    fetched: [],
    positionOf: () => ({}),
    positionOfRule: () => ({}),
  };
  return createRedactor([{ plugin, about }])(text);
}

test.each<[string, Record<string, unknown>]>([
  ["a setting with a secret's name", { api_key: "sesame" }],
  ["one deep inside", { logins: [{ auth: { refresh_token: "sesame" } }] }],
  ["everything below such a name", { credentials: { a: { b: ["sesame"] } } }],
  ["a password in a URL", { url: "postgres://me:sesame@host/db" }],
])("%s is taken out", (_name, config) => {
  expect(redact("it is sesame.", config)).toBe("it is ***.");
});

test("what --about marks as secret is taken out", () => {
  expect(redact("sesame", { word: "sesame" }, { settings: { properties: { word: { secret: true } } } })).toBe("***");
});

test("a variable with a secret's name is taken out wherever it went", () => {
  expect(redact("sesame", { note: "sesame" }, null, [["MY_SECRET", "sesame"]])).toBe("***");
});

test("spellings in JSON and URLs are found too", () => {
  expect(redact('a\\"b/c a%22b%2Fc', { password: 'a"b/c' })).toBe("*** ***");
});

test("URLs that nobody configured lose their password", () => {
  expect(redact("see mysql://u:pw@h/", {})).toBe("see mysql://u:***@h/");
});

test("other settings and very short values stay", () => {
  expect(redact("path a.csv, pin 1", { path: "a.csv", password: "1" })).toBe("path a.csv, pin 1");
});
