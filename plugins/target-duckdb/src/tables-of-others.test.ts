/** Tables that others made: their types, their indexes and their views, taken over as they are. */
import { join } from "node:path";
import { exactNumber, type JsonSchema } from "@tapline/protocol";
import type { Row } from "@tapline/sdk";
import { expect, test } from "vitest";
import { batch, failure, read, stream, temporaryFolder } from "../test/database.ts";
import target from "./index.ts";

const id = { type: "integer" };
const text = { type: ["null", "string"] };
const number = { type: ["null", "number"] };
const instant = { type: ["null", "string"], format: "date-time" };

const file = (): string => join(temporaryFolder(), "w.duckdb");

async function load(
  filepath: string,
  properties: Record<string, JsonSchema>,
  rows: Row[],
  keys: string[] = ["id"],
  settings = {},
): Promise<unknown> {
  await using sink = await target.open({ filepath, ...settings });
  const writer = await sink.open(stream(properties, keys));
  await writer.write(batch(rows));
  return (await sink.commit()).counts.get("s");
}

const types = async (filepath: string): Promise<unknown[]> =>
  (await read(filepath, "SELECT data_type FROM duckdb_columns() WHERE table_name = 's' ORDER BY column_index")).flat();

test.each([
  [
    "the Singer SDK's target",
    'CREATE TABLE s (id BIGINT, name VARCHAR, price DOUBLE, amount DECIMAL(38,9), "at" TIMESTAMP, day DATE, doc JSON, ok BOOLEAN, _sdc_batched_at TIMESTAMP, _sdc_sequence BIGINT)',
  ],
  [
    "a target of the pipelinewise family",
    'CREATE TABLE s (id BIGINT, name VARCHAR, price DOUBLE, amount DECIMAL(38,9), "at" TIMESTAMP, day DATE, doc JSON, ok BOOLEAN, _sdc_batched_at TIMESTAMP, _sdc_sequence BIGINT, PRIMARY KEY (id))',
  ],
])("a table of %s: types stay, values are exact, a TIMESTAMP gets UTC", async (_, create) => {
  const filepath = file();
  await read(filepath, create, "INSERT INTO s (id, name) VALUES (1, 'old'), (2, 'stays')");
  const before = await types(filepath);
  const properties = {
    id,
    name: text,
    price: number,
    amount: { type: ["null", "number"], multipleOf: 0.01 },
    at: instant,
    day: { ...instant, format: "date" },
    doc: { type: "object" },
    ok: { type: "boolean" },
    _sdc_batched_at: instant,
    _sdc_sequence: id,
  };
  const row = {
    id: 1,
    name: "",
    price: 0.1,
    amount: exactNumber("12345678901234567890.12"),
    at: "2024-01-02T03:04:05.000001+02:00",
    day: "2024-02-29",
    doc: { n: exactNumber("12345678901234567890") },
    ok: true,
    _sdc_batched_at: "2024-01-02T03:04:05Z",
    _sdc_sequence: exactNumber("9007199254740993"),
  };
  expect(await load(filepath, properties, [row])).toEqual({ inserted: 0, updated: 1, superseded: 0 });
  expect(await types(filepath)).toEqual(before);
  expect(await read(filepath, "SELECT COLUMNS(*)::VARCHAR FROM s WHERE id = 1")).toEqual([
    [
      "1",
      "",
      "0.1",
      "12345678901234567890.120000000",
      "2024-01-02 01:04:05.000001",
      "2024-02-29",
      '{"n":12345678901234567890}',
      "true",
      "2024-01-02 03:04:05",
      "9007199254740993",
    ],
  ]);
});

