/** Views over a column that becomes wider: they are as they were, or an error names the one that can't be. */
import { type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { pipe, record, schema } from "../test/pipe.ts";

const plain = { add_record_metadata: false };
const id = { type: "integer" };
const text = { type: ["null", "string"] };
/** A stream under which the column v of s becomes text. */
const widening = [schema({ id, v: text }), record({ id: 2, v: "x" })];

/** All a catalog knows of the views, except their oids and the types of columns. */
const about = `SELECT c.relname, pg_get_userbyid(c.relowner), c.reloptions::text, c.relacl::text, obj_description(c.oid, 'pg_class'), pg_get_viewdef(c.oid),
  (SELECT json_agg(json_build_array(attname, attacl::text, col_description(attrelid, attnum), pg_get_expr(adbin, adrelid)) ORDER BY attnum)
     FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = c.oid AND attnum > 0)
  FROM pg_class AS c WHERE relkind = 'v' AND relnamespace IN ('public'::regnamespace, to_regnamespace('mart')) ORDER BY relname`;

async function role(database: TestDatabase, suffix: string): Promise<string> {
  const name = `${suffix}_${database.database}`;
  await database.read(`CREATE ROLE ${name}`);
  onTestFinished(async () => void (await database.read(`DROP OWNED BY ${name} CASCADE`, `DROP ROLE ${name}`)));
  return name;
}

test("views on views with owners, options, grants, comments and defaults are as they were, and show the new values", async () => {
  const database = await testDatabase();
  const [owner, reader] = [await role(database, "owner"), await role(database, "reader")];
  await database.read(
    "CREATE TABLE s (id bigint, v integer)",
    "INSERT INTO s VALUES (1, 7)",
    "CREATE SCHEMA mart",
    `GRANT SELECT ON s TO ${owner}`,
    'CREATE VIEW "stg ""s""" WITH (security_barrier, security_invoker = false) AS SELECT * FROM s WHERE id > 0 WITH LOCAL CHECK OPTION',
    `ALTER VIEW "stg ""s""" OWNER TO ${owner}`,
    'ALTER VIEW "stg ""s""" RENAME COLUMN v TO "va ""lue"',
    'ALTER VIEW "stg ""s""" ALTER "va ""lue" SET DEFAULT 5',
    `GRANT SELECT ON "stg ""s""" TO ${reader} WITH GRANT OPTION`,
    `GRANT UPDATE ("va ""lue") ON "stg ""s""" TO PUBLIC`,
    `COMMENT ON VIEW "stg ""s""" IS 'it''s staged'`,
    `COMMENT ON COLUMN "stg ""s"""."va ""lue" IS 'a value'`,
    'CREATE VIEW mart.both AS SELECT a.id, b."va ""lue" AS v FROM "stg ""s""" AS a JOIN "stg ""s""" AS b USING (id)',
    "CREATE VIEW mart.top AS SELECT count(*) AS n, max(id) AS v FROM mart.both JOIN s USING (id, v)",
    `REVOKE ALL ON mart.top FROM postgres`,
    "CREATE VIEW beside AS SELECT id FROM s",
  );
  const before = await database.read(about);
  const oid = "SELECT 'beside'::regclass::oid";
  const [beside] = await database.read(oid);
  const { summary, failure } = await pipe(database, widening, plain);
  expect(failure).toBeUndefined();
  expect(await database.read(about)).toEqual(before);
  expect(await database.read('SELECT id, "va ""lue" FROM "stg ""s""" ORDER BY id')).toEqual([
    ["1", "7"],
    ["2", "x"],
  ]);
  expect(await database.read("SELECT id, v FROM mart.both ORDER BY id")).toHaveLength(2);
  expect(summary?.changes?.filter(({ kind }) => kind === "view_remade").map(({ to }) => to)).toEqual([
    'public.stg "s"',
    "mart.both",
    "mart.top",
  ]);
  // A view that does not use the column stays itself.
  expect(await database.read(oid)).toEqual([beside]);
});

test("default privileges give nobody a right on a view that it did not have", async () => {
  const database = await testDatabase();
  const reader = await role(database, "reader");
  await database.read(
    "CREATE TABLE s (id bigint, v integer)",
    "CREATE VIEW x AS SELECT * FROM s",
    `ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${reader}`,
  );
  expect((await pipe(database, widening, plain)).failure).toBeUndefined();
  const rights = `SELECT has_table_privilege('${reader}', 'x', 'SELECT'), relacl = ARRAY[]::aclitem[] || acldefault('r', relowner) FROM pg_class WHERE oid = 'x'::regclass`;
  expect(await database.read(rights)).toEqual([["f", "t"]]);
});

test("a value in mid-stream that widens a column remakes the views too", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint PRIMARY KEY, v integer)", "CREATE VIEW x AS SELECT * FROM s");
  const { failure } = await pipe(
    database,
    [schema({ id, v: id }, ["id"]), record({ id: 1, v: 1 }), record({ id: 2, v: 3_000_000_000 })],
    plain,
  );
  expect(failure).toBeUndefined();
  expect(await database.read("SELECT v FROM x ORDER BY id")).toEqual([["1"], ["3000000000"]]);
});

