import { type ColumnType, columnType, Lane, RowColumns, type TargetColumn, typeName } from "@tapline/columns";
import { exactNumber } from "@tapline/protocol";
import type { JsonSchema, RowBatch, TaplineError } from "@tapline/sdk";
import { describe, expect, test } from "vitest";
import { failure } from "../test/database.ts";
import { dialect } from "./dialect/index.ts";

const integer = { type: "integer" };
const huge = { type: "integer", maximum: 1e30 };
const number = { type: "number" };
const money = { type: "number", multipleOf: 0.01 };
const small = { type: "number", format: "singer.decimal", precision: 5, scale: 2 };
const date = { type: "string", format: "date" };
const time = { type: "string", format: "time" };
const instant = { type: "string", format: "date-time" };
const object = { type: "object" };

const fail: RowBatch["reject"] = (_row, error) => {
  throw error;
};

const rowColumns = (planned: TargetColumn[], requiredKeys: string[]): RowColumns =>
  new RowColumns(
    { stream: "s", columns: planned, requiredKeys },
    (type) => typeName(dialect.types, type),
    () => new Lane(),
  );

function columns(properties: Record<string, JsonSchema>, keys: string[] = []): RowColumns {
  const planned = Object.entries(properties).map(([name, schema]) => ({ name, columnName: name, type: columnType(schema, dialect.types) }));
  return rowColumns(planned, keys);
}

function refused(schema: JsonSchema, value: unknown): Promise<TaplineError> {
  const rows = [{ a: 1, x: null }, { a: 2 }, { a: 3, x: value }, { a: 4, x: value }];
  return failure(() => columns({ a: integer, x: schema }).add({ rows, lines: [10, 11, 13, 14] }, fail));
}

function accepted(schema: JsonSchema, value: unknown): void {
  const all = columns({ x: schema });
  all.add({ rows: [{ x: value }], lines: [1] }, fail);
  expect(all.buffers[0]).toMatchObject({ rows: 1, nulls: 0 });
}

describe("a value that can't be stored exactly is an error", () => {
  test.each<[JsonSchema, unknown, string]>([
    [integer, exactNumber("9223372036854775808"), "integer_out_of_range"],
    [integer, exactNumber("-9223372036854775809"), "integer_out_of_range"],
    [integer, 1e300, "integer_out_of_range"],
    [integer, exactNumber("1e999999999"), "integer_out_of_range"],
    [integer, 1.5, "integer_has_fraction"],
    [integer, exactNumber("9007199254740993.5"), "integer_has_fraction"],
    [integer, "1", "wrong_type"],
    [integer, true, "wrong_type"],
    [integer, Number.NaN, "not_finite"],
    [number, exactNumber("0.1000000000000000055511151231257827"), "double_not_exact"],
    [number, exactNumber("9007199254740993"), "double_not_exact"],
    [number, "1.5 m", "wrong_type"],
    [money, 1.005, "decimal_too_fine"],
    [money, exactNumber("12345678901234567.891"), "decimal_too_fine"],
    [money, exactNumber("1e-999999999"), "decimal_too_fine"],
    [money, 1e36, "decimal_out_of_range"],
    [money, exactNumber("1e999999999"), "decimal_out_of_range"],
    [money, Number.POSITIVE_INFINITY, "not_finite"],
    [money, "abc", "wrong_type"],
    [small, 1000, "decimal_out_of_range"],
    [small, -1000, "decimal_out_of_range"],
    [{ type: "boolean" }, 1, "wrong_type"],
    [date, "2023-02-29", "invalid_date"],
    [date, "1900-02-29", "invalid_date"],
    [date, "2023-04-31", "invalid_date"],
    [date, "2023-13-01", "invalid_date"],
    [date, "0000-01-01", "invalid_date"],
    [date, "2023-1-1", "invalid_date"],
    [date, "01/02/2023", "invalid_date"],
    [date, "2024-01-02T00:00:01Z", "invalid_date"],
    [date, "2024-01-02T00:00:00.000001Z", "invalid_date"],
    [date, "2024-01-02T00:00:00+02:00", "invalid_date"],
    [date, "", "invalid_date"],
    [date, 20240102, "wrong_type"],
    [time, "24:00:01", "invalid_time"],
    [time, "12:00:00+02:00", "invalid_time"],
    [time, "12:00:60", "leap_second"],
    [time, "12:00:00.1234567+02:00", "invalid_time"],
    [instant, "2016-12-31T23:59:60Z", "leap_second"],
    [instant, "2024-01-02T03:04:05+00:00+01:00", "invalid_timestamp"],
    [instant, "2024-01-02T03:04:05.Z", "invalid_timestamp"],
    [instant, "2024-01-02T03:04:05 UTC", "invalid_timestamp"],
    [instant, "2024-01-02T03:04:05+25:00", "invalid_timestamp"],
    [instant, "2024-01-02_03:04:05Z", "invalid_timestamp"],
    [instant, "2024-01-02T03:61:05Z", "invalid_timestamp"],
    [instant, "", "invalid_timestamp"],
    [instant, 1_700_000_000, "wrong_type"],
    [object, { a: [Number.NaN] }, "not_finite"],
    [{ type: "string", format: "uuid" }, "8c6b6a54-1c1c-4b4b-8c8c-12345678901", "invalid_uuid"],
    [{ type: "string", contentEncoding: "base64" }, "a*b=", "invalid_base64"],
    [{ type: "string", contentEncoding: "base64" }, 5, "wrong_type"],
    [huge, exactNumber("100000000000000000000000000000000000001"), "integer_out_of_range"],
    [huge, 0.5, "integer_has_fraction"],
    [huge, "1", "wrong_type"],
  ])("%j %s: %s", async (schema, value, code) => {
    const error = await refused(schema, value);
    expect(error).toMatchObject({ code, class: "data", recovery: "skip", position: { stream: "s", line: 13, column: "x" } });
    expect(error.hint).not.toBe("");
  });
});

