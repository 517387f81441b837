/** A tap may send its SCHEMA hours before its first row: until then the load locks nothing. */
import { orderedObject } from "@tapline/protocol";
import { type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { batch, failure, settings, stream, withSink } from "../test/rows.ts";

const id = { type: "integer" };
const text = { type: ["null", "string"] };

/** Sessions of the load that have a transaction open. */
const open = `SELECT state FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'target-postgres' AND xact_start IS NOT NULL`;

/** Fails at once where it would have to wait for a lock. */
const impatiently = (database: TestDatabase, ...statements: string[]): Promise<unknown[][]> =>
  database.read("SET lock_timeout = '200ms'", ...statements);

const columnsOf = (database: TestDatabase) =>
  database.read("SELECT column_name FROM information_schema.columns WHERE table_name = 's' ORDER BY ordinal_position");

test("after SCHEMA and before any row, others read and alter the table without waiting", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint, v integer)", "INSERT INTO s VALUES (1, 7)");
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream({ id, v: text, more: text }, ["id"]));
    await sink.open(stream({ id }, [], undefined, "fresh"));
    expect(await database.read(open)).toEqual([]);
    expect(await impatiently(database, "ALTER TABLE s ADD COLUMN by_others text", "SELECT id, v FROM s")).toEqual([["1", "7"]]);
    expect(await columnsOf(database)).toEqual([["id"], ["v"], ["by_others"]]);
    expect(await database.read("SELECT to_regclass('fresh')")).toEqual([[null]]);
    await writer.write(batch([{ id: 1, v: "x", more: "y" }]));
    expect(await database.read(open)).toHaveLength(1);
    await sink.commit();
  });
  expect(await columnsOf(database)).toEqual([["id"], ["v"], ["by_others"], ["more"]]);
  expect(await database.read("SELECT id, v, more FROM s")).toEqual([["1", "x", "y"]]);
  expect(await database.read("SELECT count(*) FROM fresh")).toEqual([["0"]]);
});

test("what another session did to the table after SCHEMA is planned for", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint)");
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream({ id, v: text, w: { type: "integer" } }));
    await database.read("ALTER TABLE s ADD COLUMN v text", "ALTER TABLE s ADD COLUMN w text");
    await writer.write(batch([{ id: 1, v: "x", w: 5 }]));
    await sink.commit();
  });
  expect(await database.read("SELECT id, v, w FROM s")).toEqual([["1", "x", "5"]]);
});

test("two loads that need the same new schema at once both succeed: the later one waits for the commit of the other", async () => {
  const database = await testDatabase();
  const config = { ...settings(database), default_target_schema: "it's new" };
  await withSink(config, async (first) => {
    await (await first.open(stream({ id }, [], undefined, "a"))).write(batch([{ id: 1 }], { stream: "a" }));
    await withSink(config, async (second) => {
      const writer = await second.open(stream({ id }, [], undefined, "b"));
      const written = writer.write(batch([{ id: 2 }], { stream: "b" }));
      const waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
      await expect.poll(() => database.read(waiting), { timeout: 10_000 }).toHaveLength(1);
      await first.commit();
      await written;
      await second.commit();
    });
  });
  expect(await database.read(`SELECT a.id, b.id FROM "it's new".a, "it's new".b`)).toEqual([["1", "2"]]);
});

test("two loads that make the same table at once: the later one can be run again, and reports no row as refused", async () => {
  const database = await testDatabase();
  await withSink(settings(database), async (first) => {
    await (await first.open(stream({ id }, ["id"]))).write(batch([{ id: 1 }]));
    await withSink(settings(database), async (second) => {
      const writer = await second.open(stream({ id }, ["id"]));
      const written = failure(() => writer.write(batch([{ id: 2 }])));
      const waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
      await expect.poll(() => database.read(waiting), { timeout: 10_000 }).toHaveLength(1);
      await first.commit();
      expect(await written).toMatchObject({ code: "table_made_meanwhile", class: "connection", recovery: "retry" });
    });
  });
  expect(await database.read("SELECT id FROM s")).toEqual([["1"]]);
});

test("a table that another session drops between two commits is not made again: the rows of the first would be missing", async () => {
  const database = await testDatabase();
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream({ id }, ["id"]));
    await writer.write(batch([{ id: 1 }]));
    await sink.commit();
    await database.read("DROP TABLE s");
    await writer.alter(stream({ id, v: text }, ["id"]));
    expect(await failure(() => writer.write(batch([{ id: 2, v: "x" }])))).toMatchObject({ code: "not_stored", position: { stream: "s" } });
  });
});

