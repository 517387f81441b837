/** Tables as the targets of Meltano make them are taken over as they are: no type changes, every value arrives. */
import { exactNumber } from "@tapline/protocol";
import type { JsonSchema } from "@tapline/sdk";
import { type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { pipe, record, schema } from "../test/pipe.ts";

const instant = { type: ["null", "string"], format: "date-time" };
const properties: Record<string, JsonSchema> = {
  id: { type: "integer" },
  small: { type: ["null", "integer"], minimum: 0, maximum: 100 },
  name: { type: ["null", "string"] },
  code: { type: ["null", "string"], maxLength: 10 },
  price: { type: ["null", "number"] },
  at: instant,
  day: { type: ["null", "string"], format: "date" },
  clock: { type: ["null", "string"], format: "time" },
  ok: { type: ["null", "boolean"] },
  key: { type: ["null", "string"], format: "uuid" },
  doc: { type: ["null", "object"] },
  tags: { type: ["null", "array"], items: { type: ["null", "string"] } },
  ns: { type: ["null", "array"], items: { type: ["null", "integer"] } },
  docs: { type: ["null", "array"], items: {} },
};
const tag = ['a"b\\c', "{x,y}", "NULL", "", "line\n\tend", "\\n", "é🦆", null];
const row = {
  id: exactNumber("9007199254740993"),
  small: 7,
  name: "",
  code: "ten chars!",
  price: exactNumber("1234567890.12"),
  at: "2024-01-02T03:04:05.123456+02:00",
  day: "2024-02-29",
  clock: "03:04:05",
  ok: false,
  key: "2f1e4fc0-81fd-41da-9140-92ec5e2f9f7b",
  doc: { a: [1, "x"] },
  tags: tag,
  ns: [1, null, 3],
  docs: [{ a: 'b"\\' }, [1], "x", 2, null],
};
const types =
  "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 's'::regclass AND attnum > 0 ORDER BY attnum";

async function expectTaken(database: TestDatabase, names: readonly string[], sdc: Record<string, unknown>): Promise<void> {
  const before = await database.read(types);
  const own = Object.fromEntries(Object.entries(properties).filter(([name]) => names.includes(name)));
  const rows = [1, 2].map((version) =>
    Object.fromEntries([...Object.entries(row).filter(([name]) => names.includes(name)), ["small", version]]),
  );
  for (const values of rows) {
    const { summary, failure } = await pipe(database, [schema(own, ["id"]), record(values)], sdc);
    expect(failure).toBeUndefined();
    expect(summary?.changes ?? []).toEqual([]);
    expect(summary?.in_table).toBe(1);
  }
  expect(await database.read(types)).toEqual(before);
  expect((await database.read("SELECT id, small, name, price, at, ok, doc FROM s"))[0]).toEqual([
    "9007199254740993",
    "2",
    "",
    "1234567890.12",
    "2024-01-02 01:04:05.123456",
    "f",
    '{"a": [1, "x"]}',
  ]);
}

test("meltanolabs-target-postgres 0.8 (singer-sdk): lists, TIMESTAMP, SMALLINT, its metadata columns", async () => {
  const database = await testDatabase();
  await database.read(
    `CREATE TABLE s (id BIGINT NOT NULL, small SMALLINT, name VARCHAR, code VARCHAR(10), price NUMERIC, at TIMESTAMP WITHOUT TIME ZONE, day DATE,
       clock TIME WITHOUT TIME ZONE, ok BOOLEAN, key UUID, doc JSONB, tags VARCHAR[], ns BIGINT[], docs JSONB[],
       _sdc_extracted_at TIMESTAMP WITHOUT TIME ZONE, _sdc_received_at TIMESTAMP WITHOUT TIME ZONE, _sdc_batched_at TIMESTAMP WITHOUT TIME ZONE,
       _sdc_deleted_at TIMESTAMP WITHOUT TIME ZONE, _sdc_sequence BIGINT, _sdc_table_version BIGINT, _sdc_sync_started_at BIGINT, PRIMARY KEY (id))`,
  );
  await expectTaken(database, Object.keys(properties), {});
  expect(
    await database.read(
      "SELECT code, day, clock, key, ns, to_jsonb(tags), to_jsonb(docs), _sdc_received_at > now() AT TIME ZONE 'UTC' - interval '1 hour' FROM s",
    ),
  ).toEqual([
    ["ten chars!", "2024-02-29", "03:04:05", row.key, "{1,NULL,3}", expect.anything(), '[{"a": "b\\"\\\\"}, [1], "x", 2, null]', "t"],
  ]);
  expect(JSON.parse((await database.read("SELECT to_jsonb(tags) FROM s"))[0]?.[0] as string)).toEqual(tag);
});

test("pipelinewise-target-postgres 2.1: numeric integers, doubles, character varying", async () => {
  const database = await testDatabase();
  await database.read(
    `CREATE TABLE s ("id" numeric, "small" smallint, "name" character varying, "price" double precision, "at" timestamp without time zone,
       "ok" boolean, "doc" jsonb, "tags" jsonb, "_sdc_extracted_at" timestamp without time zone, "_sdc_batched_at" timestamp without time zone,
       "_sdc_deleted_at" character varying, PRIMARY KEY ("id"))`,
  );
  await expectTaken(database, ["id", "small", "name", "price", "at", "ok", "doc", "tags"], { add_record_metadata: false });
});

test("a list's column refuses what is no list, and becomes text where the schema has text", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint, v bigint[])", "INSERT INTO s VALUES (1, '{1,NULL,2}')");
  const wrong = await pipe(database, [schema({ id: { type: "integer" }, v: {} }), record({ id: 2, v: "x" })], {
    add_record_metadata: false,
  });
  expect(wrong.failure).toMatchObject({ code: "wrong_type", position: { line: 2, column: "v" } });
  const { failure } = await pipe(database, [schema({ id: { type: "integer" }, v: { type: "string" } }), record({ id: 2, v: "x" })], {
    add_record_metadata: false,
  });
  expect(failure).toBeUndefined();
  expect(await database.read("SELECT v FROM s ORDER BY id")).toEqual([["[1, null, 2]"], ["x"]]);
});