test("narrow columns take what they hold, and become as wide as their values need", async () => {
  const filepath = file();
  await read(
    filepath,
    "CREATE TABLE s (id INTEGER, a SMALLINT, b INTEGER, c FLOAT, d DECIMAL(5,2), e UUID, f BLOB)",
    "INSERT INTO s VALUES (1, 1, 1, 0.1, 1.25, NULL, NULL)",
  );
  const properties = {
    id,
    a: id,
    b: id,
    c: number,
    d: number,
    e: text,
    f: { type: "string", contentEncoding: "base64" },
  };
  const uuid = "8c6b6a54-1c1c-4b4b-8c8c-123456789012";
  await load(filepath, properties, [{ id: 2, a: 32_767, b: -2_147_483_648, c: 0.5, d: 999.99, e: uuid, f: "AP8=" }]);
  expect(await types(filepath)).toEqual(["INTEGER", "SMALLINT", "INTEGER", "FLOAT", "DECIMAL(5,2)", "UUID", "BLOB"]);
  await load(filepath, properties, [{ id: 3, a: 32_768, b: 4_294_967_296, c: 0.3, d: 1.234, e: "no uuid", f: "" }]);
  expect(await types(filepath)).toEqual(["INTEGER", "BIGINT", "BIGINT", "DECIMAL(38,1)", "DECIMAL(38,3)", "VARCHAR", "BLOB"]);
  expect(await read(filepath, "SELECT a::VARCHAR, b::VARCHAR, c::VARCHAR, d::VARCHAR, e, hex(f) FROM s ORDER BY id")).toEqual([
    ["1", "1", "0.1", "1.250", null, null],
    ["32767", "-2147483648", "0.5", "999.990", uuid, "00FF"],
    ["32768", "4294967296", "0.3", "1.234", "no uuid", ""],
  ]);
});

test.each(["TINYINT", "UBIGINT", "TIMESTAMP_NS", "INTEGER[]"])(
  "a column of type %s is an error that names it, or gets one beside it",
  async (type) => {
    const filepath = file();
    await read(filepath, `CREATE TABLE s (id BIGINT, v ${type})`);
    const error = await failure(() => load(filepath, { id, v: text }, [{ id: 1, v: "x" }]));
    expect(error).toMatchObject({ code: "type_conflict", position: { stream: "s", column: "v" } });
    expect(error.message).toContain(type);
    await load(filepath, { id, v: text }, [{ id: 1, v: "x" }], ["id"], { schema_policy: "new_column" });
    expect(await read(filepath, "SELECT v__varchar FROM s")).toEqual([["x"]]);
  },
);

test("an index on another column is there again after a type changed, under any name", async () => {
  const filepath = file();
  await read(
    filepath,
    "CREATE SCHEMA a",
    'CREATE TABLE a."T t" (id BIGINT, n BIGINT, "b c" VARCHAR)',
    `INSERT INTO a."T t" VALUES (1, 1, 'x')`,
    'CREATE INDEX "I ""x" ON a."T t" ("b c")',
    'CREATE INDEX i2 ON a."T t" ("b c", id)',
  );
  const before = await read(filepath, "SELECT index_name, sql, is_unique FROM duckdb_indexes() ORDER BY 1");
  await using sink = await target.open({ filepath });
  const writer = await sink.open(stream({ id, n: { type: "number" }, "b c": text }, [], undefined, "a-t t"));
  await writer.write(batch([{ id: 2, n: 1.5, "b c": "y" }], { stream: "a-t t" }));
  await sink.commit();
  await sink[Symbol.asyncDispose]();
  expect(await read(filepath, "SELECT index_name, sql, is_unique FROM duckdb_indexes() ORDER BY 1")).toEqual(before);
  expect(await read(filepath, `SELECT n FROM a."T t" WHERE "b c" = 'y'`)).toEqual([[1.5]]);
});

