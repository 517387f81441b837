import type { JsonSchema, SchemaMessage } from "@tapline/protocol";
import { expect, test } from "vitest";
import { settings } from "../../test/memory-target.ts";
import { flattenStream } from "./flattened-stream.ts";

const options = { maxDepth: 1, separator: "__", maxKeyLength: 255 };
const integer: JsonSchema = { type: "integer" };
const object = (properties: Record<string, JsonSchema>): JsonSchema => ({ type: "object", properties });
const message = (properties: Record<string, JsonSchema>, keys: string[] = []): SchemaMessage => ({
  type: "SCHEMA",
  stream: "s",
  schema: object(properties),
  key_properties: keys,
});

test("keys may be given by their columns, or as properties with one column", () => {
  const nested = { id: integer, a: object({ b: integer }) };
  expect(flattenStream(message(nested, ["id", "a__b"]), options, settings()).message.key_properties).toEqual(["id", "a__b"]);
  expect(flattenStream(message(nested, ["a"]), options, settings()).message.key_properties).toEqual(["a__b"]);
});

test("a key that is an object of several columns is an error that names them", () => {
  const several = message({ a: object({ b: integer, c: integer }) }, ["a"]);
  expect(() => flattenStream(several, options, settings())).toThrow(
    expect.objectContaining({ code: "flattened_key", message: expect.stringContaining("a__b, a__c"), position: { stream: "s" } }),
  );
});

test("columns that collide are an error of their stream, and so is the name of a metadata column", () => {
  const same = message({ a__b: integer, a: object({ b: integer }) });
  expect(() => flattenStream(same, options, settings())).toThrow(
    expect.objectContaining({ code: "flattened_columns_collide", position: { stream: "s" } }),
  );
  const metadata = message({ _sdc: object({ sequence: integer }) });
  const short = { ...options, separator: "_" };
  expect(() => flattenStream(metadata, short, settings({ add_record_metadata: true }))).toThrow(
    expect.objectContaining({ code: "flattened_columns_collide" }),
  );
  expect(flattenStream(metadata, short, settings({ add_record_metadata: false })).message.schema).toEqual(
    object({ _sdc_sequence: integer }),
  );
});

test("what the catalog deselects stays whole, so that it can be left out", () => {
  const nested = { a: object({ b: integer }), c: object({ d: integer }) };
  const config = { ...settings(), deselected: { s: ["a"] } };
  expect(Object.keys(flattenStream(message(nested), options, config).message.schema.properties ?? {})).toEqual(["a", "c__d"]);
});

test("a stream that is flat needs no flattening", () => {
  const flat = message({ id: integer, any: {}, list: { type: "array" } });
  expect(flattenStream(flat, options, settings())).toEqual({ flattening: undefined, message: flat });
});