test("a table that was there at SCHEMA and is dropped before the first row is not made again, unless it is overwritten", async () => {
  const database = await testDatabase();
  for (const method of ["append-only", "overwrite"] as const) {
    await database.read("CREATE TABLE s (id bigint)", "INSERT INTO s VALUES (1)");
    await withSink(settings(database), async (sink) => {
      const writer = await sink.open(stream({ id }, [], method));
      await database.read("DROP TABLE s");
      const load = async (): Promise<void> => {
        await writer.write(batch([{ id: 2 }]));
        await sink.commit();
      };
      if (method === "overwrite") await load();
      else expect(await failure(load)).toMatchObject({ code: "not_stored" });
    });
  }
  expect(await database.read("SELECT id FROM s")).toEqual([["2"]]);
});

test("a table that another session made a view of is refused when its turn comes", async () => {
  const database = await testDatabase();
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream({ id }));
    await database.read("CREATE VIEW s AS SELECT 1 AS id");
    expect(await failure(() => writer.write(batch([{ id: 1 }])))).toMatchObject({ code: "not_a_table", position: { stream: "s" } });
  });
});

test("a later SCHEMA locks nothing either, and its changes come with the commit", async () => {
  const database = await testDatabase();
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream({ id }));
    await writer.write(batch([{ id: 1 }]));
    await sink.commit();
    await writer.alter(stream({ id, v: text }));
    await writer.alter(stream({ id, w: text }));
    expect(await database.read(open)).toEqual([]);
    expect(await impatiently(database, "ALTER TABLE s ADD COLUMN by_others text")).toBeDefined();
    expect(await columnsOf(database)).toEqual([["id"], ["by_others"]]);
    await sink.commit();
    expect(await columnsOf(database)).toEqual([["id"], ["by_others"], ["v"], ["w"]]);
  });
});

test.each<[string, () => ReturnType<typeof stream>, Record<string, unknown>, string]>([
  ["a frozen table", () => stream({ id, more: text }), { schema_policy: "freeze" }, "schema_frozen"],
  ["a view", () => stream({ id }, [], undefined, "seen"), {}, "not_a_table"],
  ["a type that can't widen", () => stream({ id, b: text }), {}, "type_conflict"],
  ["a key that is no property", () => stream({ id }, ["no"]), {}, "key_not_in_schema"],
  [
    "too many columns",
    () => stream(Object.fromEntries(Array.from({ length: 1601 }, (_, n) => [`c${n}`, id])), [], undefined, "wide"),
    {},
    "too_many_columns",
  ],
])("%s is an error at SCHEMA, and leaves no transaction open", async (_, definition, more, code) => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint, b bytea)", "CREATE VIEW seen AS SELECT id FROM s");
  await withSink({ ...settings(database), ...more }, async (sink) => {
    expect(await failure(() => sink.open(definition()))).toMatchObject({ code });
    expect(await database.read(open)).toEqual([]);
  });
});

test("a second SCHEMA is checked against what the first one planned", async () => {
  const database = await testDatabase();
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream({ id, b: { type: "string", contentEncoding: "base64" } }));
    expect(await failure(() => writer.alter(stream({ id, b: text })))).toMatchObject({ code: "type_conflict", position: { column: "b" } });
  });
  expect(await columnsOf(database)).toEqual([]);
});

test("overwriting locks nothing before the first row: the old table is there until the commit", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint)", "INSERT INTO s VALUES (1)");
  await withSink(settings(database), async (sink) => {
    await sink.open(stream({ id }, [], "overwrite"));
    expect(await database.read(open)).toEqual([]);
    expect(await impatiently(database, "ALTER TABLE s ADD COLUMN by_others text", "SELECT id FROM s")).toEqual([["1"]]);
    await sink.commit();
  });
  expect(await database.read("SELECT count(*) FROM s")).toEqual([["0"]]);
});

test("columns are in the order of the SCHEMA, whatever their names look like", async () => {
  const database = await testDatabase();
  const properties = orderedObject(["Product", "2025", "2024"].map((name) => [name, text]));
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open({ ...stream({}), schema: { properties } });
    await writer.write(batch([{ Product: "a", 2025: "b", 2024: "c" }]));
    await writer.alter({
      ...stream({}),
      schema: { properties: orderedObject(["Product", "9", "8", "2025", "2024"].map((name) => [name, text])) },
    });
    await sink.commit();
  });
  expect(await columnsOf(database)).toEqual([["Product"], ["2025"], ["2024"], ["9"], ["8"]]);
});
