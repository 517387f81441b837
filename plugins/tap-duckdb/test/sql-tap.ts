/** tap-duckdb as the kit for SQL taps sees it: a database file for each check, because a file that is written can't be read. */
import { parseExact } from "@tapline/sdk";
import type { SqlTapUnderTest } from "@tapline/testing";
import type { DatabaseFile } from "./database-file.ts";

const exact = (text: string) => parseExact(text) as never;

export const sqlTapOf = ({ path, execute }: DatabaseFile, command: readonly string[]): SqlTapUnderTest => ({
  command,
  config: (schema) => ({ filepath: path, filter_schemas: [schema] }),
  execute,
  stream: (schema, table) => `${schema}-${table}`,
  failing: (column) => `CAST(concat('x', ${column}) AS INTEGER)`,
  types: [
    { type: "bigint", values: [["9007199254740993", exact("9007199254740993")]] },
    { type: "hugeint", values: [["-170141183460469231731687303715884105728", exact("-170141183460469231731687303715884105728")]] },
    { type: "uhugeint", values: [["340282366920938463463374607431768211455", exact("340282366920938463463374607431768211455")]] },
    { type: "decimal(38,18)", values: [["12345678901234567890.000000000000000001", exact("12345678901234567890.000000000000000001")]] },
    { type: "decimal(3,3)", values: [["-0.500", exact("-0.500")]] },
    { type: "double", values: [["1e300", exact("1e300")]] },
    { type: "float", values: [["0.1", exact("0.1")]] },
    {
      type: "boolean",
      values: [
        ["true", true],
        ["false", false],
      ],
    },
    {
      type: "varchar",
      values: [
        ["''", ""],
        ["'a \"b\" \\ c' || chr(9) || 'd' || chr(10) || chr(0) || chr(1) || chr(127)", 'a "b" \\ c\td\n\u0000\u0001\u007f'],
        ["'Zürich 日本語 👩‍👩‍👧'", "Zürich 日本語 👩‍👩‍👧"],
        ["'null'", "null"],
        ["'NULL'", "NULL"],
      ],
    },
    { type: "date", values: [["'2024-02-29'", "2024-02-29"]] },
    {
      type: "date",
      values: [
        ["'2024-02-29'", "2024-02-29"],
        ["'infinity'", "infinity"],
        ["'0044-03-15 (BC)'", "0044-03-15 (BC)"],
      ],
    },
    { type: "timestamptz", values: [["'2024-02-29 23:59:59.123456+02'", "2024-02-29T21:59:59.123456Z"]] },
    { type: "timestamp", values: [["'2024-02-29 23:59:59.123456'", "2024-02-29T23:59:59.123456Z"]] },
    { type: "timestamp_ns", values: [["'2024-02-29 23:59:59.123456789'", "2024-02-29 23:59:59.123456789"]] },
    { type: "timestamp_ns", values: [["'2024-02-29 23:59:59.123456'", "2024-02-29T23:59:59.123456Z"]] },
    { type: "blob", values: [["'\\x00\\xff\\x01'", "AP8B"]] },
    { type: "json", values: [['\'{"a":\n [1.5, "\\n"]}\'', { a: [1.5, "\n"] }]] },
    { type: "interval", values: [["'1 year -3 days 04:05:06.789'", "1 year -3 days 04:05:06.789"]] },
    {
      type: 'struct("a b" decimal(3,3), l integer[][])',
      values: [["{'a b': 0.5, 'l': [[1, NULL], [], NULL]}", { "a b": exact("0.500"), l: [[1, null], [], null] }]],
    },
    { type: "map(integer, varchar)", values: [["map {1: 'x\"y', 2: NULL}", { "1": 'x"y', "2": null }]] },
    { type: "integer[2]", values: [["[1, NULL]", [1, null]]] },
    {
      type: "union(num integer, text varchar)",
      values: [
        ["2", { num: 2 }],
        ["'2'", { text: "2" }],
      ],
    },
    { type: "double[]", values: [["[1.5, 'nan'::double, '-inf'::double]", [1.5, "NaN", "-Infinity"]]] },
  ],
  cursors: [
    { type: "bigint", first: "9223372036854775805", second: "9223372036854775806" },
    { type: "timestamptz", first: "'2024-01-01 00:00:00.123456Z'", second: "'2024-01-01 00:00:00.123457Z'" },
    { type: "timestamp_ns", first: "'2024-01-01 00:00:00.123456788'", second: "'2024-01-01 00:00:00.123456789'" },
    { type: "decimal(38,1)", first: "1234567890123456789012345678901234567.1", second: "1234567890123456789012345678901234567.2" },
    { type: "double", first: "0.1", second: "0.30000000000000004" },
    { type: "varchar", first: "'a''b'", second: "'ä'" },
    { type: "uuid", first: "'00000000-0000-0000-0000-000000000001'", second: "'f0000000-0000-0000-0000-000000000001'" },
  ],
});
