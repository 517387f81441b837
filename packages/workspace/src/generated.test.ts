import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { generatedFiles } from "./generated.ts";
import { root } from "./repository.ts";

const files = Object.entries(generatedFiles());

test.each(files)("%s is up to date (otherwise: npm run generate)", (path, text) => {
  expect(readFileSync(join(root, path), "utf8")).toBe(text);
});

test.each(files.filter(([path]) => path.endsWith(".schema.json")))("%s is a schema that compiles", (_, text) => {
  expect(new Ajv2020({ strict: false }).compile(JSON.parse(text))).toBeTypeOf("function");
});

test.each([
  ["singer-record-message", { type: "RECORD", stream: "a", record: { x: 1 }, extra: true }, true],
  ["singer-record-message", { type: "RECORD", record: {} }, false],
  ["singer-schema-message", { type: "SCHEMA", stream: "a", schema: {} }, true],
  ["singer-state-message", { type: "STATE" }, false],
  ["singer-catalog", { streams: [{ tap_stream_id: "a", schema: {}, metadata: [{ breadcrumb: [], metadata: { selected: true } }] }] }, true],
  ["singer-state", { bookmarks: { a: { replication_key: "x", replication_key_value: 1 } }, other: 1 }, true],
  ["tapline", { jobs: { a: ["tap-csv target-duckdb"] } }, true],
  ["tapline", { job: {} }, false],
  ["plugin-events", { type: "counter", metric: "record_count", value: 1, tags: { stream: "a" } }, true],
] as const)("%s takes %j: %s", (name, value, expected) => {
  const schema = JSON.parse(files.find(([path]) => path === `schemas/${name}.schema.json`)?.[1] as string);
  expect(new Ajv2020({ strict: false }).compile(schema)(value)).toBe(expected);
});
