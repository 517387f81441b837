import type { Row } from "@tapline/sdk";
import { type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { describe, expect, test } from "vitest";
import { pipe, record, schema, state } from "../test/pipe.ts";

const properties = { id: { type: "integer" }, v: { type: ["null", "string"] } };
const reject = { on_error: "reject", add_record_metadata: false };

/** Rows 1 to 200, every one that `bad` picks with what the table refuses. */
const rows = (bad: (id: number) => boolean, value: string | null): Row[] =>
  Array.from({ length: 200 }, (_, i) => ({ id: i + 1, v: bad(i + 1) ? value : `v${i + 1}` }));

async function expectRejects(
  database: TestDatabase,
  sent: readonly Row[],
  bad: readonly number[],
  code: string,
  hasLine: boolean,
): Promise<void> {
  const kept = await database.read("SELECT record, code, reason, position, run_id FROM s__rejects ORDER BY (record::json->>'id')::int");
  expect(kept.map(([text]) => JSON.parse(text as string))).toEqual(bad.map((id) => sent[id - 1]));
  for (const [index, [, found, reason, position]] of kept.entries()) {
    expect(found).toBe(code);
    expect(reason).toMatch(/"s"/);
    expect(reason).not.toMatch(/_tapline|\n/);
    // SCHEMA is line 1.
    expect(JSON.parse(position as string).line).toBe(hasLine ? (bad[index] as number) + 1 : undefined);
  }
  const loaded = sent.filter(({ id }) => !bad.includes(id as number)).map(({ id, v }) => [String(id), v]);
  expect(await database.read("SELECT id, v FROM s WHERE id > 0 ORDER BY id")).toEqual(loaded);
}

describe.each([
  ["append", [], "v text"],
  ["upsert", ["id"], "v text, PRIMARY KEY (id)"],
  ["upsert without a unique index", ["id"], "v text"],
] as const)("a row only the server refuses is kept out, the others load: %s", (_, keys, columns) => {
  test.each([
    ["a CHECK", "ALTER TABLE s ADD CHECK (v <> 'bad')", "bad", "constraint_refuses", true],
    ["NOT NULL", "ALTER TABLE s ALTER v SET NOT NULL", null, "constraint_refuses", true],
    ["a computed column", "ALTER TABLE s ADD g int GENERATED ALWAYS AS (1 / (length(v) - 8)) STORED", "too long", "value_refused", true],
    ["a domain", "ALTER TABLE s ALTER v TYPE no_bad", "bad", "constraint_refuses", true],
    ["a unique index", "CREATE UNIQUE INDEX ON s (v)", "taken", "constraint_refuses", keys.length === 0],
    ["a foreign key", "ALTER TABLE s ADD FOREIGN KEY (v) REFERENCES known", "unknown", "constraint_refuses", keys.length === 0],
    ["an exclusion", "ALTER TABLE s ADD EXCLUDE USING hash (v WITH =)", "taken", "constraint_refuses", keys.length === 0],
    [
      "a trigger",
      "CREATE TRIGGER t BEFORE INSERT ON s FOR EACH ROW EXECUTE FUNCTION refuse()",
      "bad",
      "trigger_refuses",
      keys.length === 0,
    ],
    [
      "a constraint trigger",
      "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON s FOR EACH ROW EXECUTE FUNCTION refuse()",
      "bad",
      "trigger_refuses",
      keys.length === 0,
    ],
  ])("%s", async (_what, change, value, code, hasLine) => {
    const database = await testDatabase();
    await database.read(
      "CREATE DOMAIN no_bad AS text CHECK (VALUE <> 'bad')",
      "CREATE TABLE known (v text PRIMARY KEY)",
      "INSERT INTO known SELECT 'v' || n FROM generate_series(1, 200) AS n",
      `CREATE TABLE s (id bigint, ${columns})`,
      "INSERT INTO s SELECT -1, 'taken' FROM (SELECT 1) AS one WHERE true",
      "INSERT INTO known VALUES ('taken')",
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.v = 'bad' THEN RAISE EXCEPTION 'not in \"s\"'; END IF; RETURN NEW; END$$",
      change,
    );
    const bad = [1, 2, 57, 58, 200];
    const sent = rows((id) => bad.includes(id), value);
    const { summary, failure } = await pipe(database, [schema(properties, [...keys]), ...sent.map((row) => record(row)), state(1)], reject);
    expect(failure).toBeUndefined();
    await expectRejects(database, sent, bad, code, hasLine);
    expect(summary).toMatchObject({ received: 200, loaded: 195, inserted: 195, updated: 0, superseded: 0, rejected: 5, in_table: 196 });
  });
});

test("rows the table refuses as updates leave the old ones, and the counts show how many were updated", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint PRIMARY KEY, v text UNIQUE)", "INSERT INTO s VALUES (1, 'a'), (2, 'b'), (3, 'c')");
  const sent = [
    { id: 1, v: "c" },
    { id: 2, v: "x" },
    { id: 4, v: "b" },
    { id: 5, v: "e" },
    { id: 5, v: "a" },
    { id: 6, v: "f" },
  ];
  const { summary } = await pipe(database, [schema(properties, ["id"]), ...sent.map((row) => record(row))], reject);
  expect(await database.read("SELECT id, v FROM s ORDER BY id")).toEqual([
    ["1", "a"],
    ["2", "x"],
    ["3", "c"],
    ["4", "b"],
    ["6", "f"],
  ]);
  expect(summary).toMatchObject({ received: 6, loaded: 3, inserted: 2, updated: 1, superseded: 1, rejected: 2 });
  expect((await database.read("SELECT record FROM s__rejects ORDER BY 1")).map(([text]) => JSON.parse(text as string))).toEqual([
    { id: 1, v: "c" },
    { id: 5, v: "a" },
  ]);
});

