import { type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { pipe, record, schema, state } from "../test/pipe.ts";
import { batch, settings, stream, withSink } from "../test/rows.ts";

const properties = { id: { type: "integer" }, v: { type: ["null", "string"] } };
const overwrite = { load_method: "overwrite", add_record_metadata: false };
const rows = [
  { id: 2, v: "two" },
  { id: 3, v: "three" },
];

test("all that depends on a table is kept: views on views, grants, indexes, keys both ways, triggers, comments, defaults, owner", async () => {
  const database = await testDatabase();
  const role = `reader_${database.database}`;
  await database.read(
    `CREATE ROLE ${role}`,
    "CREATE TABLE known (v text PRIMARY KEY)",
    "INSERT INTO known VALUES ('one'), ('two'), ('three')",
    "CREATE TABLE s (id bigint PRIMARY KEY, v text REFERENCES known, made timestamptz DEFAULT now())",
    "INSERT INTO s VALUES (1, 'two'), (2, 'one')",
    "CREATE TABLE child (s bigint REFERENCES s)",
    "INSERT INTO child VALUES (2)",
    "CREATE VIEW stg AS SELECT id, v FROM s",
    "CREATE VIEW mart AS SELECT count(*) AS n FROM stg",
    "CREATE MATERIALIZED VIEW seen AS SELECT * FROM stg",
    `GRANT SELECT ON s, mart TO ${role}`,
    "CREATE UNIQUE INDEX s_lower ON s (lower(v))",
    "CREATE TABLE log (id bigint)",
    "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO log VALUES (NEW.id); RETURN NEW; END'",
    "CREATE TRIGGER noted AFTER INSERT OR UPDATE ON s FOR EACH ROW EXECUTE FUNCTION note()",
    "COMMENT ON TABLE s IS 'kept'",
    "COMMENT ON COLUMN s.v IS 'kept too'",
  );
  const about = `SELECT c.oid, c.relacl::text, c.relowner, obj_description(c.oid), col_description(c.oid, 2),
      (SELECT count(*) FROM pg_index WHERE indrelid = c.oid), (SELECT count(*) FROM pg_constraint WHERE c.oid IN (conrelid, confrelid)),
      (SELECT count(*) FROM pg_trigger WHERE tgrelid = c.oid) FROM pg_class AS c WHERE relname = 's'`;
  const before = await database.read(about);
  const { summary, failure } = await pipe(database, [schema(properties, ["id"]), ...rows.map((row) => record(row)), state(1)], overwrite);
  expect(failure).toBeUndefined();
  expect(summary).toMatchObject({ received: 2, loaded: 2, inserted: 2, updated: 0, in_table: 2 });
  expect(await database.read(about)).toEqual(before);
  expect(await database.read(`SET ROLE ${role}`, "SELECT n, (SELECT string_agg(v, ',' ORDER BY id) FROM s) FROM mart")).toEqual([
    ["2", "two,three"],
  ]);
  expect(await database.read("SELECT id FROM log ORDER BY id")).toEqual([["2"], ["3"]]);
  await database.read(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`);
});

test.each([
  ["a view", "CREATE VIEW x AS SELECT id FROM s"],
  ["a view on the whole row", "CREATE VIEW x AS SELECT s FROM s"],
  ["a function of it", "CREATE FUNCTION x() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM s; END"],
  ["a policy", "CREATE POLICY x ON s USING (true)"],
  ["a publication", "CREATE PUBLICATION x FOR TABLE s"],
  ["a rule", "CREATE RULE x AS ON DELETE TO s DO ALSO SELECT 1"],
  ["an index", "CREATE INDEX x ON s (v)"],
  ["a default", "ALTER TABLE s ALTER v SET DEFAULT 'x'"],
  ["NOT NULL", "ALTER TABLE s ALTER v SET NOT NULL"],
  ["a CHECK", "ALTER TABLE s ADD CHECK (id > 0)"],
  ["statistics", "CREATE STATISTICS x ON id, v FROM s"],
  ["storage parameters", "ALTER TABLE s SET (fillfactor = 50)"],
  ["a table that inherits", "CREATE TABLE x () INHERITS (s)"],
  ["being unlogged", "ALTER TABLE s SET UNLOGGED"],
])("%s alone keeps the table itself; without it the table is swapped", async (_, change) => {
  const database = await testDatabase();
  const oid = "SELECT 's'::regclass::oid";
  const input = [schema(properties, ["id"]), ...rows.map((row) => record(row))];
  await database.read("CREATE TABLE s (id bigint PRIMARY KEY, v text)");
  const [first] = await database.read(oid);
  await pipe(database, input, overwrite);
  const [second] = await database.read(oid);
  expect(second).not.toEqual(first);
  await database.read(change);
  expect((await pipe(database, input, overwrite)).failure).toBeUndefined();
  expect(await database.read(oid)).toEqual([second]);
  expect(await database.read("SELECT id, v FROM ONLY s ORDER BY id")).toEqual(rows.map(({ id, v }) => [String(id), v]));
});

test.each([[true], [false]])("readers of another session see the old rows until the commit (with a view: %s)", async (hasView) => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint PRIMARY KEY, v text)", "INSERT INTO s VALUES (1, 'old')");
  if (hasView) await database.read("CREATE VIEW x AS SELECT id FROM s");
  const old = () => database.read("SET lock_timeout = 2000", "SELECT v FROM s");
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream(properties, ["id"], "overwrite"));
    await writer.write(batch(rows));
    expect(await old()).toEqual([["old"]]);
    await writer.alter(stream({ ...properties, w: { type: "integer" } }, ["id"], "overwrite"));
    // A column that comes in mid-stream locks a table that must stay; a hidden one is nobody's.
    if (!hasView) expect(await old()).toEqual([["old"]]);
    await sink.commit();
  });
  expect(await database.read("SELECT v FROM s ORDER BY id")).toEqual([["two"], ["three"]]);
});

test("nothing is left under a name of the load's own: tables, indexes, constraints, types; and the next load finds the key", async () => {
  const database = await testDatabase();
  for (let run = 0; run < 2; run++) await pipe(database, [schema(properties, ["id"]), ...rows.map((row) => record(row))], overwrite);
  const names = await database.read(
    "SELECT relname FROM pg_class WHERE relname LIKE '%tapline_new%' UNION ALL SELECT conname FROM pg_constraint WHERE conname LIKE '%tapline_new%' UNION ALL SELECT typname FROM pg_type WHERE typname LIKE '%tapline_new%'",
  );
  expect(names).toEqual([]);
  expect(await database.read("SELECT conname FROM pg_constraint WHERE conrelid = 's'::regclass AND contype = 'p'")).toEqual([["s_pkey"]]);
  const { summary } = await pipe(database, [schema(properties, ["id"]), record({ id: 2, v: "upserted" })], { add_record_metadata: false });
  expect(summary).toMatchObject({ updated: 1, in_table: 2 });
});

test("a table of another owner is filled, not swapped, by a role that may only write to it", async () => {
  const database = await testDatabase();
  const role = `loader_${database.database}`;
  await database.read(
    `CREATE ROLE ${role} LOGIN PASSWORD 'pw'`,
    "CREATE TABLE s (id bigint PRIMARY KEY, v text)",
    "INSERT INTO s VALUES (1, 'old')",
    `GRANT SELECT, INSERT, UPDATE, DELETE ON s TO ${role}`,
  );
  const input = [schema(properties, ["id"]), ...rows.map((row) => record(row))];
  const { failure } = await pipe(database, input, { ...overwrite, user: role, password: "pw" });
  expect(failure).toBeUndefined();
  expect(await database.read("SELECT v FROM s ORDER BY id")).toEqual([["two"], ["three"]]);
  await database.read(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`);
});

test.each(["upsert", "append-only"])("a replaced table is as a first load with %s leaves it", async (load_method) => {
  const input = [schema({ ...properties, "a b": { type: "integer" }, "A b": { type: "integer" } }, ["id"]), record({ id: 1 }), state(1)];
  const about = async (database: TestDatabase) => ({
    columns: await database.read(
      "SELECT attname, format_type(atttypid, atttypmod), attnotnull, col_description(attrelid, attnum) FROM pg_attribute WHERE attrelid = 's'::regclass AND attnum > 0 ORDER BY attnum",
    ),
    constraints: await database.read(
      "SELECT conname, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conrelid = 's'::regclass ORDER BY 1",
    ),
    indexes: await database.read("SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 's'::regclass"),
  });
  const [first, replaced] = [await testDatabase(), await testDatabase()];
  await pipe(first, input, { load_method });
  await pipe(replaced, [schema({ id: { type: "string" } }), record({ id: "x" })]);
  expect((await pipe(replaced, input, { load_method, replace_streams: ["s"] })).failure).toBeUndefined();
  expect(await about(replaced)).toEqual(await about(first));
  const { failure, summary } = await pipe(replaced, input, { load_method });
  expect([failure, summary?.changes]).toEqual([undefined, undefined]);
  expect(summary?.in_table).toBe(load_method === "upsert" ? 1 : 2);
});

test("a table that others refer to is overwritten in place: columns that the stream lacks get their default", async () => {
  const database = await testDatabase();
  await database.read(
    "CREATE TABLE s (id bigint PRIMARY KEY, v text, note text DEFAULT 'none')",
    "CREATE TABLE child (s bigint REFERENCES s DEFERRABLE)",
    "INSERT INTO s VALUES (2, 'old', 'mine')",
    "INSERT INTO child VALUES (2)",
  );
  const { failure } = await pipe(database, [schema(properties, ["id"]), ...rows.map((row) => record(row))], overwrite);
  expect(failure).toBeUndefined();
  expect(await database.read("SELECT v, note FROM s ORDER BY id")).toEqual([
    ["two", "none"],
    ["three", "none"],
  ]);
});
