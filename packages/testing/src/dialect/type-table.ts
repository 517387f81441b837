/**
 * What becomes of values, as data: the checks load every row of it into a real database, and docs/reference/types.md is printed
 * from it, so that everything on the page was tried.
 */
import { exactNumber, type JsonSchema } from "@tapline/protocol";

/** A property, and values of it that arrive exactly in the column that is made for it. */
export interface TypeCase {
  group: string;
  schema: JsonSchema;
  /** Null becomes NULL everywhere, so it is not among them. */
  values: readonly unknown[];
}

/** What becomes of a value: it is there as it was sent, is refused with a code, or its column becomes of another type. */
export type Fate = "kept" | { refused: string } | { becomes: string };

/** A value at a limit: of the column, of the database or of its schema. */
export interface EdgeCase {
  /** What the value is, in a few words. */
  what: string;
  schema: JsonSchema;
  /** As it is written in the record: NaN is no JSON, though Python writes it. */
  json: string;
  /** By the name of the database; other databases either keep the value or refuse it. */
  fates: Readonly<Record<string, Fate>>;
}

const group = (name: string, ...cases: (readonly [JsonSchema, readonly unknown[]])[]): TypeCase[] =>
  cases.map(([schema, values]) => ({ group: name, schema, values }));

const string = (more: JsonSchema = {}): JsonSchema => ({ type: "string", ...more });

/** No double has these digits, so a schema's bound has them. */
const most64Bits = exactNumber("18446744073709551615") as unknown as number;

