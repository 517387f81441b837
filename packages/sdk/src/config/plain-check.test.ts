import { Type } from "@tapline/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { newAjv } from "../ajv.ts";
import { isPlainlyValid } from "./plain-check.ts";

const schema = Type.Object({
  name: Type.String({ minLength: 1 }),
  files: Type.Optional(
    Type.Array(
      Type.Object({
        path: Type.Union([Type.String({ minLength: 2 }), Type.Array(Type.String(), { minItems: 1 })]),
        keys: Type.Array(Type.String(), { default: [] }),
        columns: Type.Record(
          Type.String(),
          Type.Object({ type: Type.Literal("date"), scale: Type.Optional(Type.Integer({ minimum: 0 })) }),
          {
            default: {},
          },
        ),
        match: Type.Optional(Type.Object({ a: Type.Optional(Type.String()) }, { minProperties: 1 })),
        quote: Type.Optional(Type.Unsafe<string | null>({ type: ["string", "null"], maxLength: 2 })),
      }),
    ),
  ),
  mode: Type.Union([Type.Literal("a"), Type.Literal("b")], { default: "a" }),
  size: Type.Integer({ default: 5, maximum: 10 }),
});

const word = fc.constantFrom("", "x", "ab", "😀", "date");
const file = fc.record(
  {
    path: fc.oneof(word, fc.array(word), fc.constant(null)),
    keys: fc.oneof(fc.array(word), fc.constant(1)),
    columns: fc.dictionary(word, fc.record({ type: word, scale: fc.integer({ min: -1, max: 2 }) }, { requiredKeys: [] })),
    match: fc.record({ a: word }, { requiredKeys: [] }),
    quote: fc.oneof(word, fc.constant(null)),
  },
  { requiredKeys: [] },
);
const config = fc.record(
  {
    name: fc.oneof(word, fc.constant(5)),
    files: fc.array(file, { maxLength: 2 }),
    mode: word,
    size: fc.oneof(fc.integer({ max: 12 }), fc.double({ noDefaultInfinity: true, noNaN: true }), word),
  },
  { requiredKeys: [] },
);

test("it accepts and fills in the same as Ajv", () => {
  const validate = newAjv({ allErrors: true, useDefaults: true, logger: false }).compile(schema);
  fc.assert(
    fc.property(config, (given) => {
      const [ours, theirs] = [structuredClone(given), structuredClone(given)];
      const isValid = validate(theirs);
      expect(isPlainlyValid(schema, ours)).toBe(isValid);
      if (isValid) expect(ours).toEqual(theirs);
    }),
    { numRuns: 2000 },
  );
});

test("what it does not understand is left to Ajv", () => {
  expect(isPlainlyValid({ type: "string", pattern: "^a" }, "a")).toBe(false);
  expect(isPlainlyValid({ $ref: "#/x" }, "a")).toBe(false);
});
