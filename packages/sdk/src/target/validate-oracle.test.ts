/** The validator against a second one that shares nothing with it: slow, small, and with numbers as integers of one scale. */
import { type JsonSchema, parseExact, type Row, resolveSchema } from "@tapline/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { rowValidator } from "./validate.ts";

/** Value = integer / 10^scale. */
class Digits {
  readonly integer: bigint;
  readonly scale: number;
  constructor(integer: bigint, scale: number) {
    this.integer = integer;
    this.scale = scale;
  }
  get units(): bigint {
    return this.integer * 10n ** BigInt(6 - this.scale);
  }
  get text(): string {
    const digits = `${this.integer < 0n ? -this.integer : this.integer}`.padStart(this.scale + 1, "0");
    const sign = this.integer < 0n ? "-" : "";
    return this.scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -this.scale)}.${digits.slice(-this.scale)}`;
  }
}

type Value = null | boolean | string | Digits | Value[] | { [name: string]: Value };
type Schema = { [keyword: string]: unknown };

/** Numbers that meet: small ones, and some around the ends of doubles and 64 bits. */
const large = [2n ** 50n, 2n ** 53n, 2n ** 63n, 10n ** 25n];
const number = fc.oneof(
  fc.tuple(fc.bigInt({ min: -30n, max: 30n }), fc.nat(2)).map(([integer, scale]) => new Digits(integer, scale)),
  fc
    .tuple(fc.constantFrom(...large), fc.bigInt({ min: -2n, max: 2n }), fc.nat(2))
    .map(([near, by, scale]) => new Digits(near * 10n ** BigInt(scale) + by, scale)),
);
const step = fc.tuple(fc.constantFrom(1n, 2n, 3n, 5n, 25n), fc.nat(3)).map(([integer, scale]) => new Digits(integer, scale));
const names = ["a", "b", "constructor", "__proto__"];
const dictionary = <T>(of: fc.Arbitrary<T>) => fc.dictionary(fc.constantFrom(...names), of, { maxKeys: 3, noNullPrototype: true });
const text = fc.constantFrom("", "a", "ab", "\u{1f600}", "\u{1f600}é");

const { value, schema } = fc.letrec<{ value: Value; schema: Schema }>((tie) => {
  const few = { minLength: 1, maxLength: 2 };
  const types = fc.constantFrom("null", "boolean", "integer", "number", "string", "array", "object");
  const one = (keyword: string, of: fc.Arbitrary<unknown>): fc.Arbitrary<Schema> => of.map((value) => ({ [keyword]: value }));
  return {
    value: fc.oneof(
      { maxDepth: 2, depthIdentifier: "value" },
      fc.oneof(fc.constantFrom(null, true, false), number, text),
      fc.array(tie("value"), { maxLength: 3, depthIdentifier: "value" }),
      dictionary(tie("value")),
    ),
    schema: fc.oneof(
      { maxDepth: 3, depthIdentifier: "schema" },
      fc.oneof(
        one("type", fc.uniqueArray(types, { minLength: 1 })),
        fc.record({ minimum: number, exclusiveMinimum: fc.oneof(number, fc.boolean()) }, { requiredKeys: [], noNullPrototype: true }),
        fc.record({ maximum: number, exclusiveMaximum: fc.oneof(number, fc.boolean()) }, { requiredKeys: [], noNullPrototype: true }),
        one("multipleOf", step),
        fc.record({ minLength: fc.nat(2), maxLength: fc.nat(2) }, { requiredKeys: [], noNullPrototype: true }),
        fc.record({ minItems: fc.nat(2), maxItems: fc.nat(2) }, { requiredKeys: [], noNullPrototype: true }),
        one("required", fc.subarray(names)),
      ),
      one("enum", fc.array(tie("value") as fc.Arbitrary<unknown>, few)),
      one(
        "const",
        tie("value").filter((value) => value !== null),
      ),
      fc.record(
        { properties: dictionary(tie("schema")), additionalProperties: fc.oneof(fc.boolean(), tie("schema")) },
        { requiredKeys: [], noNullPrototype: true },
      ),
      one("items", tie("schema")),
      one("anyOf", fc.array(tie("schema"), few)),
      one("oneOf", fc.array(tie("schema"), few)),
      one("allOf", fc.array(tie("schema"), few)),
      fc.tuple(tie("schema"), tie("schema")).map(([a, b]) => ({ ...a, ...b })),
    ),
  };
});

function fits(schema: Schema, value: Value): boolean {
  const has = (keyword: string): boolean => Object.hasOwn(schema, keyword);
  const schemas = (keyword: string): Schema[] => (schema[keyword] ?? []) as Schema[];
  if (has("type") && !(schema.type as string[]).some((type) => isOfType(value, type))) return false;
  if (has("enum") && !(schema.enum as Value[]).some((each) => canonical(each) === canonical(value))) return false;
  if (has("const") && canonical(schema.const as Value) !== canonical(value)) return false;
  if (value instanceof Digits && !fitsNumber(schema, value.units)) return false;
  if (typeof value === "string" && !isBetween([...value].length, schema.minLength, schema.maxLength)) return false;
  if (Array.isArray(value)) {
    if (!isBetween(value.length, schema.minItems, schema.maxItems)) return false;
    if (has("items") && !value.every((item) => fits(schema.items as Schema, item))) return false;
  } else if (typeof value === "object" && value !== null && !(value instanceof Digits)) {
    if (!((schema.required ?? []) as string[]).every((name) => Object.hasOwn(value, name))) return false;
    const properties = (schema.properties ?? {}) as Record<string, Schema>;
    for (const [name, item] of Object.entries(value)) {
      const others = schema.additionalProperties;
      const child = Object.hasOwn(properties, name) ? properties[name] : others;
      if (child === false || (typeof child === "object" && !fits(child as Schema, item))) return false;
    }
  }
  if (has("anyOf") && !schemas("anyOf").some((each) => fits(each, value))) return false;
  if (has("oneOf") && schemas("oneOf").filter((each) => fits(each, value)).length !== 1) return false;
  return schemas("allOf").every((each) => fits(each, value));
}

function fitsNumber(schema: Schema, units: bigint): boolean {
  const of = (keyword: string): bigint | undefined => (schema[keyword] instanceof Digits ? (schema[keyword] as Digits).units : undefined);
  const [least, most, above, below, by] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"].map(of);
  if (least !== undefined && (schema.exclusiveMinimum === true ? units <= least : units < least)) return false;
  if (most !== undefined && (schema.exclusiveMaximum === true ? units >= most : units > most)) return false;
  if ((above !== undefined && units <= above) || (below !== undefined && units >= below)) return false;
  return by === undefined || units % by === 0n;
}

function isOfType(value: Value, type: string): boolean {
  if (value instanceof Digits) return type === "number" || (type === "integer" && value.units % 1_000_000n === 0n);
  return type === (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);
}

const isBetween = (length: number, least: unknown, most: unknown): boolean =>
  length >= Number(least ?? 0) && length <= Number(most ?? Number.POSITIVE_INFINITY);

/** One spelling for equal values. */
function canonical(value: Value): string {
  if (value instanceof Digits) return String(value.units);
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`);
  return `{${fields.sort()}}`;
}

/** As JSON text, digits as they are. */
function spell(value: unknown): string {
  if (value instanceof Digits) return value.text;
  if (Array.isArray(value)) return `[${value.map(spell)}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}:${spell(item)}`)}}`;
}

test("both agree on any row", () => {
  const verdicts = { fit: 0, misfit: 0 };
  fc.assert(
    fc.property(schema, fc.array(value, { minLength: 1, maxLength: 8 }), (any, values) => {
      const resolved = resolveSchema({ properties: { v: parseExact(spell(any)) as JsonSchema } });
      expect(resolved.ignored).toEqual([]);
      const check = rowValidator(resolved.schema);
      for (const each of values) {
        const row = `{"v":${spell(each)}}`;
        const exact = parseExact(row) as Row;
        const isPlain = JSON.stringify(exact) === JSON.stringify(JSON.parse(row));
        const found = check(exact, !isPlain);
        verdicts[found === undefined ? "fit" : "misfit"]++;
        expect([row, spell(any), found === undefined]).toEqual([row, spell(any), fits(any, each)]);
        // With exact numbers allowed the result must be the same.
        expect(check(exact, true)).toEqual(found);
      }
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(verdicts.fit, verdicts.misfit)).toBeGreaterThan(2000);
});