test.each([
  ["a materialized view", "CREATE MATERIALIZED VIEW x AS SELECT v FROM s", "view_in_the_way", /"public"."x".*materialized/],
  [
    "one on a view",
    "CREATE VIEW y AS SELECT * FROM s; CREATE MATERIALIZED VIEW x AS SELECT v FROM y",
    "view_in_the_way",
    /"public"."x".*materialized/,
  ],
  [
    "a view with rules",
    "CREATE VIEW x AS SELECT v FROM s; CREATE RULE r AS ON INSERT TO x DO INSTEAD NOTHING",
    "view_in_the_way",
    /"public"."x".*rules/,
  ],
  [
    "a view with triggers",
    "CREATE VIEW x AS SELECT v FROM s; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER t INSTEAD OF INSERT ON x FOR EACH ROW EXECUTE FUNCTION f()",
    "view_in_the_way",
    /"public"."x".*triggers/,
  ],
  [
    "a view that has no meaning with the new type",
    "CREATE VIEW x AS SELECT v + 1 AS n FROM s",
    "view_in_the_way",
    /"public"."x".*operator/,
  ],
  [
    "a function that stands on a view",
    "CREATE VIEW x AS SELECT v FROM s; CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM x; END",
    "view_in_the_way",
    /"public"."x".*function f\(\)/,
  ],
  [
    "a function",
    "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(v) FROM s; END",
    "table_change_refused",
    /"public"."s".*function f\(\)/,
  ],
  ["a computed column", "ALTER TABLE s ADD g int GENERATED ALWAYS AS (v + 1) STORED", "table_change_refused", /"public"."s".*"g"/],
  ["a policy", "CREATE POLICY p ON s USING (v > 0)", "table_change_refused", /policy p on table s/],
  ["a rule", "CREATE RULE r AS ON UPDATE TO s WHERE NEW.v > 0 DO ALSO NOTHING", "view_in_the_way", /"public"."s".*rule/],
  [
    "a trigger",
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER t BEFORE UPDATE OF v ON s FOR EACH ROW EXECUTE FUNCTION f()",
    "table_change_refused",
    /trigger t on table s/,
  ],
  ["a CHECK", "ALTER TABLE s ADD CHECK (v > 0)", "table_change_refused", /operator/],
  [
    "a foreign key",
    "CREATE TABLE known (v integer PRIMARY KEY); INSERT INTO known VALUES (7); ALTER TABLE s ADD FOREIGN KEY (v) REFERENCES known",
    "table_change_refused",
    /foreign key constraint "s_v_fkey"/,
  ],
  [
    "being an identity",
    "ALTER TABLE s ALTER v SET NOT NULL; ALTER TABLE s ALTER v ADD GENERATED BY DEFAULT AS IDENTITY",
    "table_change_refused",
    /identity/,
  ],
])("%s is an error that names it, and nothing changes", async (_, change, code, message) => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint, v integer)", "INSERT INTO s VALUES (1, 7)", change);
  const before = await database.read(about);
  const { failure } = await pipe(database, widening, plain);
  expect(failure).toMatchObject({ code, class: "config" });
  expect(failure?.message).toMatch(message);
  expect(await database.read(about)).toEqual(before);
  expect(await database.read("SELECT id, v FROM s")).toEqual([["1", "7"]]);
  if (change.includes("NOT NULL")) return;
  // What the hint suggests.
  expect((await pipe(database, widening, { ...plain, schema_policy: "new_column" })).failure).toBeUndefined();
  expect(await database.read("SELECT id, v__varchar FROM s ORDER BY id")).toEqual([
    ["1", null],
    ["2", "x"],
  ]);
});

test("a view of a role this one may not act for is named, with its owner", async () => {
  const database = await testDatabase();
  const [loader, other] = [await role(database, "loader"), await role(database, "other")];
  await database.read(
    `GRANT CREATE ON SCHEMA public TO ${loader}, ${other}`,
    "CREATE TABLE s (id bigint, v integer)",
    `ALTER TABLE s OWNER TO ${loader}`,
    `GRANT SELECT ON s TO ${other}`,
    `SET ROLE ${other}`,
    "CREATE VIEW x AS SELECT v FROM s",
  );
  const { failure } = await pipe(database, widening, { ...plain, role: loader });
  expect(failure).toMatchObject({ code: "view_in_the_way" });
  expect(failure?.message).toContain(`"public"."x"`);
  expect(failure?.message).toContain(other);
});

test("defaults of a column come along where its new type takes them; else it is an error that names the column", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint, v integer DEFAULT 7)");
  expect((await pipe(database, widening, plain)).failure).toBeUndefined();
  await database.read("INSERT INTO s (id) VALUES (3)", "CREATE TABLE t (id bigint, v integer DEFAULT 7)");
  expect(await database.read("SELECT v FROM s ORDER BY id")).toEqual([["x"], ["7"]]);
  const { failure } = await pipe(database, [schema({ id, v: { type: "object" } }, [], "t")], plain);
  expect(failure).toMatchObject({ code: "table_change_refused" });
  expect(failure?.message).toMatch(/"public"."t".*default.*"v"/);
});

test("partitioned tables and tables that inherit widen as a whole", async () => {
  const database = await testDatabase();
  await database.read(
    "CREATE TABLE s (id bigint, v integer) PARTITION BY RANGE (id)",
    "CREATE TABLE p PARTITION OF s FOR VALUES FROM (0) TO (10)",
    "INSERT INTO s VALUES (1, 7)",
    "CREATE TABLE parent (id bigint, v integer)",
    "CREATE TABLE child () INHERITS (parent)",
    "INSERT INTO child VALUES (1, 7)",
  );
  expect((await pipe(database, widening, plain)).failure).toBeUndefined();
  expect(
    (await pipe(database, [schema({ id, v: text }, [], "parent"), record({ id: 2, v: "x" }, "parent")], plain)).failure,
  ).toBeUndefined();
  for (const table of ["s", "p", "parent"])
    expect(await database.read(`SELECT id, v FROM ${table} ORDER BY id`)).toEqual([
      ["1", "7"],
      ["2", "x"],
    ]);
  expect(await database.read("SELECT v FROM child")).toEqual([["7"]]);
  const key = await pipe(database, [schema({ id: text }), record({ id: "x" })], plain);
  expect(key.failure).toMatchObject({ code: "table_change_refused" });
});