const bigint = { type: "integer" };

test.each([
  ["GENERATED ALWAYS AS (id * 2) STORED", "generated_column"],
  ["GENERATED ALWAYS AS IDENTITY", "generated_column"],
  ["GENERATED BY DEFAULT AS IDENTITY", undefined],
])("a column %s that the stream sends", async (made, code) => {
  const database = await testDatabase();
  await database.read(`CREATE TABLE s (id bigint PRIMARY KEY, g bigint ${made})`);
  const { failure } = await pipe(database, [schema({ id: bigint, g: bigint }, ["id"]), record({ id: 1, g: 7 })]);
  if (code === undefined) expect(failure).toBeUndefined();
  else expect(failure).toMatchObject({ code, class: "config", position: { stream: "s", column: "g" } });
  expect((await pipe(database, [schema({ id: bigint }, ["id"]), record({ id: 2 })])).failure).toBeUndefined();
});

test("a change the server refuses, and a row no partition takes, are reported with their stream", async () => {
  const database = await testDatabase();
  await database.read(
    "CREATE TABLE s (id bigint PRIMARY KEY, v bigint) PARTITION BY RANGE (id)",
    "CREATE TABLE s_1 PARTITION OF s FOR VALUES FROM (0) TO (100)",
  );
  const changed = await pipe(database, [schema({ id: { type: "string" } }, ["id"]), record({ id: "x" })]);
  expect(changed.failure).toMatchObject({ code: "table_change_refused", position: { stream: "s" } });
  const outside = await pipe(database, [schema({ id: bigint }, ["id"]), record({ id: 1 }), record({ id: 100 })]);
  expect(outside.failure).toMatchObject({ code: "constraint_refuses", position: { stream: "s" } });
  expect(outside.failure?.message).toContain("partition bounds");
  const kept = await pipe(database, [schema({ id: bigint }, ["id"]), record({ id: 1 }), record({ id: 100 })], { on_error: "reject" });
  expect(kept.summary).toMatchObject({ received: 2, loaded: 1, rejected: 1, in_table: 1 });
});

