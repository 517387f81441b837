/** Schemas that change while others look at the table: under views, and under locks. */
import { connectionOptions, openSession } from "@tapline/postgres";
import { testDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { pipe, record, schema } from "../test/pipe.ts";
import { batch, failure, settings, stream, withSink } from "../test/rows.ts";

const id = { type: "integer" };
const text = { type: ["null", "string"] };

test("columns are added in mid-stream under views, which stay as they are", async () => {
  const database = await testDatabase();
  await database.read(
    "CREATE TABLE s (id bigint PRIMARY KEY)",
    "CREATE VIEW stg AS SELECT * FROM s",
    "CREATE VIEW mart AS SELECT count(*) AS n FROM stg",
  );
  const lines = [schema({ id }, ["id"]), record({ id: 1 }), schema({ id, v: text }, ["id"]), record({ id: 2, v: "x" })];
  expect((await pipe(database, lines)).failure).toBeUndefined();
  expect(await database.read("SELECT n FROM mart")).toEqual([["2"]]);
  expect(await database.read("SELECT id, v FROM s ORDER BY id")).toEqual([
    ["1", null],
    ["2", "x"],
  ]);
});

test.each(["text", "integer"])(
  "updated rows keep the value of a column (%s) that is missing from their SCHEMA and not from a later one",
  async (type) => {
    const database = await testDatabase();
    await database.read(`CREATE TABLE s (id bigint PRIMARY KEY, v ${type})`, "INSERT INTO s VALUES (1, '7')");
    const lines = [schema({ id }, ["id"]), record({ id: 1 }), schema({ id, v: text }, ["id"]), record({ id: 2, v: "x" })];
    expect(await pipe(database, lines)).toMatchObject({ failure: undefined, summary: { inserted: 1, updated: 1 } });
    expect(await database.read("SELECT id, v FROM s ORDER BY id")).toEqual([
      ["1", "7"],
      ["2", "x"],
    ]);
  },
);

test("a type that can't hold what comes is an error under views too, and changes nothing", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint, v bytea)", "CREATE VIEW stg AS SELECT * FROM s");
  const { failure: error } = await pipe(database, [schema({ id, v: text }), record({ id: 1, v: "x" })]);
  expect(error).toMatchObject({ code: "type_conflict" });
  expect(error?.message).toContain('"v"');
});

test.each(["at the start", "in mid-stream"])(
  "a column that a reader keeps from being added %s: lock_timeout_ms ends the wait with an error",
  async (when) => {
    const database = await testDatabase();
    await database.read("CREATE TABLE s (id bigint)");
    await using reader = await openSession(connectionOptions(settings(database) as never, "reader"));
    await reader.execute("BEGIN");
    await reader.execute("SELECT * FROM s");
    const error = await failure(() =>
      withSink({ ...settings(database), lock_timeout_ms: 100 }, async (sink) => {
        const wide = stream({ id, v: text });
        const writer = await sink.open(when === "at the start" ? wide : stream({ id }));
        await writer.write(batch([{ id: 1 }]));
        await writer.alter(wide);
        await sink.commit();
      }),
    );
    expect(error).toMatchObject({ code: "lock_timeout", class: "connection", recovery: "retry" });
    expect(error.message).toContain('"public"."s"');
    await reader.execute("COMMIT");
    expect(await database.read("SELECT count(*) FROM s")).toEqual([["0"]]);
  },
);
