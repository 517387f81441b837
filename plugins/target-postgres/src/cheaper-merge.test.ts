import type { CheaperRows } from "@tapline/sql";
import { testDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { batch, settings, stream, withSink } from "../test/rows.ts";
import { merge } from "./dialect/merge.ts";

const rows = 10_000;
/** The first half of them is in the table. */
const sent = Array.from({ length: rows }, (_, i) => ({ id: i + 1, v: `new ${i + 1}` }));
const properties = { id: { type: "integer" }, v: { type: "string" } };
const old = `INSERT INTO s SELECT i, 'old' FROM generate_series(-9, ${rows / 2}) AS i`;

/** How rows that land in `landing` get into the table `s`. */
function cheaperFor({ keys = ["id"], uniqueKeys = [["id"]] }): CheaperRows & { landing: string } {
  const plan = merge.plan({
    table: '"public"."s"',
    columns: [...keys, "v"],
    otherColumns: [],
    keys,
    typeOf: () => undefined,
    isNew: false,
    uniqueKeys,
    overwrites: false,
    isReferenced: false,
    ordinal: 1,
  });
  const { apply } = plan.merge({ rows: 0n, maxRowId: 0n });
  return { ...(apply as CheaperRows), landing: plan.landing };
}

/** Where the old rows of the table are deleted before the new ones are inserted, and what must hold after the load. */
const tables: [name: string, create: string[], isReplaced: boolean, look: string, found: unknown][] = [
  ["a plain table", ["CREATE TABLE s (id bigint PRIMARY KEY, v text)", old], true, "SELECT 1", [["1"]]],
  [
    "a table under a view",
    ["CREATE TABLE s (id bigint PRIMARY KEY, v text)", old, "CREATE VIEW w AS SELECT * FROM s"],
    true,
    "SELECT count(*) FROM w",
    [["10010"]],
  ],
  [
    "a table that a foreign key points at",
    [
      "CREATE TABLE s (id bigint PRIMARY KEY, v text)",
      old,
      "CREATE TABLE child (id bigint REFERENCES s ON DELETE CASCADE)",
      "INSERT INTO child VALUES (1)",
    ],
    false,
    "SELECT id FROM child",
    [["1"]],
  ],
  [
    "a table with a trigger on DELETE",
    [
      "CREATE TABLE s (id bigint PRIMARY KEY, v text)",
      old,
      "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$stop$$; END'",
      "CREATE TRIGGER t BEFORE DELETE ON s FOR EACH ROW EXECUTE FUNCTION stop()",
    ],
    false,
    "SELECT 1",
    [["1"]],
  ],
  [
    "a table with a rule",
    [
      "CREATE TABLE s (id bigint PRIMARY KEY, v text)",
      old,
      "CREATE TABLE gone (id bigint)",
      "CREATE RULE r AS ON DELETE TO s DO INSERT INTO gone VALUES (old.id)",
    ],
    false,
    "SELECT count(*) FROM gone",
    [["0"]],
  ],
  [
    "a table that others inherit from",
    ["CREATE TABLE s (id bigint PRIMARY KEY, v text)", old, "CREATE TABLE child () INHERITS (s)", "INSERT INTO child VALUES (1, 'child')"],
    false,
    "SELECT v FROM child",
    [["child"]],
  ],
  [
    "a table with a key that may be spelled otherwise",
    ["CREATE TABLE s (id numeric PRIMARY KEY, v text)", old.replace("SELECT i", "SELECT i + 0.00")],
    false,
    "SELECT id FROM s WHERE id = 1",
    [["1.00"]],
  ],
];

test.each(tables)(
  "many rows into %s: each is there once, and the counts say what was updated",
  async (_, create, isReplaced, look, found) => {
    const database = await testDatabase();
    await database.read(...create);
    expect(await database.read(cheaperFor({}).mayReplace)).toEqual([[isReplaced ? "t" : "f"]]);
    await withSink(settings(database), async (sink) => {
      const writer = await sink.open(stream(properties, ["id"]));
      await writer.write(batch(sent));
      expect((await sink.commit()).counts.get("s")).toEqual({ inserted: rows / 2, updated: rows / 2, superseded: 0 });
    });
    expect(
      await database.read("SELECT count(*), count(DISTINCT id), count(*) FILTER (WHERE v = 'new ' || id::bigint) FROM ONLY s"),
    ).toEqual([[String(rows + 10), String(rows + 10), String(rows)]]);
    expect(await database.read(look)).toEqual(found);
  },
);

test("many rows of which the table refuses one: it is rejected, the others are there", async () => {
  const database = await testDatabase();
  await database.read(
    "CREATE TABLE s (id bigint PRIMARY KEY, v text)",
    old,
    "CREATE UNIQUE INDEX ON s (v) WHERE v <> 'old'",
    "INSERT INTO s VALUES (-99, 'new 7777')",
  );
  const rejected: unknown[] = [];
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open({ ...stream(properties, ["id"]), reject: (_error, record) => void rejected.push(JSON.parse(record)) });
    await writer.write(batch(sent));
    expect((await sink.commit()).counts.get("s")).toEqual({ inserted: rows / 2 - 1, updated: rows / 2, superseded: 0 });
  });
  expect(rejected).toMatchObject([{ id: 7777, v: "new 7777" }]);
  expect(await database.read("SELECT count(*), count(*) FILTER (WHERE v LIKE 'new %') FROM s")).toEqual([
    [String(rows + 10), String(rows)],
  ]);
});

