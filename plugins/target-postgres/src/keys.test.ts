/** Keys that change between loads, and what a key is made of. */
import { exactNumber } from "@tapline/protocol";
import { type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { pipe, record, schema } from "../test/pipe.ts";

const plain = { add_record_metadata: false };
const properties = { id: { type: ["null", "integer"] }, code: { type: ["null", "string"] } };

async function keyOf(database: TestDatabase): Promise<unknown> {
  const key = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 's'::regclass AND contype = 'p'";
  return (await database.read(key))[0]?.[0];
}

test("the key that a load gave a table is dropped where rows are appended, and made again where it holds", async () => {
  const database = await testDatabase();
  const load = (keys: string[], rows: object[], more = {}) =>
    pipe(database, [schema(properties, keys), ...rows.map((row) => record(row as never))], { ...plain, ...more });
  await load(["id"], [{ id: 1, code: "a" }]);
  expect(await keyOf(database)).toBe("PRIMARY KEY (id)");
  const appended = await load(
    ["id"],
    [
      { id: 1, code: "b" },
      { id: null, code: "c" },
    ],
    { load_method: "append-only" },
  );
  expect(appended.failure).toBeUndefined();
  expect(appended.summary?.changes).toEqual([{ kind: "key_changed", from: "id", to: "" }]);
  expect(await keyOf(database)).toBeUndefined();
  expect(await database.read("SELECT id, code FROM s ORDER BY code")).toEqual([
    ["1", "a"],
    ["1", "b"],
    [null, "c"],
  ]);
  // Rows with one key are in it several times now: the upsert works without a constraint.
  const upserted = await load(["id"], [{ id: 1, code: "d" }]);
  expect(upserted.summary).toMatchObject({ inserted: 0, updated: 1, in_table: 2 });
});

test("another key replaces the one before, where no two rows share one", async () => {
  const database = await testDatabase();
  const load = (keys: string[], id: number, code: string) => pipe(database, [schema(properties, keys), record({ id, code })], plain);
  await load(["id"], 1, "a");
  await load(["id"], 2, "a,b");
  const changed = await load(["id", "code"], 2, "b");
  expect(changed.summary?.changes).toEqual([{ kind: "key_changed", from: "id", to: "id, code" }]);
  expect(await keyOf(database)).toBe("PRIMARY KEY (id, code)");
  expect((await load(["id", "code"], 2, "b")).summary).toMatchObject({ updated: 1, in_table: 3 });
  const frozen = await pipe(database, [schema(properties, ["code"]), record({ id: 9, code: "z" })], { ...plain, schema_policy: "freeze" });
  expect(frozen.failure).toMatchObject({ code: "schema_frozen" });
  expect(await keyOf(database)).toBe("PRIMARY KEY (id, code)");
});

test("a key that others made stays, and one that foreign keys point at is an error that names them", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint, code text PRIMARY KEY)");
  expect((await pipe(database, [schema(properties, ["id"]), record({ id: 1, code: "a" })], plain)).failure).toBeUndefined();
  expect(await keyOf(database)).toBe("PRIMARY KEY (code)");
  await database.read("DROP TABLE s");
  await pipe(database, [schema(properties, ["id"]), record({ id: 1, code: "a" })], plain);
  await database.read("CREATE TABLE child (s bigint REFERENCES s)");
  const { failure } = await pipe(database, [schema(properties, ["code"]), record({ id: 1, code: "a" })], plain);
  expect(failure).toMatchObject({ code: "table_change_refused", class: "config" });
  expect(failure?.message).toMatch(/child_s_fkey/);
  expect(await keyOf(database)).toBe("PRIMARY KEY (id)");
});

test("a stream whose table has the name of another's key has both", async () => {
  const database = await testDatabase();
  for (const stream of ["s_pkey", "s"]) {
    const { failure } = await pipe(database, [schema(properties, ["id"], stream), record({ id: 1, code: "a" }, stream)], plain);
    expect(failure).toBeUndefined();
  }
  expect(await keyOf(database)).toBe("PRIMARY KEY (id)");
});

