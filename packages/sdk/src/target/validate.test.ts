import { type JsonSchema, parseExact, type Row, resolveSchema, TaplineError } from "@tapline/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Problem, recordValidator, rowValidator } from "./validate.ts";

/** A row and its schema as JSON text, looked at as the SDK does: with exact numbers only where the row's text has some. */
function problem(schema: string, row: string): Problem | undefined {
  const resolved = resolveSchema(parseExact(schema) as JsonSchema).schema;
  const plain = JSON.parse(row) as Row;
  const exact = parseExact(row) as Row;
  return rowValidator(resolved)(exact, JSON.stringify(plain) !== JSON.stringify(exact));
}

const ofColumn = (schema: string, value: string): Problem | undefined => problem(`{"properties":{"v":${schema}}}`, `{"v":${value}}`);

describe("multipleOf uses the digits", () => {
  test.each([
    [
      "0.01",
      "0.07 1.1 123456789.25 0 -0.29 1e3 4.35 1125899906842624.25 1234567890123456789012345678901234567890.01 1e400",
      "0.071 1e-3 1234567890123456789012345678901234567890.011 1e-400",
    ],
    ["0.25", "0.25 -7.75 3 1e21 1e15 12345678901234567890.75", "0.2 0.1 3.3 12345678901234567890.7 1125899906842624.2"],
    ["5", "0 5 -10 1e21 12345678901234567890", "1 2.5 5.5 12345678901234567891 1e-5"],
    ["100", "100 -4e2 12345678901234567800 1e300", "50 101 12345678901234567850"],
    ["1e-7", "1e-7 0.0000003 5 123.4567891", "1e-8 0.00000031"],
    ["1e21", "0 1e21 3e21 2e400", "1 5e20 1500000000000000000000"],
    ["3", "3 9007199254740993 9007199254740990 3e22", "1 9007199254740992 1e21"],
    ["0.00000000000000000000000000000001", "1 0.5 0.12345678901234567890123456789012", "0.123456789012345678901234567890123"],
    ["1.10", "2.2 -3.3 11", "1 2.21"],
  ])("%s", (step, fit, misfit) => {
    for (const value of fit.split(" ")) expect([value, ofColumn(`{"multipleOf":${step}}`, value)]).toEqual([value, undefined]);
    for (const value of misfit.split(" ")) {
      expect(ofColumn(`{"multipleOf":${step}}`, value)?.problem).toBe(`v must be a multiple of ${Number(step)}`);
    }
  });

  test("at any depth, and never of what is no number", () => {
    expect(ofColumn('{"items":{"anyOf":[{"type":"null"},{"multipleOf":0.1}]}}', '[0.3,null,"x",0.7]')).toBeUndefined();
    expect(ofColumn('{"items":{"anyOf":[{"type":"null"},{"multipleOf":0.1}]}}', "[0.3,0.35]")).toMatchObject({
      column: "v",
      value: "the number 0.35",
    });
  });
});

describe("what is wrong is reported", () => {
  test.each<[string, string, Problem]>([
    ['{"type":"integer"}', '"x"', { column: "v", problem: "v must be integer", value: 'the string "x"' }],
    ['{"type":["null","integer"]}', "1.5", { column: "v", problem: "v must be null or integer", value: "the number 1.5" }],
    [
      '{"type":"integer"}',
      "12345678901234567890.5",
      { column: "v", problem: "v must be integer", value: "the number 12345678901234567890.5" },
    ],
    ['{"type":"object"}', "12345678901234567890", { column: "v", problem: "v must be object", value: "the number 12345678901234567890" }],
    [
      '{"maximum":9007199254740992}',
      "9007199254740993",
      { column: "v", problem: "v must be <= 9007199254740992", value: "the number 9007199254740993" },
    ],
    [
      '{"maximum":9223372036854775807}',
      "9223372036854775808",
      { column: "v", problem: "v must be <= 9223372036854775807", value: "the number 9223372036854775808" },
    ],
    ['{"minimum":5,"exclusiveMinimum":true}', "5", { column: "v", problem: "v must be > 5", value: "the number 5" }],
    ['{"maximum":5,"exclusiveMaximum":true}', "5", { column: "v", problem: "v must be < 5", value: "the number 5" }],
    [
      '{"enum":[12345678901234567890]}',
      "12345678901234567891",
      { column: "v", problem: "v must be equal to one of the allowed values", value: "the number 12345678901234567891" },
    ],
    ['{"const":0.10}', "0.2", { column: "v", problem: "v must be equal to the one allowed value", value: "the number 0.2" }],
    [
      '{"maxLength":2}',
      '"\u{1f600}\u{1f600}\u{1f600}"',
      { column: "v", problem: "v must have 2 characters or less", value: 'the string "😀😀😀"' },
    ],
    ['{"anyOf":[{"type":"null"},{"type":"string"}]}', "5", { column: "v", problem: "v must be null or string", value: "the number 5" }],
    [
      '{"anyOf":[{"type":"null"},{"type":"string","minLength":3}]}',
      '"ab"',
      { column: "v", problem: "v must have 3 characters or more", value: 'the string "ab"' },
    ],
    [
      '{"oneOf":[{"type":"integer"},{"type":"number"}]}',
      "5",
      { column: "v", problem: "v must fit exactly one schema of oneOf, and fits 2", value: "the number 5" },
    ],
    [
      '{"properties":{"a":{"items":{"type":"string"}}}}',
      '{"a":["x",{}]}',
      { column: "v", problem: "v.a.1 must be string", value: "an object" },
    ],
    ['{"required":["a"]}', "{}", { column: "v", problem: 'v must have the property "a"', value: "missing" }],
    [
      '{"properties":{"a":{}},"additionalProperties":false}',
      '{"a":1,"b":2}',
      { column: "v", problem: "v.b must not be there, for additionalProperties is false", value: "the number 2" },
    ],
  ])("%s: %s", (schema, value, expected) => {
    expect(ofColumn(schema, value)).toEqual(expected);
  });

  test("of the row itself", () => {
    expect(problem('{"required":["a"]}', "{}")).toEqual({ column: "a", problem: 'it must have the property "a"', value: "missing" });
  });
});

