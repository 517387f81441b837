import { describe, expect, test } from "vitest";
import { writeEvent } from "./events.ts";
import { isSecretName, redactDeep, redactor, type SecretSchema, secretValues } from "./redaction.ts";

const secret: SecretSchema = { secret: true };

function clean(text: string, config: Record<string, unknown>, schema: SecretSchema = {}): string {
  return redactor(secretValues(config, schema))(text);
}

describe("what a schema marks as secret is replaced", () => {
  test.each<[string, Record<string, unknown>, SecretSchema]>([
    ["a setting", { word: "sesame" }, { properties: { word: secret } }],
    ["a setting of an object", { login: { word: "sesame" } }, { properties: { login: { properties: { word: secret } } } }],
    [
      "a setting of objects in a list",
      { hosts: [{ word: "sesame" }] },
      { properties: { hosts: { items: { properties: { word: secret } } } } },
    ],
    ["an item of a list", { words: ["sesame"] }, { properties: { words: { items: secret } } }],
    ["one item of a tuple", { words: ["open", "sesame"] }, { properties: { words: { items: [{}, secret] } } }],
    ["everything inside a secret object", { login: { a: [{ b: "sesame" }] } }, { properties: { login: secret } }],
    [
      "a setting of one of several forms",
      { login: { word: "sesame" } },
      { properties: { login: { anyOf: [{}, { properties: { word: secret } }] } } },
    ],
    [
      "values of names that the schema does not list",
      { headers: { x: "sesame" } },
      { properties: { headers: { additionalProperties: secret } } },
    ],
    ["values of names by a pattern", { headers: { x: "sesame" } }, { properties: { headers: { patternProperties: { "^.*$": secret } } } }],
  ])("%s", (_name, config, schema) => {
    expect(clean("open sesame!", config, schema)).toBe("open ***!");
  });

  test.each<[string, Record<string, unknown>, SecretSchema]>([
    ["a number", { pin: 90817 }, { properties: { pin: secret } }],
    ["a number deep inside", { login: { pins: [90817] } }, { properties: { login: { properties: { pins: { items: secret } } } } }],
  ])("%s", (_name, config, schema) => {
    expect(clean("pin 90817", config, schema)).toBe("pin ***");
  });
});

describe("what has a secret's name is replaced without a schema", () => {
  test.each<[string, Record<string, unknown>]>([
    ["a setting", { api_key: "sesame" }],
    ["one deep inside", { logins: [{ auth: { refresh_token: "sesame" } }] }],
    ["everything inside such a setting", { credentials: { a: { b: ["sesame"] } } }],
    ["a password in a URL", { url: "postgres://me:sesame@host/db" }],
  ])("%s", (_name, config) => {
    expect(clean("open sesame!", config)).toBe("open ***!");
  });
});

test("also as JSON and URLs spell it", () => {
  const password = 'p@ss"word';
  const text = `a ${password} b ${encodeURIComponent(password)} c ${JSON.stringify(password)}`;
  expect(clean(text, { password })).toBe('a *** b *** c "***"');
});

test("other settings and values under four characters stay", () => {
  expect(clean("path a.csv, pin 123", { path: "a.csv", pin: 123, password: "abc" }, { properties: { pin: secret } })).toBe(
    "path a.csv, pin 123",
  );
});

test("the longer one of two secrets is replaced whole", () => {
  expect(clean("sesame-street", { password: "sesame", secret: "sesame-street" })).toBe("***");
});

test("a URL that no config holds loses its password", () => {
  expect(clean("see mysql://u:pw@h/", {})).toBe("see mysql://u:***@h/");
});

test("a long text is searched in time that grows with its length", () => {
  const text = "a.".repeat(200_000);
  const started = performance.now();
  expect(clean(text, {})).toBe(text);
  expect(performance.now() - started).toBeLessThan(5000);
});

test("in a value, texts are replaced at any depth; numbers and names stay", () => {
  const redact = redactor(["1234", "name"]);
  expect(redactDeep({ name: ["a 1234", { n: 1234, more: null }] }, redact)).toEqual({ name: ["a ***", { n: 1234, more: null }] });
});

test("an event stays JSON of its form where a secret is a number or a word of the contract", () => {
  const line = writeEvent(
    { type: "counter", metric: "record_count", value: 1234, tags: { stream: "s" } },
    redactor(["1234", "counter", "record_count"]),
  );
  expect(JSON.parse(line)).toEqual({ type: "counter", metric: "record_count", value: 1234, tags: { stream: "s" } });
});

test("the path of a file with a secret is none, unless the schema says so", () => {
  for (const name of ["private_key_path", "PRIVATE_KEY_PATH", "password_file", "privateKeyPath", "SECRET_FILE"])
    expect(isSecretName(name)).toBe(false);
  for (const name of ["private_key", "secret_profile", "passwordprofile", "token", "API_KEY"]) expect(isSecretName(name)).toBe(true);
  const config = { private_key_path: "/keys/loader.p8", hidden_path: "/vault/one" };
  expect([...secretValues(config, { properties: { hidden_path: { secret: true } } })]).toEqual(["/vault/one"]);
});
