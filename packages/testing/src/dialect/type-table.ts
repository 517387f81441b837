/**
 * What becomes of values, as data: the checks load every row of it into a real database, and docs/reference/types.md is printed
 * from it, so that everything on the page was tried.
 */
import { exactNumber, type JsonSchema } from "@tapline/protocol";

export { type DigestForm, digestTable, type Spelled } from "./digest-table.ts";
export { type ExistingType, existingTypeTable } from "./existing-type-table.ts";

/** A property, and values of it that arrive exactly in the column that is made for it. */
export interface TypeCase {
  group: string;
  schema: JsonSchema;
  /** Null becomes NULL everywhere, so it is not among them. */
  values: readonly unknown[];
}

/**
 * What becomes of a value: it is there as it was sent, is refused with a code, its column becomes of another type, or another value is
 * stored (as JSON), which is reported with a kind where something is lost.
 */
export type Fate = "kept" | { refused: string } | { becomes: string } | { stored: string; reported?: string };

/** A value at a limit: of the column, of the database or of its schema. */
export interface EdgeCase {
  /** What the value is, in a few words. */
  what: string;
  schema: JsonSchema;
  /** As it is written in the record: NaN is not JSON, though Python writes it. */
  json: string;
  /** By the name of the database; other databases either keep the value or refuse it. */
  fates: Readonly<Record<string, Fate>>;
  /** Settings of the target. */
  settings?: Readonly<Record<string, string>>;
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
    [{ anyOf: [{ type: "array", items: string() }, string(), { type: "null" }] }, ["c", ["a", "b"]]],
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

const both = (fate: Fate): EdgeCase["fates"] => ({ PostgreSQL: fate, DuckDB: fate, Snowflake: fate, Parquet: fate });
const per = (PostgreSQL: Fate, DuckDB: Fate, Snowflake = DuckDB): EdgeCase["fates"] => {
  return { PostgreSQL, DuckDB, Snowflake, Parquet: asInParquet(DuckDB) };
};

/** Parquet has no integer of 128 bits, and calls text STRING. */
function asInParquet(fate: Fate): Fate {
  if (typeof fate !== "object" || !("becomes" in fate)) return fate;
  return { becomes: ({ HUGEINT: "DECIMAL(38,0)", VARCHAR: "STRING" } as Record<string, string>)[fate.becomes] ?? fate.becomes };
}
const refused = (code: string): Fate => ({ refused: code });
const stored = (value: string, reported?: string): Fate => ({ stored: value, ...(reported !== undefined && { reported }) });
const becomes = (type: string): Fate => ({ becomes: type });
const edge = (what: string, schema: JsonSchema, json: string, fates: EdgeCase["fates"]): EdgeCase => ({ what, schema, json, fates });

const decimal = (precision: number, scale: number): JsonSchema => string({ format: "singer.decimal", precision, scale });
const nines = (count: number): string => "9".repeat(count);

/** Values that outgrow the column that is made for them, though their schema allows them. */
export const outgrowing: readonly EdgeCase[] = [
  edge(
    "an integer of 64 bits and one more",
    { type: "integer" },
    "9223372036854775808",
    per(becomes("numeric"), becomes("HUGEINT"), "kept"),
  ),
  edge("an integer of 38 digits", { type: "integer" }, nines(38), per(becomes("numeric"), becomes("HUGEINT"), "kept")),
  edge("an integer of 40 digits", { type: "integer" }, nines(40), per(becomes("numeric"), becomes("VARCHAR"))),
  edge(
    "a number with more digits than a double",
    { type: "number" },
    "12345678901234567890.125",
    per("kept", becomes("DECIMAL(38,3)"), becomes("NUMBER(38,3)")),
  ),
  edge(
    "a number with 38 digits after the point",
    { type: "number" },
    `0.${nines(38)}`,
    per("kept", becomes("DECIMAL(38,38)"), becomes("VARCHAR")),
  ),
  edge("a number with more digits than any decimal", { type: "number" }, `1.${nines(40)}`, per("kept", becomes("VARCHAR"))),
  edge(
    "a step of 0.01 and 38 digits before the point",
    { type: "number", multipleOf: 0.01 },
    nines(38),
    per(becomes("numeric"), becomes("DECIMAL(38,0)"), becomes("NUMBER(38,0)")),
  ),
];

/** Values that no column, or not the schema's, can hold. */
export const unusual: readonly EdgeCase[] = [
  edge("a NUL in text", string(), '"a\\u0000b"', per(refused("nul_character"), "kept")),
  edge("a NUL in an object", { type: "object" }, '{"a":"\\u0000"}', per(refused("nul_character"), "kept")),
  edge(
    "a number of 40 digits in an object",
    { type: "object" },
    `{"a":[1,${nines(40)}]}`,
    per(stored(`{"a":[1,${nines(40)}]}`), stored(`{"a":[1,${nines(40)}]}`), stored(`{"a":[1,"${nines(40)}"]}`, "number_text")),
  ),
  edge(
    "a number of 38 digits in an object",
    { type: "object" },
    `{"a":${nines(20)}.${nines(18)}}`,
    both(stored(`{"a":${nines(20)}.${nines(18)}}`)),
  ),
  edge("half of a surrogate pair", string(), '"\\ud800"', both(refused("lone_surrogate"))),
  edge("NaN", { type: "number" }, "NaN", both("kept")),
  edge("infinity", { type: "number" }, "-Infinity", both("kept")),
  edge("NaN in a declared decimal", { type: "number", multipleOf: 0.01 }, "NaN", both(refused("not_finite"))),
  edge("more digits than declared", decimal(5, 2), '"1000.00"', both(refused("decimal_out_of_range"))),
  edge("finer than declared", decimal(5, 2), '"1.005"', both(refused("decimal_too_fine"))),
  edge("a day that does not exist", string({ format: "date" }), '"2023-02-29"', both(refused("invalid_date"))),
  edge("the year 0", string({ format: "date" }), '"0000-01-01"', both(refused("invalid_date"))),
  edge("the year 10000", string({ format: "date-time" }), '"10000-01-01T00:00:00Z"', both(refused("invalid_timestamp"))),
  edge("a leap second", string({ format: "date-time" }), '"2016-12-31T23:59:60Z"', both(refused("leap_second"))),
  edge("a time of day after its end", string({ format: "time" }), '"24:00:01"', both(refused("invalid_time"))),
  edge("a number for an instant", string({ format: "date-time" }), "1767323045", both(refused("record_invalid"))),
  edge("text that is not a UUID", string({ format: "uuid" }), '"f47ac10b"', per(refused("invalid_uuid"), refused("invalid_uuid"), "kept")),
  edge("text that is not base64", string({ contentEncoding: "base64" }), '"a*b"', both(refused("invalid_base64"))),
  edge("text where the schema has integer", { type: "integer" }, '"seven"', both(refused("record_invalid"))),
  edge("longer than maxLength", string({ maxLength: 5 }), '"abcdef"', both(refused("record_invalid"))),
];

const instant = string({ format: "date-time" });
const day = string({ format: "date" });
const clock = string({ format: "time" });
const form = (what: string, schema: JsonSchema, text: string, fate: Fate): EdgeCase => edge(what, schema, JSON.stringify(text), both(fate));

/** Dates and times in the forms that taps write them in. */
export const timeForms: readonly EdgeCase[] = [
  form("a space for the T", instant, "2026-01-02 03:04:05Z", stored('"2026-01-02T03:04:05Z"')),
  form("no seconds", instant, "2026-01-02T03:04+02:00", stored('"2026-01-02T01:04:00Z"')),
  form("no zone: UTC", instant, "2026-01-02T03:04:05", stored('"2026-01-02T03:04:05Z"')),
  form("an offset without a colon", instant, "2026-01-02T03:04:05+0230", stored('"2026-01-02T00:34:05Z"')),
  form("an offset of hours", instant, "2026-01-02T03:04:05+02", stored('"2026-01-02T01:04:05Z"')),
  form("an offset twice", instant, "2026-01-02T03:04:05+00:00+00:00", stored('"2026-01-02T03:04:05Z"')),
  form("an offset twice, and not UTC", instant, "2026-01-02T03:04:05-0500-05:00", stored('"2026-01-02T08:04:05Z"')),
  form("an offset and a Z", instant, "2026-01-02T03:04:05+00:00Z", stored('"2026-01-02T03:04:05Z"')),
  form("two offsets that differ", instant, "2026-01-02T03:04:05+00:00+02:00", refused("invalid_timestamp")),
  form("the end of a day", instant, "2026-12-31T24:00:00+01:00", stored('"2026-12-31T23:00:00Z"')),
  form("a second after the end of a day", instant, "2026-12-31T24:00:01Z", refused("invalid_timestamp")),
  form("nanoseconds that end in zeros", instant, "2026-01-02T03:04:05.123456000Z", stored('"2026-01-02T03:04:05.123456Z"')),
  form("nanoseconds", instant, "2026-01-02T03:04:05.123456789Z", stored('"2026-01-02T03:04:05.123456Z"', "fraction_cut")),
  form("a date with a midnight", day, "2026-01-02T00:00:00+00:00+00:00", stored('"2026-01-02"')),
  form("a date with the end of the day", day, "2026-02-28 24:00:00", stored('"2026-03-01"')),
  form("a time without seconds", clock, "10:20", stored('"10:20:00"')),
  edge("a time at the end of the day", clock, '"24:00:00"', per("kept", "kept", refused("invalid_time"))),
  form("a time with nanoseconds", clock, "10:20:30.123456789Z", stored('"10:20:30.123456"', "fraction_cut")),
];

const having = (settings: EdgeCase["settings"], ...cases: EdgeCase[]): EdgeCase[] =>
  cases.map((each) => ({ ...each, ...(settings !== undefined && { settings }) }));
const [seconds, milliseconds, microseconds, nanoseconds] = ["seconds", "milliseconds", "microseconds", "nanoseconds"].map(
  (epoch_times) => ({ epoch_times }),
);

/** What the settings for values do. */
export const bySetting: readonly EdgeCase[] = [
  ...having(
    seconds,
    edge("a number of seconds", instant, "1767323045", both(stored('"2026-01-02T03:04:05Z"'))),
    edge("with a fraction", instant, "1767323045.25", both(stored('"2026-01-02T03:04:05.25Z"'))),
    edge("with more than six digits", instant, "1767323045.1234567", both(stored('"2026-01-02T03:04:05.123456Z"', "fraction_cut"))),
    edge("before 1970", instant, "-0.5", both(stored('"1969-12-31T23:59:59.5Z"'))),
    edge("after the year 9999", instant, "1767323045000", both(refused("invalid_timestamp"))),
    edge("a midnight where a date is declared", day, "1767312000", both(stored('"2026-01-02"'))),
    edge("another time where a date is declared", day, "1767323045", both(refused("invalid_date"))),
    edge("text stays text", instant, '"2026-01-02T03:04:05Z"', both("kept")),
    edge("a number without format", { type: "integer" }, "1767323045", both("kept")),
  ),
  ...having(
    milliseconds,
    edge(
      "an integer that is declared as an instant",
      { type: "integer", format: "date-time" },
      "1767323045678",
      both(stored('"2026-01-02T03:04:05.678Z"')),
    ),
  ),
  ...having(microseconds, edge("a number of microseconds", instant, "1767323045678901", both(stored('"2026-01-02T03:04:05.678901Z"')))),
  ...having(
    nanoseconds,
    edge("a number of nanoseconds", instant, "1767323045678901234", both(stored('"2026-01-02T03:04:05.678901Z"', "fraction_cut"))),
  ),
  ...having(
    { on_bad_time: "null" },
    edge("a date of zeros", instant, '"0000-00-00 00:00:00"', both(stored("null", "time_nulled"))),
    edge("no text", day, '""', both(stored("null", "time_nulled"))),
    edge("a leap second", clock, '"23:59:60"', both(stored("null", "time_nulled"))),
  ),
  ...having(
    { nul_characters: "remove" },
    edge("NUL in text", string(), '"a\\u0000b\\u0000"', both(stored('"ab"', "nul_removed"))),
    edge("NUL in an object", { type: "object" }, '{"a\\u0000":["\\u0000b",1.50]}', both(stored('{"a":["b",1.50]}', "nul_removed"))),
    edge("two names that differ in a NUL", { type: "object" }, '{"a":1,"a\\u0000":2}', both(refused("nul_character"))),
  ),
  ...having(
    { nul_characters: "replace" },
    edge("NUL in text", string(), '"a\\u0000b"', both(stored('"a\ufffdb"', "nul_replaced"))),
    edge("NUL in an object", { type: "object" }, '{"a":"\\u0000"}', both(stored('{"a":"\ufffd"}', "nul_replaced"))),
  ),
  ...having(
    { nul_characters: "fail" },
    edge("NUL in text", string(), '"a\\u0000b"', both(refused("nul_character"))),
    edge("NUL in an object", { type: "object" }, '{"a":"\\u0000"}', both(refused("nul_character"))),
  ),
];

/** A row of the page as a property of a stream: `p3`. */
export const property = (index: number): string => `p${index}`;
