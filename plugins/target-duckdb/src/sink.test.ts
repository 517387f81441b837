import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exactNumber } from "@tapline/protocol";
import { describe, expect, test } from "vitest";
import { batch, failure, read, stream, temporaryFolder } from "../test/database.ts";
import target from "./index.ts";

const openSink = target.open;

const id = { type: "integer" };
const text = { type: ["null", "string"] };

const scratchFolders = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`tapline-duckdb-${process.pid}-`));

describe("commit and rollback", () => {
  test("appended rows are all there in the order they came, over several streams, and the file is free afterwards", async () => {
    const filepath = join(temporaryFolder(), "new", "folder", "w.duckdb");
    const sink = await openSink({ filepath });
    const a = await sink.open(stream({ id, v: text }, [], undefined, "a"));
    const b = await sink.open(stream({ id }, [], undefined, "b"));
    for (let n = 0; n < 5; n++) {
      await a.write(
        batch(
          Array.from({ length: 3000 }, (_, i) => ({ id: n * 3000 + i, v: n % 2 ? "" : null })),
          { stream: "a" },
        ),
      );
      await b.write(batch([{ id: n }], { stream: "b" }));
    }
    const { counts } = await sink.commit();
    expect([...counts]).toEqual([
      ["a", { inserted: 15_000, updated: 0, superseded: 0 }],
      ["b", { inserted: 5, updated: 0, superseded: 0 }],
    ]);
    expect(await sink.countRows("a")).toBe(15_000);
    expect((await sink.commit()).counts).toEqual(new Map());
    await sink[Symbol.asyncDispose]();
    expect(await read(filepath, "SELECT count(*)::INT, bool_and(id = rowid), count(*) FILTER (v = '')::INT, count(v)::INT FROM a")).toEqual(
      [[15_000, true, 6000, 6000]],
    );
    expect(scratchFolders()).toEqual([]);
  });

  test("rollback drops everything since the last commit, tables and columns too", async () => {
    const filepath = join(temporaryFolder(), "w.duckdb");
    const sink = await openSink({ filepath });
    const writer = await sink.open(stream({ id }));
    await writer.write(batch([{ id: 1 }]));
    await sink.commit();
    await writer.write(batch([{ id: 2 }]));
    await writer.alter(stream({ id, more: text }));
    await sink.open(stream({ id }, [], undefined, "other"));
    await sink.rollback();
    await sink[Symbol.asyncDispose]();
    expect(await read(filepath, "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal")).toEqual([["s", "id"]]);
    expect(await read(filepath, "SELECT id::INT FROM s")).toEqual([[1]]);
  });

  test("a bad row after good ones leaves nothing of the commit", async () => {
    const filepath = join(temporaryFolder(), "w.duckdb");
    const sink = await openSink({ filepath });
    const writer = await sink.open(stream({ id }));
    await writer.write(batch([{ id: 1 }]));
    expect(await failure(() => writer.write(batch([{ id: 2 }, { id: "x" }], { firstLine: 7 })))).toMatchObject({
      code: "wrong_type",
      position: { stream: "s", line: 8, column: "id" },
    });
    await sink.rollback();
    await sink[Symbol.asyncDispose]();
    expect(await read(filepath, "SELECT count(*)::INT FROM duckdb_tables()")).toEqual([[0]]);
  });

  test("what DuckDB refuses in the background is thrown by the next call and never committed", async () => {
    const filepath = join(temporaryFolder(), "w.duckdb");
    await read(filepath, "CREATE TABLE s (id BIGINT CHECK (id < 10))", "INSERT INTO s VALUES (1)");
    const sink = await openSink({ filepath });
    const writer = await sink.open(stream({ id }));
    await writer.write(batch([{ id: 11 }]));
    expect(await failure(() => sink.commit())).toMatchObject({ code: "constraint_violated", class: "data" });
    await sink.rollback();
    await sink[Symbol.asyncDispose]();
    expect(await read(filepath, "SELECT id::INT FROM s")).toEqual([[1]]);
  });

  test("rows that something else took away are noticed before the commit", async () => {
    const filepath = join(temporaryFolder(), "w.duckdb");
    const sink = await openSink({ filepath });
    const writer = await sink.open(stream({ id }));
    const lying = { ...batch([{ id: 1 }, { id: 2 }]), count: 3 };
    await writer.write(lying);
    expect((await failure(() => sink.commit())).code).toBe("insert_count_mismatch");
    await sink[Symbol.asyncDispose]();
    expect(await read(filepath, "SELECT count(*)::INT FROM duckdb_tables()")).toEqual([[0]]);
  });

  test("a SCHEMA without rows leaves an empty table", async () => {
    const filepath = join(temporaryFolder(), "w.duckdb");
    const sink = await openSink({ filepath });
    await sink.open(stream({ id }));
    expect((await sink.commit()).counts).toEqual(new Map());
    expect(await sink.countRows("s")).toBe(0);
    await sink[Symbol.asyncDispose]();
    expect(await read(filepath, "SELECT count(*)::INT FROM s")).toEqual([[0]]);
  });
});

