import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonSchema } from "./message.ts";
import { resolveSchema } from "./resolve-schema.ts";

const text: JsonSchema = { type: "string" };
const resolved = (schema: unknown) => resolveSchema(schema as JsonSchema);

describe("references into the document", () => {
  test.each<[string, unknown, unknown]>([
    ["definitions", { definitions: { X: text }, properties: { a: { $ref: "#/definitions/X" } } }, { properties: { a: text } }],
    ["$defs", { $defs: { X: text }, items: { $ref: "#/$defs/X" } }, { items: text }],
    ["a property of another place", { properties: { a: text, b: { $ref: "#/properties/a" } } }, { properties: { a: text, b: text } }],
    [
      "one that leads to another",
      { definitions: { X: { $ref: "#/definitions/Y" }, Y: text }, anyOf: [{ $ref: "#/definitions/X" }, { type: "null" }] },
      { anyOf: [text, { type: "null" }] },
    ],
    [
      "escaped names, and parts of a list",
      { definitions: { "a/b~c d": { oneOf: [text] } }, additionalProperties: { $ref: "#/definitions/a~1b~0c%20d/oneOf/0" } },
      { additionalProperties: text },
    ],
    ["the whole stream", { definitions: { X: { properties: { a: text } } }, $ref: "#/definitions/X" }, { properties: { a: text } }],
    [
      "lists of items, deep down",
      { definitions: { X: text }, properties: { a: { items: [{ items: { $ref: "#/definitions/X" } }] } } },
      { properties: { a: { items: [{ items: text }] } } },
    ],
  ])("%s", (_, schema, expected) => {
    expect(resolved(schema)).toEqual({ schema: expected, ignored: [] });
  });

  test("keywords beside a $ref override it, property by property", () => {
    const definitions = { X: { type: "object", title: "x", properties: { a: text, b: text }, required: ["a"] } };
    const schema = { definitions, $ref: "#/definitions/X", title: "mine", properties: { b: { type: "integer" } }, required: ["b"] };
    expect(resolved(schema).schema).toEqual({
      type: "object",
      title: "mine",
      properties: { a: text, b: { type: "integer" } },
      required: ["a", "b"],
    });
  });

  test("a schema that refers to itself allows anything there", () => {
    const definitions = { node: { type: "object", properties: { name: text, next: { $ref: "#/definitions/node" } } } };
    expect(resolved({ definitions, properties: { tree: { $ref: "#/definitions/node" }, all: { $ref: "#" } } })).toEqual({
      schema: { properties: { tree: { type: "object", properties: { name: text, next: {} } }, all: {} } },
      ignored: [],
    });
    expect(resolved({ $ref: "#" })).toEqual({ schema: {}, ignored: [] });
  });

  test("schemas are nested up to a limit", () => {
    let deep: JsonSchema = text;
    for (let level = 0; level < 400; level++) deep = { type: "array", items: deep };
    let levels = 0;
    for (let at = resolved(deep).schema; at.items !== undefined; at = at.items as JsonSchema) levels++;
    expect(levels).toBe(50);
  });

  test.each([
    "https://example.com/x.json",
    "other.json#/definitions/X",
    "#anchor",
    "#/definitions/none",
    "#/definitions/%",
    "",
    7,
    "#/definitions/X/type",
  ])("%j is not followed, and listed", (reference) => {
    const schema = { definitions: { X: text }, properties: { "a/b": { title: "t", $ref: reference } } };
    expect(resolved(schema)).toEqual({
      schema: { properties: { "a/b": { title: "t" } } },
      ignored: [{ keyword: "$ref", value: reference, at: "/properties/a~1b" }],
    });
  });

  test("names that objects inherit are names like any other", () => {
    const schema = JSON.parse(
      '{"definitions":{"__proto__":{"type":"string"}},"properties":{"__proto__":{"$ref":"#/definitions/__proto__"},"x":{"$ref":"#/definitions/constructor"},"$ref":{"type":"integer"}}}',
    );
    const { schema: got, ignored } = resolved(schema);
    expect(JSON.stringify(got)).toBe('{"properties":{"__proto__":{"type":"string"},"x":{},"$ref":{"type":"integer"}}}');
    expect(ignored).toEqual([{ keyword: "$ref", value: "#/definitions/constructor", at: "/properties/x" }]);
  });

  test("references that double at each step are an error at once", () => {
    const definitions: Record<string, JsonSchema> = { x0: text };
    for (let step = 1; step < 40; step++) {
      const next = { $ref: `#/definitions/x${step - 1}` };
      definitions[`x${step}`] = { properties: { a: next, b: next } };
    }
    const started = performance.now();
    expect(() => resolveSchema({ definitions, $ref: "#/definitions/x39" }, { stream: "s" })).toThrow(
      expect.objectContaining({ code: "schema_too_large", class: "protocol", position: { stream: "s" } }),
    );
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("allOf", () => {
  test.each<[string, unknown, unknown]>([
    [
      "with one part that restricts values is that part",
      { description: "outer", allOf: [{ $ref: "#/definitions/X" }, { description: "inner", default: "" }], definitions: { X: text } },
      { type: "string", description: "outer", default: "" },
    ],
    ["of descriptions alone", { type: "string", allOf: [{ title: "t" }] }, { type: "string", title: "t" }],
    ["with two such parts stays", { allOf: [text, { maxLength: 5 }] }, { allOf: [text, { maxLength: 5 }] }],
    ["beside a type stays", { type: ["null", "string"], allOf: [text] }, { type: ["null", "string"], allOf: [text] }],
  ])("%s", (_, schema, expected) => {
    expect(resolved(schema).schema).toEqual(expected);
  });
});

describe("keywords with values of the wrong form", () => {
  test.each<[string, unknown]>([
    ["type", 5],
    ["type", "date"],
    ["type", []],
    ["properties", []],
    ["required", "a"],
    ["required", true],
    ["minimum", "x"],
    ["maxLength", -1],
    ["multipleOf", 0],
    ["multipleOf", "0.01"],
    ["enum", []],
    ["anyOf", {}],
    ["items", "string"],
    ["format", 7],
  ])("%s: %j is left out and listed", (keyword, value) => {
    expect(resolved({ title: "t", [keyword]: value })).toEqual({ schema: { title: "t" }, ignored: [{ keyword, value, at: "" }] });
  });

  test("null counts as absent, and a value that is no schema allows anything", () => {
    expect(resolved({ type: "object", maxLength: null, format: null })).toEqual({ schema: { type: "object" }, ignored: [] });
    expect(resolved({ properties: { a: "string", b: true, c: null } })).toEqual({
      schema: { properties: { a: {}, b: {}, c: {} } },
      ignored: [
        { keyword: "properties", value: "string", at: "/properties/a" },
        { keyword: "properties", value: null, at: "/properties/c" },
      ],
    });
  });

  test("a schema of the right form stays as it is", () => {
    const schema = {
      type: ["null", "object"],
      properties: { a: { type: "number", minimum: 0, exclusiveMinimum: true, multipleOf: 0.01 }, b: { enum: [1, null], const: null } },
      additionalProperties: false,
      "x-own": { $ref: "#/definitions/none" },
    };
    expect(resolved(schema)).toEqual({ schema, ignored: [] });
  });
});

test("any JSON as a schema: no throw, no $ref left to follow, and again changes nothing", () => {
  const keywords = [
    "$ref",
    "definitions",
    "$defs",
    "properties",
    "items",
    "anyOf",
    "oneOf",
    "allOf",
    "additionalProperties",
    "type",
    "required",
    "__proto__",
  ];
  const { schema: any } = fc.letrec<{ schema: unknown }>((tie) => ({
    schema: fc.oneof(
      { depthSize: "small" },
      fc.jsonValue(),
      fc.constantFrom("#", "#/definitions", "#/definitions/a", "#/properties/a", "string", ["a"]),
      fc.dictionary(fc.constantFrom(...keywords, "a", "b"), tie("schema"), { noNullPrototype: true }),
      fc.array(tie("schema"), { maxLength: 3 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keywords), any), (document) => {
      const { schema } = resolved(JSON.parse(JSON.stringify(document)));
      expect(resolved(schema)).toEqual({ schema, ignored: [] });
    }),
    { numRuns: 1000 },
  );
});
