/** Whatever a stream, column, key or schema is called, it loads: under just that name where the database can have it, and none of it becomes SQL. */
import assert from "node:assert/strict";
import type { JsonSchema, Row } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema } from "../target/input.ts";
import { assertRefused, columnsIn, type DialectSession, type DialectUnderTest, dialectCheck } from "./subject.ts";

/** Names that would be statements, were they not quoted. */
const injections = [
  "; DROP TABLE canary; --",
  '"; DROP TABLE canary; --',
  '" (id int); DROP TABLE canary; --',
  "'; DROP TABLE canary; --",
  "') ; DROP TABLE canary; --",
] as const;

const oddNames = [
  ...['a"b', '"', '""', "it's", "a b", " a ", ".", "a.b", "a,b", "a\\b", "tab\tand\nline", "%s {} $1 :x ?", "[a]`b`", "--", "/* a */"],
  ...["select", "order", "table", "null", "user", "1", "2nd", "__proto__", "constructor", "toString", "Zürich", "日本語", "👩‍👩‍👧"],
  ...injections.slice(0, 2),
] as const;

/** Names no database has. */
const impossible = ["", "\0", "a\0b"] as const;

const casePairs = [
  ["Name", "nAME"],
  ["Ärger", "ärger"],
] as const;

const text: JsonSchema = { type: ["null", "string"] };
const textsOf = (names: readonly string[]): Record<string, JsonSchema> => Object.fromEntries(names.map((name) => [name, text]));
const keyed = (name: string, ...others: string[]): string => schema(name, textsOf([name, ...others]), [name]);
const rowOf = (names: readonly string[], value: string): Row =>
  Object.fromEntries(names.map((name, index) => [name, `${value} ${name.length} ${index}`]));

