/** What the target tolerates, beside checks of the server: only rows that are loaded count. */
import { testDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { pipe, record, schema, state } from "../test/pipe.ts";

const id = { type: "integer" };
const at = { type: ["null", "string"], format: "date-time" };
const fine = "2026-01-02T03:04:05.1234567Z";

test("values of rows that the server refuses are not counted", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint CHECK (id <> 2), at timestamptz)");
  const rows = [1, 2, 3].map((n) => record({ id: n, at: fine }));
  const { summary, failure } = await pipe(database, [schema({ id, at }), ...rows, state(1)], { on_error: "reject" });
  expect(failure).toBeUndefined();
  expect(summary).toMatchObject({
    loaded: 2,
    rejected: 1,
    tolerated: [{ kind: "fraction_cut", column: "at", count: 2, first: JSON.stringify(fine) }],
  });
  expect(await database.read("SELECT id, at AT TIME ZONE 'UTC' FROM s ORDER BY 1")).toEqual([
    ["1", "2026-01-02 03:04:05.123456"],
    ["3", "2026-01-02 03:04:05.123456"],
  ]);
});

test("a bad time is refused where the column is NOT NULL, whatever on_bad_time says", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint, at timestamptz NOT NULL)");
  const { failure } = await pipe(database, [schema({ id, at }), record({ id: 1, at: "0000-00-00" })], { on_bad_time: "null" });
  expect(failure).toMatchObject({ code: "constraint_refuses", position: { line: 2 } });
});

test("elements of a list are read as values of a column are", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint, days date[], texts text[])");
  const properties = { id, days: { type: "array", items: { type: "string" } }, texts: { type: "array", items: { type: "string" } } };
  const row = { id: 1, days: ["2026-01-02T00:00:00+00:00+00:00", null], texts: ["a\u0000", "b"] };
  const { summary, failure } = await pipe(database, [schema(properties), record(row)], {
    nul_characters: "remove",
    validate_records: false,
  });
  expect(failure).toBeUndefined();
  expect(summary?.tolerated).toMatchObject([{ kind: "nul_removed", column: "texts", count: 1 }]);
  expect(await database.read("SELECT days::text, texts::text FROM s")).toEqual([["{2026-01-02,NULL}", "{a,b}"]]);
});
