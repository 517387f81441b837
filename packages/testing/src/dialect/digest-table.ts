/**
 * The text that a digest makes of a value, as data: every database is asked for the text of each of its spellings, and docs/reference/verify.md
 * is printed from it. Two rows of one kind have different texts, so that no difference is missed; all spellings of a row have one, so that none is invented.
 */
import type { DigestKind } from "@tapline/protocol";

/** A type as the database spells it, and a value as text that the database casts to it. */
export type Spelled = readonly [type: string, value: string];

export interface DigestForm {
  kind: DigestKind;
  /** What the value is, in a few words. */
  what: string;
  text: string;
  /** Of a second. */
  digits?: number;
  tolerance?: number;
  PostgreSQL: readonly Spelled[];
  DuckDB: readonly Spelled[];
}

type Spellings = Readonly<Partial<Record<"PostgreSQL" | "DuckDB", readonly Spelled[]>>>;

const form = (
  kind: DigestKind,
  what: string,
  text: string,
  { PostgreSQL = [], DuckDB = [] }: Spellings,
  more: Partial<DigestForm> = {},
): DigestForm => ({
  ...{ kind, what, text, PostgreSQL, DuckDB },
  ...more,
});

const double = (what: string, text: string, spelled: string, duckdb = spelled): DigestForm =>
  form("float", what, text, { PostgreSQL: [["double precision", spelled]], DuckDB: [["DOUBLE", duckdb]] });

const moment = (what: string, text: string, spelled: string, duckdb = spelled): DigestForm =>
  form("timestamp", what, text, { PostgreSQL: [["timestamp without time zone", spelled]], DuckDB: [["TIMESTAMP", duckdb]] });

const word = (what: string, text: string): DigestForm =>
  form("text", what, text, {
    PostgreSQL: [
      ["text", text],
      ["character varying", text],
      ["character varying(50)", text],
    ],
    DuckDB: [["VARCHAR", text]],
  });