export const nameChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck("names of any kind arrive as they are, in tables, columns and keys", async (session) => {
    const { schema: own } = session;
    // Each is a stream with a key of the same name, and all are columns of one more stream.
    const first = oddNames.map(
      (name) => keyed(name, "value") + records(name, [row(name, "1", "a"), row(name, "2", "b"), row(name, "2", "c")]),
    );
    const columns = schema("columns", textsOf(oddNames)) + records("columns", [rowOf(oddNames, "value of")]);
    await session.piped(first.join("") + columns);
    // Only those that are hardest to quote are loaded again, with one more column, and read by another program: all would take long.
    const hardest = oddNames.filter((each) => /["';\\]|__proto__/.test(each));
    const second = hardest.map((name) => keyed(name, "value", "extra") + records(name, [{ ...row(name, "1", "d"), extra: "e" }]));
    await session.piped(second.join(""));
    const tables = (await session.tables(new Set([own]))).map((both) => JSON.parse(both)[1]);
    assert.deepEqual(tables.sort(), [...oddNames, "columns"].sort(), "the names of the tables");
    for (const name of hardest) {
      const wanted = [{ ...row(name, "1", "d"), extra: "e" }, row(name, "2", "c")];
      const stored = await session.rows(name);
      assertRows(stored, wanted, textsOf([name, "value", "extra"]), `rows of table ${JSON.stringify(name)}`);
      assert.ok(Object.hasOwn(stored[0] ?? {}, name), `the key of table ${JSON.stringify(name)} has another name`);
    }
    assert.deepEqual(await columnsIn(session, "columns"), Object.fromEntries(oddNames.map((name) => [name, name])));
    assertRows(await session.rows("columns"), [rowOf(oddNames, "value of")], textsOf(oddNames));
  }),
  dialectCheck("schemas of any name are made and found again", async (session) => {
    // As the first part of a stream's name, which a "-" would split; a separate table keeps checks of one database apart.
    const names = oddNames.filter((name) => !name.includes("-") && name.trim() !== "");
    const table = session.schema.replaceAll("-", "");
    const input = names.map((name) => schema(`${name}-${table}`, textsOf(["v"])) + records(`${name}-${table}`, [{ v: name }]));
    for (const _ of ["made", "found"])
      await session.piped(input.join(""), { stream_names: "singer_sdk", default_target_schema: undefined });
    const wanted = names.map((name) => JSON.stringify([name, table])).sort();
    assert.deepEqual(
      (await session.tables(new Set(names))).filter((name) => name.includes(table)),
      wanted,
    );
    for (const name of names.slice(0, 3)) assertRows(await session.rows(table, name), [{ v: name }, { v: name }], textsOf(["v"]));
  }),
  dialectCheck("a name injects nothing: other tables stay as they were and none comes into being", async (session) => {
    // Where a statement that got out of its quotes would look for the canary.
    const fallback = session.subject.dialect.names.fallbackSchema;
    await session.load({ name: "canary", properties: { id: { type: "integer" } } }, [[{ id: 1 }]], fallback);
    // What failed shows in the tables that are missing.
    for (const name of injections) {
      await session.pipe(keyed(name, "value") + records(name, [row(name, "1", "a")]), { default_target_schema: fallback });
      await session.pipe(schema("of", { [name]: text }) + records("of", [{ [name]: "1" }]), { default_target_schema: name });
    }
    const tables = await session.tables(new Set([fallback, ...injections]));
    const wanted = [["canary"], injections].flat().map((table) => JSON.stringify([fallback, table]));
    const inSchemas = injections.map((name) => JSON.stringify([name, "of"]));
    assert.deepEqual(tables, [...wanted, ...inSchemas].sort(), "there are other tables than those that were loaded");
    assertRows(await session.rows("canary", fallback), [{ id: 1 }], { id: { type: "integer" } });
  }),
  dialectCheck(
    "names that differ in case are two columns, also where the database takes them for one, in whatever order they come",
    async (session) => {
      const { fold } = session.subject.dialect.names;
      for (const [first, second] of casePairs) {
        const isOne = fold(first) === fold(second);
        assert.equal(await areTwo(session, first, second), !isOne, `the dialect takes ${first} and ${second} for ${isOne ? "one" : "two"}`);
      }
      await assertFound(session, casePairs.flat());
    },
  ),
  dialectCheck(
    "a name the database can't have becomes one it can, with the property in the column's comment, by which it is found again",
    async (session) => {
      await assertFound(session, [...impossible, ...longNames(session)]);
    },
  ),
  dialectCheck("a name as long as the database takes is kept whole, longer ones of streams become two tables", async (session) => {
    const most = session.subject.dialect.names.maxNameBytes;
    const [whole, umlauts] = ["x".repeat(most ?? 300), `${"ü".repeat(((most ?? 300) - 1) / 2)}y`];
    const long = longNames(session);
    const names = [whole, umlauts, ...long, ""];
    const input = (value: string) =>
      names.map((name) => schema(name, textsOf(["k", "v"]), ["k"]) + records(name, [{ k: "1", v: value + name }]));
    const { summaries } = await session.piped(input("first ").join(""));
    await session.piped(input("second ").join(""));
    const tables = new Set<string>();
    for (const name of names) {
      const renamed = summaries.get(name)?.changes?.find(({ kind }) => kind === "table_renamed");
      const isPossible = name !== "" && Buffer.byteLength(name) <= (most ?? Number.POSITIVE_INFINITY);
      assert.equal(renamed === undefined, isPossible, `stream ${JSON.stringify(name)}: ${JSON.stringify(renamed)}`);
      const table = renamed?.to?.slice(session.schema.length + 1) ?? name;
      assertRows(await session.rows(table), [{ k: "1", v: `second ${name}` }], textsOf(["k", "v"]), `rows of stream ${name}`);
      tables.add(table);
    }
    assert.equal(tables.size, names.length, "two streams are in one table");
  }),
  dialectCheck("two streams that meet in one table are an error that names both, and nothing is loaded", async (session) => {
    await assertMeet(session, "a-orders", "b-orders");
  }),
  dialectCheck(
    "two streams whose names differ in case are two tables, or such an error where the database takes them for one",
    async (session) => {
      const [upper, lower] = ["ORDERS", "orders"];
      const { fold } = session.subject.dialect.names;
      const areTwo = await areTwoTables(session, upper, lower);
      assert.equal(fold(upper) !== fold(lower), areTwo, `the dialect takes ${upper} and ${lower} for ${areTwo ? "one" : "two"}`);
      if (!areTwo) return await assertMeet(session, upper, lower);
      await session.piped([upper, lower].map(ownRow).join(""));
      for (const name of [upper, lower]) assertRows(await session.rows(name), [{ v: name }], textsOf(["v"]));
    },
  ),
];

/** A stream whose one row has its name. */
const ownRow = (name: string): string => schema(name, textsOf(["v"])) + records(name, [{ v: name }]);

async function assertMeet(session: DialectSession, first: string, second: string): Promise<void> {
  const { failure } = await session.pipe([first, second].map(ownRow).join(""), { stream_names: "singer_sdk" });
  assertRefused(failure, "name_collision");
  for (const name of [first, second]) assert.ok(String(failure).includes(JSON.stringify(name)), `${failure} does not name ${name}`);
  assert.equal(await session.leftBehind("orders"), null, "rows of one of the streams were loaded");
}

const row = (key: string, first: string, value: string): Row =>
  Object.fromEntries([
    [key, first],
    ["value", value],
  ]);

/** Two that differ only after the length at which the database cuts; very long ones where it cuts none. */
function longNames({ subject }: DialectSession): string[] {
  const most = subject.dialect.names.maxNameBytes ?? 300;
  return [`${"x".repeat(most)}y`, `${"x".repeat(most)}z`, "ü".repeat(300), "👩".repeat(75)];
}

/** Each has its column, and the same one when the order changes; a column with another name has the property in its comment. */
async function assertFound(session: DialectSession, names: readonly string[]): Promise<void> {
  const row = { k: "1", ...rowOf(names, "first") };
  const again = { k: "2", ...rowOf(names, "second") };
  const load = (list: readonly string[], each: Row) => session.piped(schema("s", textsOf(["k", ...list]), ["k"]) + records("s", [each]));
  await load(names, row);
  const columns = await columnsIn(session, "s");
  await load([...names].reverse(), again);
  assert.deepEqual(await columnsIn(session, "s"), columns, "properties in another order have other columns");
  const missing = names.filter((name) => columns[name] === undefined);
  assert.deepEqual(missing, [], "properties whose column nobody can find");
  const rows = (await session.rows("s")).map((stored) =>
    Object.fromEntries(["k", ...names].map((name) => [name, stored[columns[name] as string]])),
  );
  assertRows(rows, [row, again], textsOf(["k", ...names]));
}

/** Whether the database itself takes both names as columns of one table. */
async function areTwo({ subject, connection, schema: own }: DialectSession, first: string, second: string): Promise<boolean> {
  const { dialect } = subject;
  const columns = [first, second].map((name) => `${dialect.names.quote(name)} ${dialect.types.spellings.varchar}`).join(", ");
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${dialect.names.qualifySchema(connection.database, own)}`);
  const table = dialect.names.qualify(connection.database, { schema: own, table: `both ${first}` });
  return connection.run(`CREATE TABLE ${table} (${columns})`).then(
    () => true,
    () => false,
  );
}

/** Whether the database itself takes both names as tables of one schema. */
async function areTwoTables({ subject, connection }: DialectSession, first: string, second: string): Promise<boolean> {
  const { dialect } = subject;
  const own = "names that may meet";
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${dialect.names.qualifySchema(connection.database, own)}`);
  const tables = [first, second].map((table) => dialect.names.qualify(connection.database, { schema: own, table }));
  try {
    for (const table of tables)
      await connection.run(`CREATE TABLE ${table} (${dialect.names.quote("v")} ${dialect.types.spellings.varchar})`);
    return true;
  } catch {
    return false;
  } finally {
    for (const table of tables) await connection.run(`DROP TABLE IF EXISTS ${table}`);
  }
}