test.each<[ColumnType["kind"], unknown, string]>([
  ["smallint", 32_768, "integer_out_of_range"],
  ["smallint", -32_769, "integer_out_of_range"],
  ["smallint", 1.5, "integer_has_fraction"],
  ["integer", 2_147_483_648, "integer_out_of_range"],
  ["real", 0.1, "double_not_exact"],
  ["real", 1e300, "double_not_exact"],
  ["timestamp", "2024-02-30T00:00:00Z", "invalid_timestamp"],
])("in a %s column that others made, %s: %s", async (kind, value, code) => {
  const feed = rowColumns([{ name: "x", columnName: "x", type: { kind } as ColumnType }], []);
  expect((await failure(() => feed.add({ rows: [{ x: value }], lines: [1] }, fail))).code).toBe(code);
});

test("nesting too deep for JSON is an error, not a crash", async () => {
  const deep: unknown[] = [];
  for (let i = 0, at = deep; i < 200_000; i++) at = at[at.push([]) - 1] as unknown[];
  const error = await refused(object, deep);
  expect(error).toMatchObject({ code: "nested_too_deep", position: { stream: "s", line: 13, column: "x" } });
});

describe("what is exact is taken", () => {
  test.each<[JsonSchema, unknown]>([
    [integer, 1],
    [integer, -0],
    [integer, exactNumber("1.000000000000000000000")],
    [integer, exactNumber("9223372036854775807")],
    [integer, exactNumber("92233720368547758070e-1")],
    [number, Number.NaN],
    [number, Number.NEGATIVE_INFINITY],
    [{ type: ["string", "number"] }, Number.NaN],
    [huge, exactNumber("-99999999999999999999999999999999999999")],
    [{ type: "string", format: "uuid" }, "8C6B6A54-1c1c-4b4b-8c8c-123456789012"],
    [{ type: "string", contentEncoding: "base64" }, "_-8="],
    [money, 1.1],
    [money, exactNumber("1.1000000000000000000000000")],
    [money, "1E+2"],
    [money, "0E-10"],
    [money, exactNumber("-999999999999999999999999999999999999.99")],
    [small, "999.990"],
    [date, "2024-02-29"],
    [date, "2000-02-29T00:00:00.000000000Z"],
    [date, "0001-01-01 00:00:00"],
    [time, "23:59"],
    [time, "23:59:59.123456000Z"],
    [instant, "2024-01-02"],
    [instant, "2024-01-02T03:04Z"],
    [instant, "2024-01-02T03:04:05.123456000000-0830"],
    [instant, "2024-01-02 03:04:05+02"],
  ])("%j %s", (schema, value) => accepted(schema, value));
});

describe("every field of a record must have a column", () => {
  test("a field the schema does not have is named with its line", async () => {
    const rows = [
      { a: 1, b: 2 },
      { a: 1, c: 2 },
    ];
    const error = await failure(() => columns({ a: integer, b: integer }).add({ rows, lines: [5, 8] }, fail));
    expect(error).toMatchObject({ code: "unknown_field", position: { stream: "s", line: 8, column: "c" } });
  });

  test.each([[{}], [{ id: null }], [{ other: 1 }]])("a key without value: %j", async (row) => {
    const error = await failure(() =>
      columns({ id: integer, other: integer }, ["id"]).add({ rows: [{ id: 1 }, row], lines: [1, 2] }, fail),
    );
    expect(error).toMatchObject({ code: "key_missing", position: { line: 2, column: "id" } });
  });

  test("properties every object inherits are not mistaken for values", () => {
    const all = columns(JSON.parse('{"constructor":{"type":"string"},"__proto__":{"type":"string"},"toString":{"type":"string"}}'));
    all.add({ rows: [{}, JSON.parse('{"__proto__":"x","constructor":"y"}')], lines: [1, 2] }, fail);
    expect(all.buffers.map((buffer) => buffer.nulls)).toEqual([1, 1, 2]);
  });
});

test("the first bad row is reported, whichever column it is in; long values are cut", async () => {
  const rows = [
    { a: 1, b: 1 },
    { a: 2, b: "y".repeat(100) },
    { a: "z", b: 3 },
  ];
  const error = await failure(() => columns({ a: integer, b: integer }).add({ rows, lines: [1, 2, 3] }, fail));
  expect(error).toMatchObject({ code: "wrong_type", position: { line: 2, column: "b" } });
  expect(error.message).toBe(`"${"y".repeat(39)}… (string) is not a value for a BIGINT column`);
});
