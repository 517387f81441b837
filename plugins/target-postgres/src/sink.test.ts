import { exactNumber } from "@tapline/protocol";
import { testDatabase } from "@tapline/testing/postgres";
import { describe, expect, test } from "vitest";
import { batch, failure, settings, stream, withSink } from "../test/rows.ts";

const id = { type: "integer" };
const text = { type: ["null", "string"] };

describe("commit and rollback", () => {
  test("appended rows are all there in the order they came, over several streams", async () => {
    const database = await testDatabase();
    await withSink(settings(database), async (sink) => {
      const a = await sink.open(stream({ id, v: text }, [], undefined, "a"));
      const b = await sink.open(stream({ id }, [], undefined, "b"));
      for (let n = 0; n < 5; n++) {
        const rows = Array.from({ length: 3000 }, (_, i) => ({ id: n * 3000 + i, v: n % 2 ? "" : null }));
        await a.write(batch(rows, { stream: "a" }));
        await b.write(batch([{ id: n }], { stream: "b" }));
      }
      expect([...(await sink.commit()).counts]).toEqual([
        ["a", { inserted: 15_000, updated: 0, superseded: 0 }],
        ["b", { inserted: 5, updated: 0, superseded: 0 }],
      ]);
      expect(await sink.countRows("a")).toBe(15_000);
      expect((await sink.commit()).counts).toEqual(new Map());
      await a.write(batch([{ id: -1 }], { stream: "a" }));
      expect((await sink.commit()).counts.get("a")).toEqual({ inserted: 1, updated: 0, superseded: 0 });
    });
    expect(await database.read("SELECT count(*), count(*) FILTER (WHERE v = ''), count(v) FROM a")).toEqual([["15001", "6000", "6000"]]);
  });

  test("rollback and dispose drop everything since the last commit, tables and columns too", async () => {
    const database = await testDatabase();
    await withSink(settings(database), async (sink) => {
      const writer = await sink.open(stream({ id }));
      await writer.write(batch([{ id: 1 }]));
      await sink.commit();
      await writer.write(batch([{ id: 2 }]));
      await writer.alter(stream({ id, more: text }));
      await sink.open(stream({ id }, [], undefined, "other"));
      await sink.rollback();
    });
    const columns = await database.read("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'");
    expect(columns).toEqual([["s", "id"]]);
    expect(await database.read("SELECT id FROM s")).toEqual([["1"]]);
  });

  test("a SCHEMA without rows leaves an empty table with its key", async () => {
    const database = await testDatabase();
    await withSink(settings(database), async (sink) => {
      await sink.open(stream({ id }, ["id"]));
      expect((await sink.commit()).counts).toEqual(new Map());
      expect(await sink.countRows("s")).toBe(0);
    });
    expect(await database.read("SELECT contype FROM pg_constraint WHERE conrelid = 's'::regclass AND contype = 'p'")).toEqual([["p"]]);
  });

  test("rows that a trigger takes away are noticed before the commit", async () => {
    const database = await testDatabase();
    await database.read(
      "CREATE TABLE s (id bigint)",
      "CREATE FUNCTION drop_odd() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.id % 2 = 1 THEN RETURN NULL; END IF; RETURN NEW; END'",
      "CREATE TRIGGER t BEFORE INSERT ON s FOR EACH ROW EXECUTE FUNCTION drop_odd()",
    );
    for (const keys of [[], ["id"]]) {
      await withSink(settings(database), async (sink) => {
        const writer = await sink.open(stream({ id }, keys));
        const error = await failure(async () => {
          await writer.write(batch([{ id: 1 }, { id: 2 }]));
          await sink.commit();
        });
        expect(error).toMatchObject({ code: "insert_count_mismatch", class: "bug" });
        await sink.rollback();
      });
    }
    expect(await database.read("SELECT count(*) FROM s")).toEqual([["0"]]);
  });
});

describe("tables that are there", () => {
  test("columns may come and go in mid-stream; what is not sent is NULL, or as it was", async () => {
    const database = await testDatabase();
    await withSink(settings(database), async (sink) => {
      const writer = await sink.open(stream({ id, a: text }, ["id"]));
      await writer.write(batch([{ id: 1, a: "x" }]));
      await writer.alter(stream({ b: { type: "number", multipleOf: 0.1 }, id }, ["id"]));
      await writer.write(batch([{ id: 1, b: 0.1 }, { id: 3 }]));
      expect((await sink.commit()).counts.get("s")).toEqual({ inserted: 2, updated: 1, superseded: 0 });
    });
    expect(await database.read("SELECT id, a, b FROM s ORDER BY id")).toEqual([
      ["1", "x", "0.1"],
      ["3", null, null],
    ]);
  });

  test("other types are used where they take the values, and other columns keep their defaults", async () => {
    const database = await testDatabase();
    await database.read(
      `CREATE TABLE s (id integer PRIMARY KEY, at timestamp, n numeric(12,3), day date, doc json, f double precision,
        code varchar(5), own int DEFAULT 7, made timestamptz GENERATED ALWAYS AS (at AT TIME ZONE 'UTC') STORED)`,
    );
    const schema = {
      id,
      at: { type: "string", format: "date-time" },
      n: { type: "number" },
      doc: { type: "object" },
      f: { type: "number" },
      code: text,
    };
    await withSink(settings(database), async (sink) => {
      const writer = await sink.open(stream(schema, ["id"]));
      await writer.write(batch([{ id: 1, at: "2024-01-02T03:04:05.5+02:00", n: 1.5, doc: { x: [1, null] }, f: 0.1, code: "abcde" }]));
      await sink.commit();
    });
    expect(await database.read("SELECT id, at, n, doc, f, code, own FROM s")).toEqual([
      ["1", "2024-01-02 01:04:05.5", "1.500", '{"x":[1,null]}', "0.1", "abcde", "7"],
    ]);
  });

  test("a column of another kind, a view, a key that is no column: errors that name them", async () => {
    const database = await testDatabase();
    await database.read("CREATE TABLE s (id bytea)", "CREATE VIEW v AS SELECT 1 AS id");
    await withSink(settings(database), async (sink) => {
      const conflict = await failure(() => sink.open(stream({ id })));
      expect(conflict).toMatchObject({ code: "type_conflict", class: "config", position: { stream: "s", column: "id" } });
      expect(conflict.message).toContain('"public"."s"');
      expect((await failure(() => sink.open(stream({ id }, [], undefined, "v")))).code).toBe("not_a_table");
      expect((await failure(() => sink.open(stream({ id }, ["nope"], undefined, "t")))).code).toBe("key_not_in_schema");
    });
  });
});