test.each([[{ on_error: "fail" }], [{ on_error: "reject" }]])(
  "a key that is null or missing is reported with its position: %j",
  async (config) => {
    const database = await testDatabase();
    const input = [schema(properties, ["id"]), record({ id: 1, code: "a" }), record({ id: null, code: "b" }), record({ code: "c" })];
    const { summary, failure } = await pipe(database, input, { ...plain, ...config });
    if (config.on_error === "fail") return expect(failure).toMatchObject({ code: "key_missing", position: { line: 3 } });
    expect(summary).toMatchObject({ loaded: 1, rejected: 2 });
    expect(await database.read("SELECT code FROM s__rejects")).toEqual([["key_missing"], ["key_missing"]]);
  },
);

test("keys that meet when joined by commas or read as doubles are different keys", async () => {
  const database = await testDatabase();
  const parts = { a: { type: "string" }, b: { type: "string" }, n: { type: "integer" } };
  const numbers = ["9007199254740992", "9007199254740993"].map(exactNumber);
  const rows = [
    ["a,b", ""],
    ["a", "b"],
    ["a", ",b"],
    ["a,", "b"],
  ].flatMap(([a, b]) => numbers.map((n) => ({ a, b, n })));
  for (const updated of [0, rows.length]) {
    const { summary } = await pipe(database, [schema(parts, ["a", "b", "n"]), ...rows.map((row) => record(row))], plain);
    expect(summary).toMatchObject({ inserted: rows.length - updated, updated, superseded: 0, in_table: rows.length });
  }
});

test.each(["evolve", "new_column"])("a key's own column becomes wider, never two (%s)", async (schema_policy) => {
  const database = await testDatabase();
  const key = { id: { type: ["integer"] }, v: { type: "integer" } };
  const config = { ...plain, schema_policy };
  await pipe(database, [schema(key, ["id"]), record({ id: 1, v: 1 })], config);
  const big = exactNumber("9223372036854775808");
  for (const v of [2, 3]) {
    const { failure } = await pipe(database, [schema(key, ["id"]), record({ id: 1, v }), record({ id: big, v })], config);
    expect(failure).toBeUndefined();
  }
  expect(await database.read("SELECT id, v FROM s ORDER BY id")).toEqual([
    ["1", "3"],
    ["9223372036854775808", "3"],
  ]);
  expect(await keyOf(database)).toBe("PRIMARY KEY (id)");
});

test.each([
  ["a citext key", "CREATE TABLE s (id citext PRIMARY KEY, v text)"],
  ["a citext column without a key", "CREATE TABLE s (id citext, v text)"],
  ["a text key whose index ignores case", 'CREATE TABLE s (id text, v text); CREATE UNIQUE INDEX ON s (id COLLATE "no case")'],
])("%s holds two keys of a batch for equal", async (what, create) => {
  const database = await testDatabase();
  await database.read(
    "CREATE EXTENSION citext",
    "CREATE COLLATION \"no case\" (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    ...create.split("; "),
  );
  const lines = [
    schema({ id: { type: "string" }, v: { type: "string" } }, ["id"]),
    record({ id: "Ann@x.org", v: "1" }),
    record({ id: "ann@x.org", v: "2" }),
  ];
  const { failure } = await pipe(database, lines, { add_record_metadata: false });
  // The rows differ for the column, so the index refuses the second one, as a constraint of others does.
  if (what.includes("index")) expect(failure).toMatchObject({ code: "constraint_refuses", position: { stream: "s" } });
  else {
    expect(failure).toBeUndefined();
    expect(await database.read("SELECT id, v FROM s")).toEqual([["ann@x.org", "2"]]);
  }
});

test.each([
  ["inet", "10.0.0.1", "10.0.0.1/32"],
  ["char(3)", "a", "a "],
  ["interval", "1 day", "24 hours"],
])("two spellings of one %s are one key: the last row stays", async (type, first, second) => {
  const database = await testDatabase();
  await database.read(`CREATE TABLE s (id ${type} PRIMARY KEY, v text)`);
  const start = schema({ id: { type: "string" }, v: { type: "string" } }, ["id"]);
  for (const rows of [
    [
      { id: first, v: "1" },
      { id: second, v: "2" },
    ],
    [{ id: first, v: "3" }],
  ]) {
    const { failure } = await pipe(database, [start, ...rows.map((row) => record(row))], plain);
    expect(failure).toBeUndefined();
    expect(await database.read("SELECT v FROM s")).toEqual([[rows.at(-1)?.v]]);
  }
});
