/** Tables that are wider than PostgreSQL allows: reported before anything is made, or with the row. */
import { testDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { pipe, record, schema } from "../test/pipe.ts";

/** Rows as they are: what the table takes is looked at here. */
const plain = { add_record_metadata: false, validate_records: false };
const columns = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`c${i}`, { type: ["null", "integer"] }]));
const values = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`c${i}`, i]));

test("1,700 columns are too many before any table is made", async () => {
  const database = await testDatabase();
  const { failure } = await pipe(database, [schema(columns(1700)), record(values(3))], plain);
  expect(failure).toMatchObject({ code: "too_many_columns", class: "config" });
  expect(failure?.message).toMatch(/1700.*1600/);
  expect(await database.read("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).toEqual([["0"]]);
});

test.each([[[]], [["c0"]]])(
  "1,600 columns load, and a row that fits no page is reported, and kept with its position where rows may be rejected (keys %j)",
  async (keys) => {
    const database = await testDatabase();
    const input = [schema(columns(1600), keys), record(values(900)), record({ ...values(1600), c0: -1 }), record({ c0: -2 })];
    const { failure } = await pipe(database, input, plain);
    expect(failure).toMatchObject({ code: "row_too_big", class: "data", position: { stream: "s" } });
    const { summary } = await pipe(database, input, { ...plain, on_error: "reject" });
    expect(summary).toMatchObject({ loaded: 2, rejected: 1, in_table: 2 });
    expect(await database.read("SELECT code, position FROM s__rejects")).toEqual([["row_too_big", '{"line": 3}']]);
  },
);

test("a key too long for an index is reported", async () => {
  const database = await testDatabase();
  const long = Array.from({ length: 3000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000))).join("");
  const { failure } = await pipe(database, [schema({ id: { type: "string" } }, ["id"]), record({ id: long })], plain);
  expect(failure).toMatchObject({ code: "row_too_big", class: "data" });
});