describe("schemas", () => {
  test("columns may come and go in mid-stream; what is not sent is NULL", async () => {
    const filepath = join(temporaryFolder(), "w.duckdb");
    const sink = await openSink({ filepath });
    const writer = await sink.open(stream({ id, a: text }));
    await writer.write(batch([{ id: 1, a: "x" }]));
    await writer.alter(stream({ b: { type: "number", multipleOf: 0.1 }, id }));
    await writer.write(batch([{ id: 2, b: 0.1 }, { id: 3 }]));
    expect((await sink.commit()).counts.get("s")).toEqual({ inserted: 3, updated: 0, superseded: 0 });
    await sink[Symbol.asyncDispose]();
    expect(await read(filepath, "SELECT id::INT, a, b::VARCHAR FROM s")).toEqual([
      [1, "x", null],
      [2, null, "0.1"],
      [3, null, null],
    ]);
  });

  test("other keys in mid-stream: each row is merged by the keys it came under", async () => {
    const filepath = join(temporaryFolder(), "w.duckdb");
    const sink = await openSink({ filepath });
    const writer = await sink.open(stream({ id, a: text }, ["id"]));
    await writer.write(
      batch([
        { id: 1, a: "x" },
        { id: 1, a: "y" },
        { id: 2, a: "z" },
      ]),
    );
    await writer.alter(stream({ id, a: text }, ["a"]));
    await writer.write(
      batch([
        { id: 3, a: "z" },
        { id: 4, a: "new" },
      ]),
    );
    expect((await sink.commit()).counts.get("s")).toEqual({ inserted: 3, updated: 1, superseded: 1 });
    await sink[Symbol.asyncDispose]();
    expect(await read(filepath, "SELECT id::INT, a FROM s ORDER BY id")).toEqual([
      [1, "y"],
      [3, "z"],
      [4, "new"],
    ]);
  });

  test("tables that are there already are used: other case, wider types, additional columns", async () => {
    const filepath = join(temporaryFolder(), "w.duckdb");
    await read(filepath, 'CREATE TABLE S (ID HUGEINT, "At" VARCHAR, N DECIMAL(38,3), own INT DEFAULT 7)');
    const sink = await openSink({ filepath });
    const schema = { id, at: { type: "string", format: "date-time" }, n: id, doc: { type: "object" } };
    const writer = await sink.open(stream(schema, ["id"]));
    await writer.write(batch([{ id: 1, at: "2024-01-02T03:04:05+02:00", n: exactNumber("9223372036854775807"), doc: { x: [1, null] } }]));
    await sink.commit();
    await sink[Symbol.asyncDispose]();
    expect(await read(filepath, "SELECT id::VARCHAR, \"at\", n::VARCHAR, own, doc->>'x' FROM s")).toEqual([
      ["1", "2024-01-02T03:04:05+02:00", "9223372036854775807.000", 7, "[1,null]"],
    ]);
  });

  test("any name is taken as it is; a schema may be called like the database file", async () => {
    const filepath = join(temporaryFolder(), "shop.duckdb");
    const odd = `o"dd 'n;ame`;
    const sink = await openSink({ filepath });
    const writer = await sink.open(stream({ [odd]: text, select: id, É: id, é: id }, [odd], undefined, `shop-${odd}`));
    await writer.write(batch([{ [odd]: "x", select: 1, É: 2, é: 3 }], { stream: `shop-${odd}` }));
    await writer.write(batch([{ [odd]: "x", select: 2, É: 2, é: 3 }], { stream: `shop-${odd}` }));
    expect((await sink.commit()).counts.get(`shop-${odd}`)).toEqual({ inserted: 1, updated: 0, superseded: 1 });
    await sink[Symbol.asyncDispose]();
    expect(await read(filepath, `SELECT "select"::INT, É::INT, é::INT FROM shop.shop."o""dd 'n;ame"`)).toEqual([[2, 2, 3]]);
  });

  test.each([
    ["Orders", "orders", {}],
    ["a-orders", "b-orders", { default_target_schema: "raw" }],
    ["x-a-orders", "y-a-orders", {}],
  ])("streams %s and %s would meet in one table", async (first, second, settings) => {
    const sink = await openSink({ filepath: join(temporaryFolder(), "w.duckdb"), ...settings });
    await sink.open(stream({ id }, [], undefined, first));
    const error = await failure(() => sink.open(stream({ id }, [], undefined, second)));
    expect(error).toMatchObject({ code: "name_collision", class: "config", position: { stream: second } });
    expect(error.message).toContain(JSON.stringify(first));
    await sink[Symbol.asyncDispose]();
  });

  test("a view can't be loaded into, and a key must be a column", async () => {
    const filepath = join(temporaryFolder(), "w.duckdb");
    await read(filepath, "CREATE VIEW s AS SELECT 1 AS id");
    const sink = await openSink({ filepath });
    expect((await failure(() => sink.open(stream({ id })))).code).toBe("not_a_table");
    expect((await failure(() => sink.open(stream({ id }, ["nope"], undefined, "t")))).code).toBe("key_not_in_schema");
    await sink[Symbol.asyncDispose]();
  });
});