describe("names", () => {
  test("any name is taken as it is, upper and lower case apart", async () => {
    const database = await testDatabase();
    const odd = `o"dd 'n;ame, 7`;
    await withSink(settings(database), async (sink) => {
      const writer = await sink.open(stream({ [odd]: text, select: id, ID: id, id, ctid_: id }, [odd], undefined, `shop-${odd}`));
      for (const n of [1, 2]) await writer.write(batch([{ [odd]: "x", select: n, ID: 2, id: 3 }], { stream: `shop-${odd}` }));
      expect((await sink.commit()).counts.get(`shop-${odd}`)).toEqual({ inserted: 1, updated: 0, superseded: 1 });
      await writer.write(batch([{ [odd]: "x", select: 3 }], { stream: `shop-${odd}` }));
      expect((await sink.commit()).counts.get(`shop-${odd}`)).toEqual({ inserted: 0, updated: 1, superseded: 0 });
    });
    expect(await database.read(`SELECT "select", "ID", id FROM shop."o""dd 'n;ame, 7"`)).toEqual([["3", null, null]]);
  });

  test.each(["x".repeat(64), "é".repeat(32), `${"🦆".repeat(80)} "'; --`, "a\0b", "", "__proto__", "9'); DROP TABLE s; --"])(
    "%j is a stream, a column and a key; where the name is impossible the comment has it, and the next run finds it",
    async (name) => {
      const database = await testDatabase();
      for (const v of ["one", "two"]) {
        await withSink({ ...settings(database), stream_names: "exact" }, async (sink) => {
          const writer = await sink.open(
            stream(JSON.parse(`{${JSON.stringify(name)}: {"type": "integer"}, "v": {"type": "string"}}`), [name], undefined, name),
          );
          await writer.write(batch([JSON.parse(`{${JSON.stringify(name)}: 7, "v": "${v}"}`)], { stream: name }));
          const counts = (await sink.commit()).counts.get(name);
          expect(counts).toEqual(v === "one" ? { inserted: 1, updated: 0, superseded: 0 } : { inserted: 0, updated: 1, superseded: 0 });
        });
      }
      const tables = await database.read("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace");
      expect(tables).toHaveLength(1);
      const table = String(tables[0]?.[0]);
      const isKept = name !== "" && !name.includes("\0") && Buffer.byteLength(name) <= 63;
      expect(table === name).toBe(isKept);
      const columns = await database.read(
        "SELECT attname, col_description(attrelid, attnum) FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0 ORDER BY attnum",
      );
      expect(columns).toEqual([
        isKept ? [name, null] : [expect.stringMatching(/_[0-9a-f]{8}$/), `tapline: property ${JSON.stringify(name)}`],
        ["v", null],
      ]);
      expect(await database.read(`SELECT * FROM "${table.replaceAll('"', '""')}"`)).toEqual([["7", "two"]]);
    },
  );

  test("streams that would meet in one table are an error", async () => {
    const database = await testDatabase();
    await withSink({ ...settings(database), default_target_schema: "public" }, async (sink) => {
      await sink.open(stream({ id }, [], undefined, "a-orders"));
      expect(await failure(() => sink.open(stream({ id }, [], undefined, "b-orders")))).toMatchObject({ code: "name_collision" });
      await sink.open(stream({ id }, [], undefined, "Orders"));
    });
  });
});

test("integers beyond 2^53 keep their digits in keys and values", async () => {
  const database = await testDatabase();
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream({ id }, ["id"]));
    await writer.write(batch([{ id: exactNumber("9007199254740993") }, { id: exactNumber("9007199254740992") }]));
    expect((await sink.commit()).counts.get("s")).toEqual({ inserted: 2, updated: 0, superseded: 0 });
  });
  expect(await database.read("SELECT id FROM s ORDER BY id")).toEqual([["9007199254740992"], ["9007199254740993"]]);
});