test.each([
  ["bigint", "i", (n: number) => `${n}`],
  ["text", "lpad(i::text, 3, '0')", (n: number) => `${n}`.padStart(3, "0")],
  ["uuid", "lpad(i::text, 32, '0')::uuid", (n: number) => `${n}`.padStart(32, "0")],
])("rows are found not to meet the table by the ends of their keys, of type %s", async (type, expression, key) => {
  const database = await testDatabase();
  await database.read(
    `CREATE TABLE s (b bigint, a ${type}, v text, PRIMARY KEY (a, b))`,
    `INSERT INTO s SELECT 0, ${expression}, 'old' FROM generate_series(8, 11) AS i WHERE i IN (8, 10, 11)`,
  );
  const { replace, landing } = cheaperFor({ keys: ["b", "a"], uniqueKeys: [["v"], ["a", "b"]] });
  const meets = async (...numbers: number[]): Promise<boolean> => {
    const found = await database.read(
      `CREATE TEMPORARY TABLE ${landing.replace("pg_temp.", "")} (LIKE s)`,
      `INSERT INTO ${landing} VALUES ${numbers.map((n) => `(0, '${key(n)}', 'new')`).join(", ")}`,
      replace.replaced?.meets as string,
    );
    return found.length > 0;
  };
  expect([await meets(7, 4), await meets(15, 12), await meets(9)]).toEqual([false, false, false]);
  expect([await meets(4, 8), await meets(11), await meets(9, 10), await meets(20, 1)]).toEqual([true, true, true, true]);
});

test("many rows whose keys come after those of the table are only inserted, and those that meet it replace it", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint PRIMARY KEY, v text)");
  const updated: unknown[] = [];
  for (const from of [0, rows, rows + rows / 2]) {
    await withSink(settings(database), async (sink) => {
      const writer = await sink.open(stream(properties, ["id"]));
      await writer.write(batch(sent.map(({ id }) => ({ id: id + from, v: `${from}` }))));
      updated.push((await sink.commit()).counts.get("s")?.updated);
    });
  }
  expect(updated).toEqual([0, 0, rows / 2]);
  expect(await database.read("SELECT v, count(*) FROM s GROUP BY v ORDER BY v::bigint")).toEqual([
    ["0", String(rows)],
    [String(rows), String(rows / 2)],
    [String(rows * 1.5), String(rows)],
  ]);
});
