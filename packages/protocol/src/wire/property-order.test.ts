import fc from "fast-check";
import { expect, test } from "vitest";
import { readCatalog } from "./catalog.ts";
import { Decoder } from "./decode.ts";
import { encodeMessage } from "./encode.ts";
import { parseExact } from "./json.ts";
import type { JsonSchema, SchemaMessage } from "./message.ts";
import { orderedObject, parseOrdered, propertyNames, stringifyOrdered } from "./property-order.ts";
import { resolveSchema } from "./resolve-schema.ts";

const names = ["Product", "2025", "2024", "id", "0", "007"];
const properties = `{${names.map((name) => `"${name}":{"type":"integer"}`)}}`;
const schemaText = `{"type":"object","properties":${properties},"required":["2024"]}`;

const decoded = (text: string): SchemaMessage => [...new Decoder().push(Buffer.from(text))][0] as SchemaMessage;

test("a SCHEMA keeps the order of names that look like integers, from line to line", () => {
  const line = `{"type":"SCHEMA","stream":"s","schema":${schemaText},"key_properties":["id"]}\n`;
  const message = decoded(line);
  expect(propertyNames(message.schema)).toEqual(names);
  expect(encodeMessage(message)).toBe(line);
});

test("resolving a schema keeps the order; properties beside a $ref come after those it leads to", () => {
  const text = `{"$ref":"#/definitions/a","properties":{"b":{},"1":{}},"definitions":{"a":{"properties":{"x":{},"3":{},"2":{}}}}}`;
  expect(propertyNames(resolveSchema(parseOrdered(text) as JsonSchema).schema)).toEqual(["x", "3", "2", "b", "1"]);
  expect(propertyNames(resolveSchema(parseOrdered(schemaText) as JsonSchema).schema)).toEqual(names);
});

test("a catalog keeps the order when it is read and written again", () => {
  const text = `{"streams":[{"tap_stream_id":"s","schema":${schemaText}}]}`;
  const catalog = readCatalog(parseOrdered(text));
  expect(catalog.streams.map(({ schema }) => propertyNames(schema))).toEqual([names]);
  expect(JSON.parse(stringifyOrdered(catalog, 2))).toEqual(JSON.parse(JSON.stringify(catalog)));
  expect(stringifyOrdered(catalog)).toContain(properties);
});

test("an object that is spread keeps its order, and names added to it come last", () => {
  const schema: JsonSchema = { properties: { ...orderedObject(names.map((name) => [name, {}])), more: {} } };
  expect(propertyNames(schema)).toEqual([...names, "more"]);
  const { id: _, ...fewer } = schema.properties ?? {};
  expect(propertyNames({ properties: fewer })).toEqual(["Product", "2025", "2024", "0", "007", "more"]);
});

test("for other keys they equal JSON.parse and JSON.stringify", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value = parseOrdered(text);
      expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text)));
      expect(JSON.parse(stringifyOrdered(value))).toEqual(JSON.parse(text));
    }),
  );
  const odd = '{"2":"\\"1\\":","1" : {"__proto__":1,"a":"x\\""}}';
  expect(JSON.stringify(parseOrdered(odd))).toBe(JSON.stringify(JSON.parse(odd)));
  expect(stringifyOrdered(parseOrdered('{"2":1.10,"1":12345678901234567890}', parseExact))).toBe('{"2":1.1,"1":12345678901234567890}');
});

test("any order of any names comes back", () => {
  const name = fc.oneof(fc.nat({ max: 12 }).map(String), fc.string({ unit: "grapheme", maxLength: 3 }));
  fc.assert(
    fc.property(fc.uniqueArray(name), (list) => {
      const text = `{${list.map((key) => `${JSON.stringify(key)}:1`)}}`;
      expect(stringifyOrdered(parseOrdered(text))).toBe(text);
    }),
  );
});
