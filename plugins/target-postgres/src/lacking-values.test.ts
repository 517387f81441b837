/** Records that lack values (they delete rows, or leave columns unchanged) in tables of others, whose other columns and checks know nothing of that. */
import { testDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { pipe, record, schema, state } from "../test/pipe.ts";

const properties = { id: { type: "integer" }, v: { type: ["null", "string"] }, w: { type: ["null", "string"] } };
const start = [schema(properties, ["id"]), record({ id: 1, v: "a", w: "x" }), record({ id: 2, v: "b", w: "y" }), state(1)];
const lacking = [
  record({ id: 1, _sdc_deleted_at: "2026-01-02T03:04:05Z" }),
  { ...record({ id: 2, w: "z" }), unchanged: ["v"] },
  record({ id: 3, v: "c", w: "x" }),
];

test.each([
  ["a column that the database numbers", "n bigint GENERATED ALWAYS AS IDENTITY"],
  ["a column of NOT NULL with a sequence", "n bigserial"],
  ["a column that is computed", "n text GENERATED ALWAYS AS (v || w) STORED"],
  ["a check that a value is there", "CHECK (v IS NOT NULL)"],
  ["a check of two columns", "CHECK (w <> 'z' OR v = 'b')"],
])("a table with %s takes them: %s", async (_name, more) => {
  const database = await testDatabase();
  await database.read(`CREATE TABLE s (id bigint PRIMARY KEY, v text, w text, ${more})`);
  for (const lines of [start, [schema(properties, ["id"]), ...lacking, state(2)]]) {
    const { failure } = await pipe(database, lines);
    expect(failure).toBeUndefined();
  }
  expect(await database.read("SELECT id, v, w, _sdc_deleted_at IS NOT NULL FROM s ORDER BY id")).toEqual([
    ["1", "a", "x", "t"],
    ["2", "b", "z", "f"],
    ["3", "c", "x", "f"],
  ]);
});

test("a row that a check refuses when it is merged is rejected with the values that it kept", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint PRIMARY KEY, v text, w text, CHECK (w <> 'z'))");
  await pipe(database, start);
  const { summary } = await pipe(database, [schema(properties, ["id"]), ...lacking], { on_error: "reject" });
  expect(summary).toMatchObject({ received: 3, loaded: 1, delete_records: 1, rejected: 1, in_table: 3 });
  expect(await database.read("SELECT record FROM s__rejects")).toEqual([['{"id":2,"v":"b","w":"z"}']]);
});
