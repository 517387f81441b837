/** Values that a column is too narrow for while the stream's schema allows them: the column becomes wider, and nothing is lost or rounded. */
import { exactNumber } from "@tapline/protocol";
import type { JsonSchema } from "@tapline/sdk";
import { type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { describe, expect, test } from "vitest";
import { pipe, record, schema, state } from "../test/pipe.ts";

const plain = { add_record_metadata: false };
const integer = { type: ["null", "integer"] };
const number = { type: ["null", "number"] };
const text = { type: ["null", "string"] };

async function typeOf(database: TestDatabase, column: string): Promise<unknown> {
  const type = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 's'::regclass AND attname =";
  return (await database.read(`${type} '${column}'`))[0]?.[0];
}

const beyond = exactNumber("9223372036854775808");

describe.each([
  ["append", [], {}],
  ["upsert", ["id"], {}],
  ["overwrite", ["id"], { load_method: "overwrite" }],
  ["append, rejecting", [], { on_error: "reject" }],
  ["upsert, rejecting", ["id"], { on_error: "reject" }],
] as const)("%s", (_, keys, config) => {
  test.each<[string, JsonSchema, string | undefined, unknown, string, string]>([
    ["an integer of 65 bits", integer, undefined, beyond, "numeric", "9223372036854775808"],
    ["an integer that smallint does not hold", integer, "smallint", 70_000, "bigint", "70000"],
    ["an integer that integer does not hold", integer, "integer", beyond, "numeric", "9223372036854775808"],
    [
      "digits that a double does not hold",
      number,
      "double precision",
      exactNumber("0.12345678901234567891"),
      "numeric",
      "0.12345678901234567891",
    ],
    ["digits after a numeric(5,2)", number, "numeric(5,2)", 1.005, "numeric", "1.005"],
    ["digits before a numeric(5,2)", number, "numeric(5,2)", 12345.5, "numeric", "12345.5"],
    [
      "more digits than the schema's step promised",
      { ...number, multipleOf: 0.01 },
      undefined,
      exactNumber("1e36"),
      "numeric",
      `1${"0".repeat(36)}`,
    ],
    ["more digits than numeric has", number, undefined, exactNumber("1e999999999"), "text", "1e999999999"],
    ["finer digits than numeric has", number, undefined, exactNumber("1e-999999999"), "text", "1e-999999999"],
    [
      "an integer with more digits than numeric has",
      integer,
      undefined,
      exactNumber(`1${"0".repeat(140_000)}`),
      "text",
      `1${"0".repeat(140_000)}`,
    ],
    ["a text beyond varchar(3)", text, "varchar(3)", "four", "text", "four"],
    ["a text that is no UUID", text, "uuid", "no uuid", "text", "no uuid"],
    ["a text in a column of days", text, "date", "soon", "text", "soon"],
    ["a text in a column of instants", text, "timestamptz", "soon", "text", "soon"],
    ["an object beside numbers", { type: ["null", "object"] }, "integer", { a: 1 }, "jsonb", '{"a": 1}'],
  ])("%s", async (_what, property, existing, value, type, printed) => {
    const database = await testDatabase();
    const isText = existing !== undefined && ["uuid", "date", "timestamptz"].includes(existing);
    if (existing !== undefined)
      await database.read(
        `CREATE TABLE s (id bigint ${keys.length > 0 ? "PRIMARY KEY" : ""}, v ${existing})`,
        "INSERT INTO s (id) VALUES (0)",
      );
    const rows = Array.from({ length: 3000 }, (_row, id) =>
      record({ id: id + 1, v: id === 1700 ? value : isText ? null : id === 5 && property === number ? 5 : null }),
    );
    const input = [schema({ id: { type: "integer" }, v: property }, [...keys]), ...rows, state(1)];
    // Fewer bytes than there are rows, so that other batches are on their way before and after it.
    const { summary, failure } = await pipe(database, input, {
      ...plain,
      ...config,
      batch_max_bytes: 20_000,
    });
    expect(failure).toBeUndefined();
    expect(await typeOf(database, "v")).toBe(type);
    expect(await database.read("SELECT v FROM s WHERE id = 1701")).toEqual([[printed]]);
    const isOver = "load_method" in config || existing === undefined;
    expect(summary).toMatchObject({ received: 3000, loaded: 3000, inserted: 3000, updated: 0, in_table: isOver ? 3000 : 3001 });
    expect(await database.read("SELECT count(*), count(DISTINCT id) FROM s WHERE id > 0")).toEqual([["3000", "3000"]]);
  });
});

test("several columns, several times, of streams that take turns; each change is reported once", async () => {
  const database = await testDatabase();
  const properties = { id: { type: "integer" }, a: integer, b: number };
  const lines = [schema(properties, ["id"], "s"), schema(properties, [], "t")];
  const big = exactNumber(`1${"0".repeat(140_000)}`);
  for (let id = 0; id < 2000; id++) {
    const values = {
      id,
      a: id === 300 ? beyond : id === 900 ? big : id,
      b: id === 600 ? exactNumber("1e-20000") : id === 700 ? beyond : id,
    };
    for (const stream of ["s", "t"]) lines.push(record(values, stream));
    if (id % 400 === 0) lines.push(state(id));
  }
  const { summary, failure } = await pipe(database, lines, { ...plain, batch_max_bytes: 10_000, batch_size_rows: 500 });
  expect(failure).toBeUndefined();
  expect(summary?.changes?.filter(({ kind }) => kind === "column_widened")).toEqual([
    { kind: "column_widened", column: "a", from: "bigint", to: "numeric" },
    { kind: "column_widened", column: "b", from: "numeric", to: "text" },
    { kind: "column_widened", column: "a", from: "numeric", to: "text" },
  ]);
  for (const table of ["s", "t"]) {
    expect(await database.read(`SELECT count(*), count(DISTINCT id) FROM ${table}`)).toEqual([["2000", "2000"]]);
    expect(await database.read(`SELECT a, b FROM ${table} WHERE id IN (299, 300, 600, 700, 701) ORDER BY id`)).toEqual([
      ["299", "299"],
      ["9223372036854775808", "300"],
      ["600", "1e-20000"],
      ["700", "9223372036854775808"],
      ["701", "701"],
    ]);
    expect(await database.read(`SELECT length(a) FROM ${table} WHERE id = 900`)).toEqual([["140001"]]);
  }
});

test("a domain's rules stay: its column does not become wider", async () => {
  const database = await testDatabase();
  await database.read("CREATE DOMAIN even AS smallint CHECK (VALUE % 2 = 0)", "CREATE TABLE s (id bigint, v even)");
  const rows = [record({ id: 1, v: 2 }), record({ id: 2, v: 70_000 })];
  const { failure } = await pipe(database, [schema({ id: { type: "integer" }, v: integer }), ...rows], plain);
  expect(failure).toMatchObject({ code: "integer_out_of_range", position: { line: 3, column: "v" } });
  const other = await pipe(database, [schema({ id: { type: "integer" }, v: text }), record({ id: 3, v: "x" })], plain);
  expect(other.failure).toMatchObject({ code: "type_conflict" });
  const beside = await pipe(database, [schema({ id: { type: "integer" }, v: integer }), ...rows], {
    ...plain,
    schema_policy: "new_column",
  });
  expect(beside.failure).toBeUndefined();
  expect(await database.read("SELECT v, v__bigint FROM s ORDER BY id")).toEqual([
    [null, "2"],
    [null, "70000"],
  ]);
});

describe("schema_policy", () => {
  const input = [
    schema({ id: { type: "integer" }, v: integer }, ["id"]),
    record({ id: 1, v: 1 }),
    state(1),
    record({ id: 2, v: 70_000 }),
    state(2),
  ];
  const create = ["CREATE TABLE s (id bigint PRIMARY KEY, v smallint)", "INSERT INTO s VALUES (0, 0)"];

  test("freeze: the value is an error with its position, and the commits before it stay", async () => {
    const database = await testDatabase();
    await database.read(...create);
    const { failure } = await pipe(database, input, { ...plain, schema_policy: "freeze", batch_size_rows: 1 });
    expect(failure).toMatchObject({ code: "integer_out_of_range", position: { stream: "s", line: 4, column: "v" } });
    expect(await typeOf(database, "v")).toBe("smallint");
    expect(await database.read("SELECT id FROM s ORDER BY id")).toEqual([["0"], ["1"]]);
  });

  test("freeze: a column that is missing or too narrow for the schema stops it before anything is written", async () => {
    const database = await testDatabase();
    await database.read(...create);
    const cases: Record<string, JsonSchema>[] = [{ more: text }, { v: text }];
    for (const others of cases) {
      const properties = { id: { type: "integer" }, ...others };
      const { failure } = await pipe(database, [schema(properties, ["id"]), record({ id: 5 })], {
        ...plain,
        schema_policy: { s: "freeze" },
      });
      expect(failure).toMatchObject({ code: "schema_frozen" });
    }
    expect(await database.read("SELECT * FROM s")).toEqual([["0", "0"]]);
  });

  test("new_column: the value and those after it are in a column beside it, in this run and in the next", async () => {
    const database = await testDatabase();
    await database.read(...create);
    const config = { ...plain, schema_policy: { "*": "new_column" } };
    const first = await pipe(database, input, config);
    expect(first.failure).toBeUndefined();
    expect(first.summary?.changes).toEqual([{ kind: "column_kept_apart", column: "v", from: "smallint", to: "v__bigint" }]);
    expect(await database.read("SELECT id, v, v__bigint FROM s ORDER BY id")).toEqual([
      ["0", "0", null],
      ["1", null, "1"],
      ["2", null, "70000"],
    ]);
    const again = await pipe(database, [schema({ id: { type: "integer" }, v: text }, ["id"]), record({ id: 0, v: "x" })], config);
    expect(again.failure).toBeUndefined();
    expect(await database.read("SELECT id, v, v__bigint, v__varchar FROM s ORDER BY id")).toEqual([
      ["0", null, null, "x"],
      ["1", null, "1", null],
      ["2", null, "70000", null],
    ]);
  });
});