describe("what fits", () => {
  test.each([
    ['{"minimum":-9223372036854775808,"maximum":9223372036854775807}', "9223372036854775807"],
    ['{"minimum":-9223372036854775808,"maximum":9223372036854775807}', "-9223372036854775808"],
    ['{"minimum":-9223372036854775808,"maximum":9223372036854775807}', "5"],
    ['{"maximum":9223372036854775807}', "9223372036854774784"],
    ['{"enum":[12345678901234567890,{"a":[1]}]}', "12345678901234567890"],
    ['{"enum":[{"a":[1],"valueOf":1}]}', '{"valueOf":1.0,"a":[1]}'],
    ['{"type":"integer"}', "12345678901234567890.000"],
    ['{"maxLength":2}', '"\u{1f600}\u{1f600}"'],
    ['{"pattern":"^x$","format":"date-time","type":"string"}', '"no x"'],
    ['{"patternProperties":{"^x":{}},"additionalProperties":false}', '{"x1":1}'],
    ['{"properties":{"constructor":{"type":"integer"},"__proto__":{"type":"integer"}},"additionalProperties":false}', '{"__proto__":1}'],
  ])("%s: %s", (schema, value) => {
    expect(ofColumn(schema, value)).toBeUndefined();
  });

  test("names that objects inherit must be there when they are required, and are looked at", () => {
    expect(problem('{"required":["toString"]}', "{}")).toMatchObject({ column: "toString" });
    expect(problem('{"properties":{"__proto__":{"type":"integer"}}}', '{"__proto__":"x"}')).toMatchObject({ column: "__proto__" });
  });
});

test("any JSON as a schema, any JSON as a row: a verdict or an error with a code", () => {
  const keywords =
    "type enum const required minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems properties items additionalProperties anyOf oneOf allOf $ref definitions nullable pattern format $id id $schema $anchor discriminator if then not dependencies __proto__".split(
      " ",
    );
  const { schema } = fc.letrec<{ schema: unknown }>((tie) => ({
    schema: fc.oneof(
      { depthSize: "small" },
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom("string", "integer", "object", ["null", "number"], 5, 0.01, -1, true, "#/properties/a", "#", ["a"]),
      fc.dictionary(fc.constantFrom(...keywords, "a", "constructor"), tie("schema"), { noNullPrototype: true, maxKeys: 6 }),
      fc.array(tie("schema"), { maxLength: 3 }),
    ),
  }));
  const row = fc.dictionary(fc.constantFrom("a", "b", "constructor", "valueOf"), fc.jsonValue(), { noNullPrototype: true });
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keywords), schema, { noNullPrototype: true }), row, (anySchema, anyRow) => {
      try {
        problem(JSON.stringify(anySchema), JSON.stringify(anyRow));
      } catch (error) {
        expect(error).toBeInstanceOf(TaplineError);
      }
    }),
    { numRuns: 1500 },
  );
});

test("a row of 3,000 properties is checked, each of them and those that are required", () => {
  const names = Array.from({ length: 3000 }, (_, at) => `c${at}`);
  const properties = Object.fromEntries(names.map((name) => [name, { type: "integer" }]));
  const row = Object.fromEntries(names.map((name, at) => [name, at]));
  for (const rest of [{}, { additionalProperties: false }]) {
    const validate = rowValidator({ properties, required: ["c2999"], ...rest });
    expect(validate(row, false)).toBeUndefined();
    expect(validate({ ...row, c1500: "x" }, false)).toMatchObject({ column: "c1500" });
    expect(validate({ ...row, c2999: undefined }, false)).toMatchObject({ column: "c2999" });
  }
});

test("a record that deletes needs its keys alone, and may have null elsewhere; what it has must fit", () => {
  const properties = { id: { type: "integer" }, v: { type: "string" } };
  const validate = recordValidator({ properties, required: ["id", "v"], additionalProperties: false });
  expect(validate({ id: 1 }, false)).toMatchObject({ column: "v" });
  expect(validate({ id: 1, v: null }, false)).toMatchObject({ column: "v" });
  expect(validate({ id: 1, v: "a", _sdc_deleted_at: null }, false)).toMatchObject({ column: "_sdc_deleted_at" });
  for (const row of [{ id: 1 }, { id: 1, v: null }, { id: 1, v: "a" }])
    expect(validate({ ...row, _sdc_deleted_at: "2026-01-02T03:04:05Z" }, false)).toBeUndefined();
  expect(validate({ id: "x", _sdc_deleted_at: "2026-01-02T03:04:05Z" }, false)).toMatchObject({ column: "id" });
});
