/** Types of MariaDB through tap-mysql and a target: each value must be what the source has. */

export interface TypeCase {
  type: string;
  /** As SQL writes them. NULL is added to all. */
  values: readonly string[];
  /** The column `v` as text that all databases write alike; `source` in MariaDB. Default: its text. */
  source?: string;
  duckdb?: string;
  postgres?: string;
  /** Makes texts alike that mean the same. */
  same?: (text: string) => string;
}

/** Bytes, whatever the target keeps them in. */
const bytes = { source: "HEX(v)", duckdb: "hex(v)", postgres: "upper(encode(v, 'hex'))" };
/** Microseconds. */
const instant = {
  source: "CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v) AS CHAR)",
  duckdb: "epoch_us(v)",
  postgres: "(extract(epoch FROM v) * 1000000)::bigint",
};
const double = { source: "CAST(v AS DOUBLE)", same: (text: string): string => String(Number(text)) };
const single = { source: "CAST(v AS DOUBLE)", same: (text: string): string => String(Math.fround(Number(text))) };
const boolean = { source: "CASE WHEN v THEN 'true' WHEN NOT v THEN 'false' END" };
const json = { same: (text: string): string => JSON.stringify(JSON.parse(text)) };
/** Digits: zeros at the end may be written or not. */
const digits = { same: (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text) };
const number = { source: "CAST(v + 0 AS CHAR)" };
const clock = { same: (text: string): string => text.replace(/\.?0+$/, "").padEnd(8, "0") };

export const typeCases: readonly TypeCase[] = [
  { type: "tinyint", values: ["-128", "127"] },
  { type: "tinyint unsigned", values: ["255"] },
  { type: "smallint unsigned", values: ["65535"] },
  { type: "mediumint", values: ["-8388608"] },
  { type: "int", values: ["-2147483648"] },
  { type: "int unsigned", values: ["4294967295"] },
  { type: "int(8) zerofill", values: ["42"], ...number },
  { type: "bigint", values: ["-9223372036854775808", "9007199254740993"] },
  { type: "bigint unsigned", values: ["18446744073709551615", "0"], ...digits },
  { type: "decimal(38,10)", values: ["1234567890123456789012345678.0123456789", "-0.0000000001"], ...digits },
  { type: "decimal(10,2)", values: ["-99999999.99", "0.50"], ...digits },
  { type: "decimal(65,0)", values: [`1${"0".repeat(63)}7`], ...digits },
  { type: "double", values: ["0.1", "-2.5e-300", "123456789.12345679"], ...double },
  { type: "float", values: ["0.1", "16777216", "-3.25e-10"], ...single },
  { type: "bit(1)", values: ["b'1'", "b'0'"], ...boolean },
  { type: "bit(64)", values: ["b'1000000000000000000000000000000000000000000000000000000000000001'"], ...number, ...digits },
  { type: "char(10)", values: ["'a b'", "''"] },
  { type: "varchar(200)", values: ["'Zürich 日本語 👩‍👩‍👧'", "'NULL'", "CONCAT('\"', CHAR(92), CHAR(9), CHAR(10), CHAR(1))"] },
  { type: "varchar(100) CHARACTER SET latin1", values: ["'Zürich €'"] },
  { type: "varchar(100) CHARACTER SET sjis", values: ["'日本語'"] },
  { type: "longtext", values: ["REPEAT('ü', 100000)"] },
  { type: "enum('a','it''s')", values: ["'it''s'"] },
  { type: "set('p','q')", values: ["'p,q'", "''"] },
  { type: "binary(4)", values: ["X'00ff'"], ...bytes },
  { type: "varbinary(10)", values: ["X'00ff01'", "''"], ...bytes },
  { type: "blob", values: ["REPEAT(X'00ff', 1000)"], ...bytes },
  { type: "date", values: ["'1000-01-01'", "'2024-02-29'", "'9999-12-31'"] },
  { type: "datetime(6)", values: ["'2024-02-29 23:59:59.123456'", "'1000-01-01'"], ...instant },
  { type: "datetime", values: ["'2024-02-29 23:59:59'"], ...instant },
  { type: "timestamp(6) NULL", values: ["'2038-01-19 03:14:07.999999'"], ...instant },
  { type: "time(6)", values: ["'23:59:59.999999'", "'00:00:00'"], ...clock },
  { type: "time", values: ["'12:00:00'", "'838:59:59'", "'-00:00:01'"], ...clock },
  { type: "year", values: ["2024", "0"], ...number },
  { type: "json", values: ['\'{"a": [1.5, "x\\\\n"], "b": null}\'', "'[]'", "'\"text\"'", "'7'"], ...json },
  { type: "uuid", values: ["'f47ac10b-58cc-4372-a567-0e02b2c3d479'"] },
  { type: "inet6", values: ["'2001:db8::1'"] },
  {
    type: "point",
    values: ["ST_GeomFromText('POINT(1 2)')"],
    source: "HEX(ST_AsBinary(v))",
  },
];
