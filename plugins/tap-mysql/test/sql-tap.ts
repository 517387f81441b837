/** tap-mysql as the kit for SQL taps sees it. */
import { parseExact } from "@tapline/sdk";
import type { SqlTapUnderTest } from "@tapline/testing";
import type { MariadbDatabase } from "@tapline/testing/mariadb";

const exact = (text: string) => parseExact(text) as never;

export const sqlTapOf = ({ host, port, user, password, read }: MariadbDatabase, command: readonly string[]): SqlTapUnderTest => ({
  command,
  config: (schema) => ({ host, port, user, password, filter_schemas: [schema] }),
  execute: (...statements) => read(...statements),
  stream: (schema, table) => `${schema}-${table}`,
  failing: (column) => `(SELECT ${column} UNION ALL SELECT ${column})`,
  times: {
    instant: { type: "timestamp(6) NULL", written: (utc) => utc },
    local: { type: "datetime(6)", written: (utc) => utc },
  },
  types: [
    { type: "bigint unsigned", values: [["18446744073709551615", exact("18446744073709551615")]] },
    { type: "bigint", values: [["-9223372036854775808", exact("-9223372036854775808")]] },
    { type: "int(5) unsigned zerofill", values: [["42", 42]] },
    { type: "tinyint(1)", values: [["-128", -128]] },
    { type: "decimal(38,10)", values: [["1234567890123456789012345678.0123456789", exact("1234567890123456789012345678.0123456789")]] },
    { type: "decimal(10,2) zerofill", values: [["0.50", exact("0.50")]] },
    {
      type: "double",
      values: [
        ["0.1", 0.1],
        ["-1.7976931348623157e308", exact("-1.7976931348623157e308")],
      ],
    },
    {
      type: "float",
      values: [
        ["0.1", 0.1],
        ["16777217", 16777216],
        ["123456.79", 123456.79],
      ],
    },
    {
      type: "bit(1)",
      values: [
        ["b'1'", true],
        ["b'0'", false],
      ],
    },
    { type: "bit(64)", values: [["b'1000000000000000000000000000000000000000000000000000000000000001'", exact("9223372036854775809")]] },
    {
      type: "text",
      values: [
        ["''", ""],
        ["CONCAT('a \"b\" ', CHAR(92), ' c', CHAR(9), 'd', CHAR(10), CHAR(11), CHAR(1))", 'a "b" \\ c\td\n\v\u0001'],
        ["'NULL'", "NULL"],
        ["'👩‍👩‍👧 日本語'", "👩‍👩‍👧 日本語"],
      ],
    },
    { type: "varchar(20) CHARACTER SET latin1", values: [["'Zürich €'", "Zürich €"]] },
    { type: "varchar(20) CHARACTER SET sjis", values: [["'日本語'", "日本語"]] },
    { type: "date", values: [["'2024-02-29'", "2024-02-29"]] },
    { type: "datetime(6)", values: [["'2024-02-29 23:59:59.123456'", "2024-02-29T23:59:59.123456Z"]] },
    { type: "timestamp(6) NULL", values: [["'2024-02-29 23:59:59.123456'", "2024-02-29T23:59:59.123456Z"]] },
    { type: "timestamp NULL", values: [["'2024-02-29 00:00:00'", "2024-02-29T00:00:00Z"]] },
    { type: "time(6)", values: [["'12:00:00.000001'", "12:00:00.000001"]] },
    {
      type: "time",
      values: [
        ["'23:59:59'", "23:59:59"],
        ["'838:59:59'", "838:59:59"],
        ["'-00:00:01'", "-00:00:01"],
      ],
    },
    {
      type: "year",
      values: [
        ["2024", 2024],
        ["0", 0],
      ],
    },
    { type: "varbinary(10)", values: [["X'00ff01'", "AP8B"]] },
    { type: "binary(4)", values: [["X'00ff'", "AP8AAA=="]] },
    { type: "json", values: [['\'{"a":\n [1.50, "\\\\n"]}\'', { a: [exact("1.50"), "\n"] }]] },
    {
      type: "enum('a','it''s \"x\"')",
      values: [
        ["'a'", "a"],
        ["2", 'it\'s "x"'],
      ],
    },
    {
      type: "set('p','q','r')",
      values: [
        ["'r,p'", "p,r"],
        ["''", ""],
      ],
    },
    { type: "uuid", values: [["'f47ac10b-58cc-4372-a567-0e02b2c3d479'", "f47ac10b-58cc-4372-a567-0e02b2c3d479"]] },
    { type: "inet6", values: [["'2001:db8::1'", "2001:db8::1"]] },
    { type: "point", values: [["ST_GeomFromText('POINT(1 2)')", "0101000000000000000000F03F0000000000000040"]] },
  ],
  cursors: [
    { type: "bigint unsigned", first: "18446744073709551613", second: "18446744073709551614" },
    { type: "datetime(6)", first: "'2024-01-01 00:00:00.123456'", second: "'2024-01-01 00:00:00.123457'" },
    { type: "varchar(10) CHARACTER SET latin1", first: "'a\"'", second: "'ü'" },
  ],
});