export const typeTable: readonly TypeCase[] = [
  ...group(
    "Integers",
    [
      { type: "integer" },
      [0, -7, exactNumber("9007199254740993"), exactNumber("-9223372036854775808"), exactNumber("9223372036854775807")],
    ],
    [{ type: ["null", "integer"] }, [1]],
    [{ type: "integer", minimum: 0, maximum: most64Bits }, [7, exactNumber("18446744073709551615")]],
  ),
  ...group(
    "Numbers",
    [{ type: "number" }, [0, -1.5, 0.1, 1e-7, 3, 1e300]],
    [{ type: ["integer", "number"] }, [2, 2.5]],
    [{ type: "number", multipleOf: 0.01 }, [5, 0.07, exactNumber("9007199254740993.01"), exactNumber("-123456789.25")]],
  ),
  ...group(
    "Decimals",
    [string({ format: "singer.decimal", precision: 10, scale: 2 }), ["12345678.90", "-0.01", "0"]],
    [string({ format: "x-singer.decimal" }), ["1.50", "12345678901234567890.000000000000000001"]],
    [{ type: "number", "x-singer.decimal": true, precision: 6, scale: 3 }, [1.25, exactNumber("-999.999")]],
  ),
  ...group(
    "Booleans and text",
    [{ type: "boolean" }, [true, false]],
    [string(), ["", " ", "17", "2024-02-29", 'a "b" \\ c\td\r\n', "Zürich 日本語 👩‍👩‍👧"]],
    [string({ maxLength: 5 }), ["abcde", "👩👩👩👩👩"]],
  ),
  ...group(
    "Dates and times",
    [string({ format: "date" }), ["0001-01-01", "2024-02-29", "9999-12-31"]],
    [string({ format: "time" }), ["00:00:00", "23:59:59.999999"]],
    [string({ format: "date-time" }), ["2024-02-29T23:30:00.123456+02:00", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"]],
  ),
  ...group(
    "UUIDs and bytes",
    [string({ format: "uuid" }), ["f47ac10b-58cc-4372-a567-0e02b2c3d479"]],
    [string({ contentEncoding: "base64" }), ["", "AP8B", "aGVsbG8="]],
  ),
  ...group(
    "Objects and arrays",
    [{ type: "object" }, [{}, { id: exactNumber("9007199254740993"), 'a"b': [null, "x", { c: false }] }]],
    [{ type: "array", items: {} }, [[], [1, "x", null, [exactNumber("0.10000000000000000001")]]]],
  ),
  ...group(
    "Mixtures",
    [{ type: ["integer", "string"] }, [5, "5", "x", ""]],
    [{ type: ["string", "object"] }, ["x", { a: 1 }]],
    [{ type: ["integer", "boolean"] }, [5, true]],
    [{ anyOf: [string({ format: "date-time" }), { type: "null" }] }, ["2024-02-29T00:00:00Z"]],
    [{ anyOf: [string({ format: "date-time" }), string()] }, ["2024-02-29T00:00:00Z", "soon"]],
    [{ anyOf: [{ type: "integer" }, { type: "object" }] }, [5, { a: [] }]],
    [{ oneOf: [{ type: "null" }, { type: "integer" }] }, [5]],
    [{ allOf: [{ type: "string" }, { format: "date" }] }, ["2024-02-29"]],
    [{ enum: ["red", "green", null] }, ["red"]],
    [{ const: 5 }, [5]],
    [{}, [1, "x", true, [], { a: null }]],
  ),
];

const both = (fate: Fate): EdgeCase["fates"] => ({ PostgreSQL: fate, DuckDB: fate });
const per = (PostgreSQL: Fate, DuckDB: Fate): EdgeCase["fates"] => ({ PostgreSQL, DuckDB });
const refused = (code: string): Fate => ({ refused: code });
const becomes = (type: string): Fate => ({ becomes: type });
const edge = (what: string, schema: JsonSchema, json: string, fates: EdgeCase["fates"]): EdgeCase => ({ what, schema, json, fates });

const decimal = (precision: number, scale: number): JsonSchema => string({ format: "singer.decimal", precision, scale });
const nines = (count: number): string => "9".repeat(count);

/** Values that outgrow the column that is made for them, though their schema allows them. */
export const outgrowing: readonly EdgeCase[] = [
  edge("an integer of 64 bits and one more", { type: "integer" }, "9223372036854775808", per(becomes("numeric"), becomes("HUGEINT"))),
  edge("an integer of 38 digits", { type: "integer" }, nines(38), per(becomes("numeric"), becomes("HUGEINT"))),
  edge("an integer of 40 digits", { type: "integer" }, nines(40), per(becomes("numeric"), becomes("VARCHAR"))),
  edge("a number with more digits than a double", { type: "number" }, "12345678901234567890.125", per("kept", becomes("DECIMAL(38,3)"))),
  edge("a number with more digits than any decimal", { type: "number" }, `1.${nines(40)}`, per("kept", becomes("VARCHAR"))),
  edge(
    "a step of 0.01 and 38 digits before the point",
    { type: "number", multipleOf: 0.01 },
    nines(38),
    per(becomes("numeric"), becomes("DECIMAL(38,0)")),
  ),
];

/** Values that no column, or not the schema's, can hold. */
export const unusual: readonly EdgeCase[] = [
  edge("a NUL in text", string(), '"a\\u0000b"', per(refused("nul_character"), "kept")),
  edge("a NUL in an object", { type: "object" }, '{"a":"\\u0000"}', per(refused("nul_character"), "kept")),
  edge("half of a surrogate pair", string(), '"\\ud800"', both(refused("lone_surrogate"))),
  edge("NaN", { type: "number" }, "NaN", both("kept")),
  edge("infinity", { type: "number" }, "-Infinity", both("kept")),
  edge("NaN in a declared decimal", { type: "number", multipleOf: 0.01 }, "NaN", both(refused("not_finite"))),
  edge("more digits than declared", decimal(5, 2), '"1000.00"', both(refused("decimal_out_of_range"))),
  edge("finer than declared", decimal(5, 2), '"1.005"', both(refused("decimal_too_fine"))),
  edge("a day that is none", string({ format: "date" }), '"2023-02-29"', both(refused("invalid_date"))),
  edge("the year 0", string({ format: "date" }), '"0000-01-01"', both(refused("invalid_date"))),
  edge("the year 10000", string({ format: "date-time" }), '"10000-01-01T00:00:00Z"', both(refused("invalid_timestamp"))),
  edge("a leap second", string({ format: "date-time" }), '"2016-12-31T23:59:60Z"', both(refused("leap_second"))),
  edge("a nanosecond", string({ format: "date-time" }), '"2024-01-01T00:00:00.000000001Z"', both(refused("fraction_too_fine"))),
  edge("24 o'clock", string({ format: "time" }), '"24:00:00"', both(refused("invalid_time"))),
  edge("a UUID that is none", string({ format: "uuid" }), '"f47ac10b"', both(refused("invalid_uuid"))),
  edge("base64 that is none", string({ contentEncoding: "base64" }), '"a*b"', both(refused("invalid_base64"))),
  edge("text where the schema has integer", { type: "integer" }, '"seven"', both(refused("record_invalid"))),
  edge("longer than maxLength", string({ maxLength: 5 }), '"abcdef"', both(refused("record_invalid"))),
];

/** A row of the page as a property of a stream: `p3`. */
export const property = (index: number): string => `p${index}`;
