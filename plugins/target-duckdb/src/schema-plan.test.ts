import { columnType, planSchema, type TableName, wantedColumns } from "@tapline/sql";
import { expect, test } from "vitest";
import { failure } from "../test/database.ts";
import { dialect } from "./dialect.ts";

const place = (table: TableName) => ({ database: "db", table, hasSchema: false });
const table = { schema: 'odd "schema"', table: "t" };

test("a new table gets its schema, every column nullable, every name as it is", () => {
  const wanted = wantedColumns(dialect, { properties: { id: { type: "integer" }, 'a"b': { type: "string" } } }, "s");
  expect(planSchema(dialect, place(table), null, wanted, "s").statements).toEqual([
    'CREATE SCHEMA IF NOT EXISTS "db"."odd ""schema"""',
    'CREATE TABLE "db"."odd ""schema"""."t" ("id" BIGINT, "a""b" VARCHAR)',
  ]);
});

test("columns that are missing are added, others keep their name and type", () => {
  const wanted = wantedColumns(dialect, { properties: { ID: { type: "integer" }, day: { type: "string", format: "date" } } }, "s");
  const plan = planSchema(dialect, place({ schema: "main", table: "t" }), [{ name: "id", type: "HUGEINT" }], wanted, "s");
  expect(plan.statements).toEqual(['ALTER TABLE "db"."main"."t" ADD COLUMN "day" DATE']);
  expect(plan.columns.map((column) => column.columnName)).toEqual(["id", "day"]);
});

test("a type that can't hold the stream's values is an error naming both", async () => {
  const wanted = wantedColumns(dialect, { properties: { n: { type: "number" } } }, "s");
  const error = await failure(() =>
    planSchema(dialect, place({ schema: "main", table: "t" }), [{ name: "n", type: "BIGINT" }], wanted, "s"),
  );
  expect(error).toMatchObject({ code: "type_conflict", class: "config", position: { stream: "s", column: "n" } });
  expect(error.message).toContain("BIGINT");
  expect(error.message).toContain("DOUBLE");
  expect(error.hint).toContain('ALTER TABLE "db"."main"."t" ALTER "n" TYPE DOUBLE');
});

test("columns that differ only in case, and no columns at all, are errors", async () => {
  expect((await failure(() => wantedColumns(dialect, { properties: { Id: {}, iD: {} } }, "s"))).code).toBe("column_collision");
  expect((await failure(() => wantedColumns(dialect, { type: "object" }, "s"))).code).toBe("no_columns");
});

test.each([
  [{ type: "integer" }, "DECIMAL(38,2)", true],
  [{ type: "integer" }, "DECIMAL(18,0)", false],
  [{ type: "integer" }, "DOUBLE", true],
  [{ type: "integer" }, "INTEGER", false],
  [{ type: "number", multipleOf: 0.01 }, "DECIMAL(38,2)", true],
  [{ type: "number", multipleOf: 0.01 }, "DECIMAL(38,3)", false],
  [{ type: "number", format: "singer.decimal", precision: 10, scale: 2 }, "DECIMAL(12,4)", true],
  [{ type: "number", multipleOf: 0.01 }, "DOUBLE", false],
  [{ type: "string", format: "date-time" }, "VARCHAR", true],
  [{ type: "string", format: "date-time" }, "TIMESTAMP", false],
  [{ type: "object" }, "VARCHAR", true],
  [{ type: "string" }, "JSON", true],
  [{ type: "string" }, "BIGINT", false],
])("%j in an existing %s column: %s", (schema, existing, fits) => {
  expect(dialect.storedAs(columnType(schema, dialect), existing) !== null).toBe(fits);
});