test.each([[[]], [["id"]]])("rows that refer to one another are not refused because one of them is (keys %j)", async (keys) => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint PRIMARY KEY, boss bigint REFERENCES s)");
  const sent = Array.from({ length: 100 }, (_, i) => ({ id: i + 1, boss: i === 40 ? 999 : i < 98 ? i + 2 : null }));
  const { summary } = await pipe(
    database,
    [schema({ id: properties.id, boss: { type: ["null", "integer"] } }, keys), ...sent.map((row) => record(row))],
    reject,
  );
  // Row 41 is refused, and so row 40, which refers to it, and all before.
  expect(await database.read("SELECT count(*), min(id) FROM s")).toEqual([["59", "42"]]);
  expect(summary).toMatchObject({ loaded: 59, rejected: 41 });
});

test("what is no fault of a row ends the load, also where rows may be rejected", async () => {
  const database = await testDatabase();
  await database.read(
    "CREATE TABLE s (id bigint PRIMARY KEY, v text)",
    "INSERT INTO s VALUES (9, 'x')",
    "CREATE TABLE other (s bigint REFERENCES s)",
    "INSERT INTO other VALUES (9)",
  );
  const input = [schema(properties, ["id"]), record({ id: 1, v: "a" })];
  const overwritten = await pipe(database, input, { ...reject, load_method: "overwrite" });
  expect(overwritten.failure).toMatchObject({ code: "constraint_refuses" });
  expect(overwritten.failure?.message).toContain('table "other"');
  expect(await database.read("SELECT id FROM s")).toEqual([["9"]]);
});

test("a field's name that PostgreSQL can't hold is reported nevertheless", async () => {
  const database = await testDatabase();
  const { summary, failure } = await pipe(database, [schema(properties), record({ id: 1, "a\u0000b": 1 })], reject);
  expect(failure).toBeUndefined();
  expect(summary).toMatchObject({ loaded: 0, rejected: 1 });
  expect((await database.read("SELECT record FROM s__rejects"))[0]?.[0]).toContain("\\u0000");
});

describe("many rows of which some are refused", () => {
  const copied = "CREATE TABLE s (id bigint, v text CHECK (v <> 'bad'))";
  const merged = "CREATE TABLE s (id bigint PRIMARY KEY, v text UNIQUE)";
  test.each([
    ["1 of 100,000 by COPY", copied, [], 100_000, 100_000],
    ["1000 of 20,000 by COPY", copied, [], 20_000, 20],
    ["1 of 100,000 by the merge", merged, ["id"], 100_000, 100_000],
    ["1000 of 20,000 by the merge", merged, ["id"], 20_000, 20],
  ] as const)("%s: all others load", async (_, create, keys, count, every) => {
    const database = await testDatabase();
    await database.read(create, ...(create === merged ? ["INSERT INTO s VALUES (-1, 'bad')"] : []));
    const sent = Array.from({ length: count }, (_, i) => record({ id: i, v: i % every === every / 2 ? "bad" : `v${i}` }));
    const { summary, failure } = await pipe(database, [schema(properties, [...keys]), ...sent], reject);
    expect(failure).toBeUndefined();
    expect(summary).toMatchObject({ received: count, loaded: count - count / every, rejected: count / every });
    expect(await database.read("SELECT count(*) FROM s WHERE id >= 0")).toEqual([[String(count - count / every)]]);
    expect(await database.read("SELECT count(DISTINCT record) FROM s__rejects")).toEqual([[String(count / every)]]);
  });
});
