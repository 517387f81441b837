/** tap-postgres as the kit for SQL taps sees it. */

import { parseExact } from "@tapline/sdk";
import type { SqlTapUnderTest } from "@tapline/testing";
import type { TestDatabase } from "@tapline/testing/postgres";
import { settings } from "./tap-run.ts";

const exact = (text: string) => parseExact(text) as never;

export const sqlTapOf = (database: TestDatabase, command: readonly string[]): SqlTapUnderTest => ({
  command,
  config: (schema) => ({ ...settings(database), filter_schemas: [schema] }),
  execute: (...statements) => database.read(...statements),
  stream: (schema, table) => `${schema}-${table}`,
  failing: (column) => `1 / (${column} - 1)`,
  types: [
    { type: "bigint", values: [["9007199254740993", exact("9007199254740993")]] },
    { type: "numeric", values: [["12345678901234567890.000000000000000001", exact("12345678901234567890.000000000000000001")]] },
    { type: "numeric(10,2)", values: [["0.50", exact("0.50")]] },
    {
      type: "boolean",
      values: [
        ["true", true],
        ["false", false],
      ],
    },
    {
      type: "text",
      values: [
        ["''", ""],
        ["E'a \"b\" \\\\ c\\td\\n\\v\\x01'", 'a "b" \\ c\td\n\v\u0001'],
        ["'NULL'", "NULL"],
        ["E'\\\\N'", "\\N"],
      ],
    },
    {
      type: "date",
      values: [
        ["'2024-02-29'", "2024-02-29"],
        ["'infinity'", "infinity"],
      ],
    },
    { type: "timestamptz", values: [["'2024-02-29 23:59:59.123456+02'", "2024-02-29T21:59:59.123456Z"]] },
    { type: "timestamp", values: [["'2024-02-29 23:59:59.123456'", "2024-02-29T23:59:59.123456Z"]] },
    { type: "bytea", values: [["'\\x00ff01'", "AP8B"]] },
    { type: "jsonb", values: [['\'{"a": [1.5, "\\n"]}\'', { a: [1.5, "\n"] }]] },
    {
      type: "int[][]",
      values: [
        [
          "'{{1,2},{3,NULL}}'",
          [
            [1, 2],
            [3, null],
          ],
        ],
      ],
    },
    { type: "interval", values: [["'1 year -3 days 04:05:06.789'", "1 year -3 days +04:05:06.789"]] },
  ],
  cursors: [
    { type: "bigint", first: "9223372036854775805", second: "9223372036854775806" },
    { type: "timestamptz", first: "'2024-01-01 00:00:00.123456Z'", second: "'2024-01-01 00:00:00.123457Z'" },
  ],
});