const orders = { id: bigint, customerName: { type: ["null", "string"] } };

test("names that differ only in case are used: reported, and the property is kept in the column's comment", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE orders (id bigint PRIMARY KEY, customername text)", "INSERT INTO orders VALUES (1, 'old')");
  const lines = [
    schema(orders, ["id"], "Orders"),
    record({ id: 1, customerName: "new" }, "Orders"),
    record({ id: 2, customerName: "new2" }, "Orders"),
  ];
  const settings = { add_record_metadata: false };
  const table = { kind: "table_renamed", from: "Orders", to: "public.orders" };
  const column = { kind: "column_renamed", column: "customerName", to: "customername" };
  expect((await pipe(database, lines, settings)).summary?.changes).toEqual([table, column]);
  expect((await pipe(database, lines, settings)).summary?.changes).toEqual([table]);
  expect(await database.read("SELECT * FROM orders ORDER BY id")).toEqual([
    ["1", "new"],
    ["2", "new2"],
  ]);
  expect(await database.read("SELECT col_description('orders'::regclass, 2)")).toEqual([['tapline: property "customerName"']]);
  const again = await pipe(database, lines, { ...settings, load_method: "overwrite" });
  expect(again.summary).toMatchObject({ table: "public.orders", in_table: 2 });
  expect((await pipe(database, lines, settings)).summary).toMatchObject({ table: "public.orders", in_table: 2 });
  await database.read("DROP TABLE orders", "CREATE TABLE orders (id bigint PRIMARY KEY, customername text)");
  await pipe(database, lines, settings);
  const both = schema({ ...orders, customername: bigint }, ["id"], "Orders");
  expect((await pipe(database, [both], settings)).failure).toMatchObject({
    code: "column_shared",
    message: expect.stringMatching(/"customerName" and "customername"/),
    position: { stream: "Orders" },
  });
});

test("in other case, a role that does not own the table loads without a comment; two candidates are an error", async () => {
  const database = await testDatabase();
  const role = `guest_${database.database}`;
  await database.read(
    `CREATE ROLE ${role} LOGIN PASSWORD 'pw'`,
    "CREATE TABLE orders (id bigint PRIMARY KEY, customername text)",
    `GRANT SELECT, INSERT, UPDATE ON orders TO ${role}`,
  );
  onTestFinished(() => database.read(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`).then(() => undefined));
  const lines = [schema(orders, ["id"], "Orders"), record({ id: 1, customerName: "x" }, "Orders")];
  const guest = await pipe(database, lines, { add_record_metadata: false, user: role, password: "pw" });
  expect(guest.failure).toBeUndefined();
  expect(await database.read("SELECT customername, col_description('orders'::regclass, 2) FROM orders")).toEqual([["x", null]]);
  await database.read('CREATE VIEW "Orders" AS SELECT * FROM orders');
  expect((await pipe(database, lines)).failure).toMatchObject({ code: "not_a_table" });
  await database.read('DROP VIEW "Orders"', 'CREATE TABLE "ORDERS" (id bigint)');
  const { failure } = await pipe(database, lines);
  expect(failure).toMatchObject({ code: "name_ambiguous", message: expect.stringContaining('"orders"') });
});

test("a table that a load made is another stream's in other case, and a dash that became a schema is reported once", async () => {
  const database = await testDatabase();
  const load = (stream: string) => pipe(database, [schema({ id: bigint }, ["id"], stream), record({ id: 1 }, stream)]);
  await load("orders");
  expect((await load("Orders")).summary).toMatchObject({ table: "public.Orders", inserted: 1 });
  expect((await load("shop-orders")).summary?.changes).toEqual([{ kind: "table_renamed", from: "shop-orders", to: "shop.orders" }]);
  expect((await load("shop-orders")).summary?.changes).toBeUndefined();
});