test("text and JSON arrive byte for byte", async () => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  const sink = await openSink({ filepath });
  const writer = await sink.open(stream({ t: text, j: {} }));
  const texts = ["", "\u0000a\u0000", "🦆 Île", "x".repeat(100_000), "line\r\n\tend", "\ufeff", "\u2028"];
  const documents = [JSON.parse('{"a":-0,"n":null}'), "text", 0, [], { s: "\u0000" }, exactNumber("1.00000000000000000000000000001"), -0];
  await writer.write(batch(texts.map((t, i) => ({ t, j: documents[i] }))));
  await writer.write(batch([{ t: 1.5 }, { t: true }, { t: exactNumber("12345678901234567890") }, { t: { a: [1] } }]));
  await sink.commit();
  await sink[Symbol.asyncDispose]();
  const hex = [...texts, "1.5", "true", "12345678901234567890", '{"a":[1]}'].map((t) => Buffer.from(t).toString("hex").toUpperCase());
  // Compared one by one, and as hex because the client drops a leading U+FEFF.
  for (const [index, [found]] of (await read(filepath, "SELECT hex(t) FROM s")).entries()) expect(found === hex[index]).toBe(true);
  expect(await read(filepath, "SELECT count(*)::INT FROM s")).toEqual([[hex.length]]);
  expect((await read(filepath, "SELECT j::VARCHAR FROM s LIMIT 7")).flat()).toEqual([
    '{"a":-0,"n":null}',
    '"text"',
    "0",
    "[]",
    '{"s":"\\u0000"}',
    "1.00000000000000000000000000001",
    "-0",
  ]);
});

test("a column whose name starts with a byte order mark is found again", async () => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  for (let run = 0; run < 2; run++) {
    const sink = await openSink({ filepath });
    const writer = await sink.open(stream({ "\ufeffid": id }, ["\ufeffid"]));
    await writer.write(batch([{ "\ufeffid": 1 }]));
    expect((await sink.commit()).counts.get("s")).toEqual({ inserted: 1 - run, updated: run, superseded: 0 });
    await sink[Symbol.asyncDispose]();
  }
});

test("a batch of more rows than a row group arrives whole and in order", async () => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  const sink = await openSink({ filepath });
  const writer = await sink.open(stream({ id }));
  await writer.write(
    batch(
      Array.from({ length: 260_000 }, (_, i) => ({ id: i })),
      { chunkRows: 4096 },
    ),
  );
  await sink.commit();
  await sink[Symbol.asyncDispose]();
  expect(await read(filepath, "SELECT count(*)::INT, bool_and(id = rowid) FROM s")).toEqual([[260_000, true]]);
});

test("dispose without commit leaves no rows and no temporary files", async () => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  const sink = await openSink({ filepath });
  const writer = await sink.open(stream({ id }));
  await writer.write(batch([{ id: 1 }]));
  expect(scratchFolders()).toHaveLength(1);
  await sink[Symbol.asyncDispose]();
  expect(scratchFolders()).toEqual([]);
  expect(await read(filepath, "SELECT count(*)::INT FROM duckdb_tables()")).toEqual([[0]]);
  expect(existsSync(`${filepath}.wal`)).toBe(false);
});
