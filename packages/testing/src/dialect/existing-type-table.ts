/**
 * Columns of types that a load never makes, and what becomes of values there, as data: the check loads every row of it, and
 * docs/reference/types.md is printed from it.
 */
import type { JsonSchema } from "@tapline/protocol";

export interface ExistingType {
  /** The name of the database. */
  database: string;
  /** As people write it: "char(2)". */
  label: string;
  /** The type's name, and SQL that makes it where it is no built-in one. `schema` is quoted. */
  type(schema: string): string;
  prepare?(schema: string): string;
  property: JsonSchema;
  /** What is sent, and what is there afterwards, as the database writes it. */
  taken: readonly (readonly [sent: unknown, stored: string])[];
  refused: readonly (readonly [sent: unknown, code: string])[];
}

const text: JsonSchema = { type: ["null", "string"] };
const instant: JsonSchema = { type: ["null", "string"], format: "date-time" };
const number: JsonSchema = { type: ["null", "number"] };

const builtIn = (
  database: string,
  type: string,
  property: JsonSchema,
  taken: ExistingType["taken"],
  refused: ExistingType["refused"],
): ExistingType => ({ database, label: type, type: () => type, property, taken, refused });

const intervals: ExistingType["refused"] = [
  ["soon", "invalid_interval"],
  ["17", "invalid_interval"],
  ["00:00:00.1234567", "seconds_too_fine"],
];

export const existingTypeTable: readonly ExistingType[] = [
  builtIn(
    "PostgreSQL",
    "char(2)",
    text,
    [
      ["DE", "DE"],
      ["x", "x "],
    ],
    [
      ["DEU", "text_too_long"],
      ["D  ", "text_too_long"],
    ],
  ),
  builtIn(
    "PostgreSQL",
    "inet",
    text,
    [
      ["10.0.0.1/24", "10.0.0.1/24"],
      ["2001:db8::1", "2001:db8::1"],
    ],
    [["10.0.0.256", "value_refused"]],
  ),
  builtIn("PostgreSQL", "cidr", text, [["10.0.0.0/8", "10.0.0.0/8"]], [["10.0.0.1/8", "value_refused"]]),
  builtIn(
    "PostgreSQL",
    "money",
    number,
    [
      [12.5, "$12.50"],
      [-1234567.89, "-$1,234,567.89"],
    ],
    [
      [1.005, "decimal_too_fine"],
      [1e17, "decimal_out_of_range"],
    ],
  ),
  builtIn("PostgreSQL", "money", text, [["$1,234.56", "$1,234.56"]], [["12 EUR", "wrong_type"]]),
  builtIn(
    "PostgreSQL",
    "timestamp(0)",
    instant,
    [["2024-01-02T03:04:05+01:00", "2024-01-02 02:04:05"]],
    [["2024-01-02T03:04:05.5Z", "seconds_too_fine"]],
  ),
  builtIn(
    "PostgreSQL",
    "timestamp(3) with time zone",
    instant,
    [["2024-01-02T03:04:05.123000Z", "2024-01-02T03:04:05.123+00:00"]],
    [["2024-01-02T03:04:05.1234Z", "seconds_too_fine"]],
  ),
  builtIn("PostgreSQL", "time(0)", { ...text, format: "time" }, [["03:04:05", "03:04:05"]], [["03:04:05.5", "seconds_too_fine"]]),
  builtIn(
    "PostgreSQL",
    "interval",
    text,
    [
      ["-1 day, 2:03:04.5", "-1 days +02:03:04.5"],
      ["P1Y2M", "1 year 2 mons"],
    ],
    intervals,
  ),
  {
    database: "PostgreSQL",
    label: "an enum of 'red' and 'it''s'",
    type: (schema) => `${schema}.colour`,
    prepare: (schema) => `CREATE TYPE ${schema}.colour AS ENUM ('red', 'it''s')`,
    property: text,
    taken: [
      ["red", "red"],
      ["it's", "it's"],
    ],
    refused: [["Red", "not_a_label"]],
  },
  {
    database: "PostgreSQL",
    label: "a domain over char(2), CHECK (VALUE <> 'XX')",
    type: (schema) => `${schema}.country`,
    prepare: (schema) => `CREATE DOMAIN ${schema}.country AS char(2) CHECK (VALUE <> 'XX')`,
    property: text,
    taken: [["DE", "DE"]],
    refused: [
      ["XX", "constraint_refuses"],
      ["DEU", "text_too_long"],
    ],
  },
  builtIn(
    "DuckDB",
    "ENUM('red', 'it''s')",
    text,
    [
      ["red", "red"],
      ["it's", "it's"],
    ],
    [["Red", "not_a_label"]],
  ),
  builtIn(
    "DuckDB",
    "INTERVAL",
    text,
    [
      ["-1 day, 2:03:04.5", "-1 day 02:03:04.5"],
      ["P1Y2M", "1 year 2 months"],
    ],
    intervals,
  ),
  builtIn(
    "DuckDB",
    "TIMESTAMP_S",
    instant,
    [["2024-01-02T03:04:05+01:00", "2024-01-02 02:04:05"]],
    [["2024-01-02T03:04:05.5Z", "seconds_too_fine"]],
  ),
  builtIn(
    "DuckDB",
    "TIMESTAMP_MS",
    instant,
    [["2024-01-02T03:04:05.123Z", "2024-01-02 03:04:05.123"]],
    [["2024-01-02T03:04:05.1234Z", "seconds_too_fine"]],
  ),
];