test.each([
  ["an index", ["CREATE TABLE s (id BIGINT, n BIGINT)", "CREATE INDEX by_n ON s (n)"], "index_in_the_way", '"by_n"'],
  ["a unique index", ["CREATE TABLE s (id BIGINT, n BIGINT)", "CREATE UNIQUE INDEX by_id ON s (id)"], "index_in_the_way", '"by_id"'],
  [
    "an index over an expression",
    ["CREATE TABLE s (id BIGINT, n BIGINT)", "CREATE INDEX by_sum ON s ((id + 1))"],
    "index_in_the_way",
    '"by_sum"',
  ],
  ["a unique constraint", ["CREATE TABLE s (id BIGINT, n BIGINT UNIQUE)"], "alter_refused", "UNIQUE"],
  ["a check", ["CREATE TABLE s (id BIGINT, n BIGINT CHECK (n > 0))"], "alter_refused", "CHECK"],
  ["a generated column", ["CREATE TABLE s (id BIGINT, n BIGINT, m BIGINT AS (n + 1))"], "alter_refused", '"m"'],
  [
    "a foreign key",
    ["CREATE TABLE s (id BIGINT PRIMARY KEY, n BIGINT)", "CREATE TABLE child (s BIGINT REFERENCES s (id))"],
    "alter_refused",
    "depend",
  ],
])("a column that %s depends on can't change its type; the error names both, and nothing is lost", async (_, create, code, named) => {
  const filepath = file();
  await read(filepath, ...create, "INSERT INTO s (id, n) VALUES (1, 1)");
  const before = await read(filepath, "SELECT table_name, sql FROM duckdb_tables() UNION ALL SELECT index_name, sql FROM duckdb_indexes()");
  const error = await failure(() => load(filepath, { id, n: text }, [{ id: 2, n: "x" }], []));
  expect(error).toMatchObject({ code, class: "config", hint: expect.stringContaining("new_column") });
  expect(error.message).toContain(named);
  expect(error.message).toContain("s");
  expect(
    await read(filepath, "SELECT table_name, sql FROM duckdb_tables() UNION ALL SELECT index_name, sql FROM duckdb_indexes()"),
  ).toEqual(before);
  await load(filepath, { id, n: text }, [{ id: 2, n: "x" }], [], { schema_policy: "new_column" });
  expect(await read(filepath, "SELECT n::INT, n__varchar FROM s ORDER BY id")).toEqual([
    [1, null],
    [null, "x"],
  ]);
});

test("views, and views on views, show the table as it is now", async () => {
  const filepath = file();
  await read(
    filepath,
    "CREATE TABLE s (id BIGINT, n BIGINT)",
    "INSERT INTO s VALUES (1, 1)",
    "CREATE VIEW v AS SELECT * FROM s",
    "CREATE VIEW w AS SELECT * FROM v",
    "COMMENT ON VIEW w IS 'mine'",
  );
  await load(filepath, { id, n: text, more: text }, [{ id: 1, n: "one", more: "x" }]);
  await load(filepath, { id, n: text, more: text, day: { ...text, format: "date" } }, [{ id: 2, n: "two", day: "2024-01-02" }]);
  expect(await read(filepath, "SELECT id::INT, n, more, day::VARCHAR FROM w ORDER BY id")).toEqual([
    [1, "one", "x", null],
    [2, "two", null, "2024-01-02"],
  ]);
  expect(await read(filepath, "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal ORDER BY 1")).toEqual([
    ["v", null],
    ["w", "mine"],
  ]);
});

test.each([
  [400, "512MB"],
  [1700, "1GB"],
])("%i columns within %s, a fifth of them new and a fifth wider in the next run", async (count, memory_limit) => {
  const filepath = file();
  const properties = (from: number, to: number, schema: JsonSchema) =>
    Object.fromEntries(Array.from({ length: to - from }, (_, i) => [`c${from + i}`, schema]));
  const fifth = count / 5;
  await load(filepath, { id, ...properties(0, count - fifth, id) }, [{ id: 1, c0: 1, c1: 1 }], ["id"], { memory_limit });
  const later = { id, ...properties(0, fifth, text), ...properties(fifth, count, id) };
  await load(filepath, later, [{ id: 1, c0: "one", [`c${count - 1}`]: 3 }], ["id"], { memory_limit });
  expect(await types(filepath)).toHaveLength(count + 1);
  expect(await read(filepath, `SELECT c0, c1, c${count - 1}::INT FROM s`)).toEqual([["one", null, 3]]);
});

test("a generated column among the stream's, and a type that one depends on: errors with stream, table and what to do", async () => {
  const filepath = file();
  await read(filepath, "CREATE TABLE s (id BIGINT, v BIGINT, g BIGINT GENERATED ALWAYS AS (v * 2))");
  const sent = await failure(() => load(filepath, { id, v: id, g: id }, [{ id: 1, v: 1, g: 2 }]));
  expect(sent).toMatchObject({ code: "generated_refused", class: "config", position: { stream: "s" } });
  expect(sent.message).toContain('"s"');
  const changed = await failure(() => load(filepath, { id, v: text }, [{ id: 1, v: "x" }]));
  expect(changed).toMatchObject({ code: "alter_refused", position: { stream: "s" } });
  await load(filepath, { id, v: id }, [{ id: 1, v: 4 }]);
  expect(await read(filepath, "SELECT g::INT FROM s")).toEqual([[8]]);
});