export const digestTable: readonly DigestForm[] = [
  form("boolean", "true", "true", { PostgreSQL: [["boolean", "t"]], DuckDB: [["BOOLEAN", "true"]] }),
  form("boolean", "false", "false", { PostgreSQL: [["boolean", "f"]], DuckDB: [["BOOLEAN", "false"]] }),
  form("integer", "zero", "0", {
    PostgreSQL: [
      ["smallint", "0"],
      ["integer", "0"],
      ["bigint", "-0"],
    ],
    DuckDB: [
      ["TINYINT", "0"],
      ["SMALLINT", "0"],
      ["INTEGER", "0"],
      ["BIGINT", "0"],
      ["UINTEGER", "0"],
    ],
  }),
  form("integer", "below zero", "-7", {
    PostgreSQL: [
      ["smallint", "-7"],
      ["bigint", "-7"],
    ],
    DuckDB: [
      ["SMALLINT", "-7"],
      ["BIGINT", "-7"],
    ],
  }),
  form("integer", "past 2^53", "9007199254740993", {
    PostgreSQL: [["bigint", "9007199254740993"]],
    DuckDB: [["BIGINT", "9007199254740993"]],
  }),
  form("integer", "the largest", "9223372036854775807", {
    PostgreSQL: [["bigint", "9223372036854775807"]],
    DuckDB: [["BIGINT", "9223372036854775807"]],
  }),
  form("integer", "the least", "-9223372036854775808", {
    PostgreSQL: [["bigint", "-9223372036854775808"]],
    DuckDB: [["BIGINT", "-9223372036854775808"]],
  }),
  form("decimal", "zero, of any scale and sign", "0", {
    PostgreSQL: [
      ["numeric(10,2)", "-0.00"],
      ["numeric", "0.000"],
      ["integer", "0"],
      ["boolean", "f"],
    ],
    DuckDB: [
      ["DECIMAL(10,2)", "-0.00"],
      ["DECIMAL(2,2)", "0"],
      ["DECIMAL(38,38)", "0"],
      ["HUGEINT", "0"],
      ["BOOLEAN", "false"],
    ],
  }),
  form("decimal", "a whole number", "100", {
    PostgreSQL: [
      ["numeric(10,0)", "100"],
      ["numeric(10,2)", "100.00"],
      ["numeric", "1e2"],
      ["bigint", "100"],
    ],
    DuckDB: [
      ["DECIMAL(10,0)", "100"],
      ["DECIMAL(10,2)", "100"],
      ["BIGINT", "100"],
      ["UBIGINT", "100"],
      ["HUGEINT", "100"],
    ],
  }),
  form("decimal", "another scale", "1.5", {
    PostgreSQL: [
      ["numeric(10,2)", "1.50"],
      ["numeric(12,4)", "1.5"],
      ["numeric", "1.500"],
    ],
    DuckDB: [
      ["DECIMAL(10,2)", "1.50"],
      ["DECIMAL(38,10)", "1.5"],
      ["DECIMAL(3,1)", "1.5"],
    ],
  }),
  form("decimal", "no digit before the point", "-0.05", {
    PostgreSQL: [
      ["numeric(2,2)", "-0.05"],
      ["numeric", "-.05"],
    ],
    DuckDB: [
      ["DECIMAL(2,2)", "-0.05"],
      ["DECIMAL(38,38)", "-0.05"],
      ["DECIMAL(10,3)", "-0.05"],
    ],
  }),
  form("decimal", "the last of 38 digits", "1234567890123456789012345678.9012345678", {
    PostgreSQL: [
      ["numeric(38,10)", "1234567890123456789012345678.9012345678"],
      ["numeric", "1234567890123456789012345678.90123456780"],
    ],
    DuckDB: [["DECIMAL(38,10)", "1234567890123456789012345678.9012345678"]],
  }),
  form("decimal", "one more in the last digit", "1234567890123456789012345678.9012345679", {
    PostgreSQL: [["numeric(38,10)", "1234567890123456789012345678.9012345679"]],
    DuckDB: [["DECIMAL(38,10)", "1234567890123456789012345678.9012345679"]],
  }),
  form("decimal", "past 64 bits", "18446744073709551615", {
    PostgreSQL: [
      ["numeric(20,0)", "18446744073709551615"],
      ["numeric", "18446744073709551615"],
    ],
    DuckDB: [
      ["UBIGINT", "18446744073709551615"],
      ["HUGEINT", "18446744073709551615"],
      ["DECIMAL(38,0)", "18446744073709551615"],
    ],
  }),
  form("decimal", "true among numbers", "1", {
    PostgreSQL: [
      ["boolean", "t"],
      ["numeric", "1.0"],
    ],
    DuckDB: [
      ["BOOLEAN", "true"],
      ["DECIMAL(5,3)", "1"],
    ],
  }),
  form("decimal", "not a number", "NaN", { PostgreSQL: [["numeric", "NaN"]] }),
  form("decimal", "infinity", "Infinity", { PostgreSQL: [["numeric", "Infinity"]] }),
  form("float", "zero, of any sign", "0.0000000000000000e+00", {
    PostgreSQL: [
      ["double precision", "0"],
      ["double precision", "-0"],
      ["numeric", "0.00"],
      ["integer", "0"],
    ],
    DuckDB: [
      ["DOUBLE", "0"],
      ["DOUBLE", "-0.0"],
      ["DECIMAL(5,2)", "0"],
      ["INTEGER", "0"],
    ],
  }),
  form("float", "a tenth", "1.0000000000000001e-01", {
    PostgreSQL: [
      ["double precision", "0.1"],
      ["numeric(3,1)", "0.1"],
    ],
    DuckDB: [
      ["DOUBLE", "0.1"],
      ["DECIMAL(3,1)", "0.1"],
    ],
  }),
  double("the next one after a tenth", "1.0000000000000002e-01", "0.10000000000000002"),
  double("1e15", "1.0000000000000000e+15", "1e15"),
  double("1e16", "1.0000000000000000e+16", "1e16"),
  double("below zero, with an exponent", "-1.0000000000000001e-05", "-1e-5"),
  double("large", "1.0000000000000001e+300", "1e300"),
  double("the largest", "1.7976931348623157e+308", "1.7976931348623157e308"),
  double("the least above zero, denormal", "4.9406564584124654e-324", "5e-324"),
  double("the largest denormal", "2.2250738585072009e-308", "2.225073858507201e-308"),
  double("not a number", "NaN", "NaN"),
  double("infinity", "Infinity", "Infinity"),
  double("infinity below zero", "-Infinity", "-Infinity"),
  form("float", "a decimal of more digits than a double", "1.2345678901234568e+16", {
    PostgreSQL: [
      ["numeric(30,3)", "12345678901234567.891"],
      ["double precision", "12345678901234567.891"],
      ["bigint", "12345678901234568"],
    ],
    DuckDB: [
      ["DECIMAL(30,3)", "12345678901234567.891"],
      ["DOUBLE", "12345678901234567.891"],
      ["BIGINT", "12345678901234568"],
    ],
  }),
  form("real", "a tenth", "1.00000001e-01", {
    PostgreSQL: [
      ["real", "0.1"],
      ["double precision", "0.1"],
      ["double precision", "0.10000000149011612"],
      ["numeric", "0.1"],
    ],
    DuckDB: [
      ["FLOAT", "0.1"],
      ["DOUBLE", "0.1"],
      ["DOUBLE", "0.10000000149011612"],
      ["DECIMAL(3,1)", "0.1"],
    ],
  }),
  form("real", "the next one after a tenth", "1.00000009e-01", { PostgreSQL: [["real", "0.10000001"]], DuckDB: [["FLOAT", "0.10000001"]] }),
  form("real", "zero, of any sign", "0.00000000e+00", {
    PostgreSQL: [
      ["real", "-0"],
      ["double precision", "-0"],
    ],
    DuckDB: [
      ["FLOAT", "-0.0"],
      ["DOUBLE", "-0.0"],
    ],
  }),
  form("real", "the largest of 32 bits", "3.40282347e+38", {
    PostgreSQL: [
      ["real", "3.4028235e38"],
      ["double precision", "3.4028234663852886e38"],
    ],
    DuckDB: [
      ["FLOAT", "3.4028235e38"],
      ["DOUBLE", "3.4028234663852886e38"],
    ],
  }),
  form("real", "too large for 32 bits", "9.9999999999999994e+38", {
    PostgreSQL: [["double precision", "1e39"]],
    DuckDB: [["DOUBLE", "1e39"]],
  }),
  form("real", "too small for 32 bits", "9.9999999999999997e-61", {
    PostgreSQL: [["double precision", "1e-60"]],
    DuckDB: [["DOUBLE", "1e-60"]],
  }),
  form("real", "the least of 32 bits, denormal", "1.40129846e-45", {
    PostgreSQL: [
      ["real", "1e-45"],
      ["double precision", "1.401298464324817e-45"],
    ],
    DuckDB: [
      ["FLOAT", "1e-45"],
      ["DOUBLE", "1.401298464324817e-45"],
    ],
  }),
  form("real", "not a number", "NaN", {
    PostgreSQL: [
      ["real", "NaN"],
      ["double precision", "NaN"],
    ],
    DuckDB: [
      ["FLOAT", "NaN"],
      ["DOUBLE", "NaN"],
    ],
  }),
  form("real", "infinity below zero", "-Infinity", { PostgreSQL: [["real", "-Infinity"]], DuckDB: [["FLOAT", "-Infinity"]] }),
  word("empty, which is not NULL", ""),
  word("a blank", " "),
  word("blanks around it", " a "),
  word("capitals", "A"),
  word("small letters, equal in some collations", "a"),
  word("letters, one code point each", "Zürich"),
  word("the same letters with a combining mark, which is another text", "Zu\u0308rich"),
  word("other scripts, and characters past 16 bits", "日本語 👩‍👩‍👧"),
  word("like what stands for NULL", "~"),
  word("like the mark between cells", "a|b"),
  word("quotes, a backslash, a line end", "'\"\\\n"),
  word("a word for NULL", "NULL"),
  form("text", "of a set of names", "it's", { DuckDB: [["ENUM('it''s', 'b')", "it's"]] }),
  form("padded", "with and without blanks at its end", "ab", {
    PostgreSQL: [
      ["character(5)", "ab"],
      ["text", "ab   "],
      ["character varying(9)", "ab"],
    ],
    DuckDB: [
      ["VARCHAR", "ab"],
      ["VARCHAR", "ab  "],
    ],
  }),
  form("padded", "blanks before it count", " ab", { PostgreSQL: [["character(5)", " ab"]], DuckDB: [["VARCHAR", " ab"]] }),
  form("padded", "nothing but blanks", "", {
    PostgreSQL: [
      ["character(5)", ""],
      ["text", "  "],
    ],
    DuckDB: [
      ["VARCHAR", ""],
      ["VARCHAR", " "],
    ],
  }),
  form("uuid", "capitals or not", "f47ac10b-58cc-4372-a567-0e02b2c3d479", {
    PostgreSQL: [["uuid", "F47AC10B-58CC-4372-A567-0E02B2C3D479"]],
    DuckDB: [["UUID", "f47ac10b-58cc-4372-a567-0e02b2c3d479"]],
  }),
  form("bytes", "none", "", { PostgreSQL: [["bytea", ""]], DuckDB: [["BLOB", ""]] }),
  form("bytes", "any, with a zero", "00ff0a41", { PostgreSQL: [["bytea", "\\x00ff0a41"]], DuckDB: [["BLOB", "\\x00\\xFF\\x0AA"]] }),
  form("date", "1970-01-01", "0", { PostgreSQL: [["date", "1970-01-01"]], DuckDB: [["DATE", "1970-01-01"]] }),
  form("date", "a leap day", "19782", { PostgreSQL: [["date", "2024-02-29"]], DuckDB: [["DATE", "2024-02-29"]] }),
  form("date", "0001-01-01", "-719162", { PostgreSQL: [["date", "0001-01-01"]], DuckDB: [["DATE", "0001-01-01"]] }),
  form("date", "44 BC", "-735160", { PostgreSQL: [["date", "0044-03-15 BC"]], DuckDB: [["DATE", "0044-03-15 (BC)"]] }),
  form("date", "after 9999", "2932897", { PostgreSQL: [["date", "10000-01-01"]], DuckDB: [["DATE", "10000-01-01"]] }),
  form("date", "infinity", "infinity", { PostgreSQL: [["date", "infinity"]], DuckDB: [["DATE", "infinity"]] }),
  form("date", "infinity in the past", "-infinity", { PostgreSQL: [["date", "-infinity"]], DuckDB: [["DATE", "-infinity"]] }),
  form("time", "midnight", "0.000000", { PostgreSQL: [["time without time zone", "00:00"]], DuckDB: [["TIME", "00:00:00"]] }),
  form("time", "the last microsecond", "86399.999999", {
    PostgreSQL: [["time without time zone", "23:59:59.999999"]],
    DuckDB: [["TIME", "23:59:59.999999"]],
  }),
  form("time", "midnight at the end of a day", "86400.000000", {
    PostgreSQL: [["time without time zone", "24:00"]],
    DuckDB: [["TIME", "24:00:00"]],
  }),
  form(
    "time",
    "to the millisecond",
    "86399.999000",
    { PostgreSQL: [["time without time zone", "23:59:59.999999"]], DuckDB: [["TIME", "23:59:59.999999"]] },
    { digits: 3 },
  ),
  moment("1970-01-01 00:00:00", "0.000000", "1970-01-01 00:00:00"),
  moment("a microsecond before", "-0.000001", "1969-12-31 23:59:59.999999"),
  moment("a microsecond", "1709206200.123456", "2024-02-29 11:30:00.123456"),
  form("timestamp", "a date is its midnight", "1709164800.000000", {
    PostgreSQL: [
      ["date", "2024-02-29"],
      ["timestamp without time zone", "2024-02-29"],
    ],
    DuckDB: [
      ["DATE", "2024-02-29"],
      ["TIMESTAMP", "2024-02-29"],
      ["TIMESTAMP_S", "2024-02-29"],
      ["TIMESTAMP_MS", "2024-02-29"],
      ["TIMESTAMP_NS", "2024-02-29"],
    ],
  }),
  moment("44 BC", "-63517823999.999999", "0044-03-15 00:00:00.000001 BC", "0044-03-15 (BC) 00:00:00.000001"),
  moment("the end of 9999", "253402300799.999999", "9999-12-31 23:59:59.999999"),
  moment("infinity", "Infinity", "infinity"),
  moment("infinity in the past", "-Infinity", "-infinity"),
  form(
    "timestamp",
    "to the millisecond, before 1970: down",
    "-0.001000",
    {
      PostgreSQL: [["timestamp without time zone", "1969-12-31 23:59:59.9999"]],
      DuckDB: [["TIMESTAMP", "1969-12-31 23:59:59.9999"]],
    },
    { digits: 3 },
  ),
  form(
    "timestamp",
    "to the second, before 1970: down",
    "-1.000000",
    {
      PostgreSQL: [["timestamp without time zone", "1969-12-31 23:59:59.9999"]],
      DuckDB: [
        ["TIMESTAMP", "1969-12-31 23:59:59.9999"],
        ["TIMESTAMP_MS", "1969-12-31 23:59:59.999"],
      ],
    },
    { digits: 0 },
  ),
  form(
    "timestamp",
    "nanoseconds, before 1970",
    "-0.000000001",
    { DuckDB: [["TIMESTAMP_NS", "1969-12-31 23:59:59.999999999"]] },
    { digits: 9 },
  ),
  form("timestamp", "nanoseconds beside microseconds: down", "-0.000001", {
    PostgreSQL: [["timestamp without time zone", "1969-12-31 23:59:59.999999"]],
    DuckDB: [["TIMESTAMP_NS", "1969-12-31 23:59:59.999999999"]],
  }),
  form("instant", "in any zone", "1709163000.123456", {
    PostgreSQL: [
      ["timestamp with time zone", "2024-02-29 01:30:00.123456+02"],
      ["timestamp with time zone", "2024-02-28 23:30:00.123456Z"],
    ],
    DuckDB: [
      ["TIMESTAMP WITH TIME ZONE", "2024-02-29 01:30:00.123456+02"],
      ["TIMESTAMP WITH TIME ZONE", "2024-02-28 18:30:00.123456-05"],
    ],
  }),
  form("instant", "infinity", "Infinity", {
    PostgreSQL: [["timestamp with time zone", "infinity"]],
    DuckDB: [["TIMESTAMP WITH TIME ZONE", "infinity"]],
  }),
];
