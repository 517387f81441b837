/** The names and types of tables for dbt's models equal those from the dialects of the targets. */
import { columnType, typeName } from "@tapline/columns";
import { columnNames, fitName } from "@tapline/sql";
import { expect, test } from "vitest";
import { dialect as duckdb } from "../../target-duckdb/src/dialect/index.ts";
import { dialect as postgres } from "../../target-postgres/src/dialect/index.ts";
import { loadedTable } from "../src/loaded-table.ts";

const properties = {
  id: { type: "integer" },
  ID: { type: "string" },
  price: { type: "number", multipleOf: 0.01 },
  weight: { type: "number" },
  large: { type: "integer", maximum: 1e30 },
  at: { type: "string", format: "date-time" },
  day: { type: "string", format: "date" },
  clock: { type: "string", format: "time" },
  code: { type: "string", format: "uuid" },
  bytes: { type: "string", contentEncoding: "base64" },
  open: { type: "boolean" },
  lines: { type: "array" },
  [`${"long ".repeat(20)}name`]: { type: "string" },
};

test.each([
  ["duckdb", duckdb],
  ["postgres", postgres],
] as const)("%s", (adapter, dialect) => {
  const stream = "x".repeat(100);
  const target = { add_record_metadata: false };
  const table = loadedTable({ stream, schema: { properties }, key_properties: ["id"] } as never, adapter, target);
  const names = columnNames(Object.keys(properties), [], dialect.names);
  expect(table.table).toBe(fitName(stream, dialect.names));
  expect(table.keys).toEqual(["id"]);
  expect(table.columns.map(({ property, name, type }) => [property, name, type.toUpperCase()])).toEqual(
    Object.entries(properties).map(([property, schema]) => [
      property,
      names.get(property),
      typeName(dialect.types, columnType(schema, dialect.types))
        .toUpperCase()
        .replace(/^NUMERIC\(/, "DECIMAL("),
    ]),
  );
});

test("numbers that the target stores as instants are instants for dbt", () => {
  const schema = { properties: { at: { type: "integer", format: "date-time" } } };
  const target = { add_record_metadata: false, epoch_times: "seconds" };
  expect(loadedTable({ stream: "s", schema, key_properties: [] } as never, "duckdb", target).columns).toMatchObject([
    { property: "at", type: "TIMESTAMP WITH TIME ZONE" },
  ]);
});
