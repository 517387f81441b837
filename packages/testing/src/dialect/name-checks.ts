/** Whatever a stream, column, key or schema is called, the database has just that name, and none of it becomes SQL. */
import assert from "node:assert/strict";
import { type Row, TaplineError } from "@tapline/protocol";
import { type Check, temporaryFolder } from "../check.ts";
import { assertRows } from "../rows.ts";
import { DialectPlace, type DialectUnderTest } from "./subject.ts";

type DialectCheck = Check<DialectUnderTest>;

/** Names that would be statements, were they not quoted. */
const injections = [
  "; DROP TABLE canary; --",
  '"; DROP TABLE canary; --',
  '" (id int); DROP TABLE canary; --',
  "'; DROP TABLE canary; --",
  "') ; DROP TABLE canary; --",
] as const;

const oddNames = [
  'a"b',
  '"',
  '""',
  "it's",
  "a b",
  " a ",
  "a.b",
  "a,b",
  "a\\b",
  "tab\tand\nline",
  "%s {} $1 :x ?",
  "[a]`b`",
  "--",
  "/* a */",
  "select",
  "order",
  "__proto__",
  "constructor",
  "Zürich",
  "日本語",
  "👩‍👩‍👧",
  ...injections.slice(0, 2),
] as const;

const text = { type: ["null", "string"] };

export const nameChecks: readonly DialectCheck[] = [
  {
    name: "names of any kind arrive as they are, in schemas, tables, columns and keys",
    async run(subject) {
      using folder = temporaryFolder();
      const place = await DialectPlace.open(subject, folder.path);
      await using _ = place.connection;
      for (const name of oddNames) await loadUnder(place, name);
    },
  },
  {
    name: "a name injects nothing: other tables stay as they were and none comes into being",
    async run(subject) {
      using folder = temporaryFolder();
      const place = await DialectPlace.open(subject, folder.path);
      await using _ = place.connection;
      // Where a statement that got out of its quotes would look for the canary.
      const schema = subject.dialect.fallbackSchema;
      await place.load({ name: "canary", properties: { id: { type: "integer" } } }, [[{ id: 1 }]], schema);
      // What failed shows in the tables that are missing.
      for (const name of injections) await loadUnder(place, name, schema).catch(() => {});
      const tables = await place.tables(new Set([schema]));
      const wanted = ["canary", ...injections].map((table) => JSON.stringify([schema, table])).sort();
      assert.deepEqual(tables, wanted, "the schema has other tables than those that were loaded");
      assertRows(await place.rows("canary", schema), [{ id: 1 }], { id: { type: "integer" } });
    },
  },
  {
    name: "names that differ in case are two columns or refused, as the dialect folds them",
    async run(subject) {
      using folder = temporaryFolder();
      const place = await DialectPlace.open(subject, folder.path);
      await using _ = place.connection;
      for (const [first, second] of casePairs) {
        const properties = { [first]: text, [second]: text };
        const row = { [first]: "1", [second]: "2" };
        const load = () => place.load({ name: `of ${first}`, properties }, [[row]]);
        const isOne = subject.dialect.fold(first) === subject.dialect.fold(second);
        assert.equal(await areTwo(place, first, second), !isOne, `the dialect takes ${first} and ${second} for ${isOne ? "one" : "two"}`);
        if (isOne) await refusal(load(), "column_collision");
        else {
          await load();
          assertRows(await place.rows(`of ${first}`), [row], properties);
        }
      }
    },
  },
  {
    name: "a name as long as the database takes is kept whole, a longer one is refused",
    async run(subject) {
      using folder = temporaryFolder();
      const place = await DialectPlace.open(subject, folder.path);
      await using _ = place.connection;
      const most = subject.dialect.maxNameBytes;
      const whole = ["x".repeat(most ?? 300), `${"ü".repeat(((most ?? 300) - 1) / 2)}y`];
      for (const name of whole) await loadUnder(place, name, place.schema);
      if (most === undefined) return;
      for (const name of [`${"x".repeat(most)}y`, "ü".repeat(most / 2 + 1)]) {
        await refusal(place.load({ name, properties: { id: text } }, [[{ id: "1" }]]), "name_too_long");
        await refusal(place.load({ name: "short", properties: { [name]: text } }, [[{ [name]: "1" }]]), "name_too_long");
      }
    },
  },
];

const casePairs = [
  ["Name", "nAME"],
  ["Ärger", "ärger"],
] as const;

/** Whether the database itself takes both names as columns of one table. */
async function areTwo({ subject, connection, schema }: DialectPlace, first: string, second: string): Promise<boolean> {
  const { dialect } = subject;
  const columns = [first, second].map((name) => `${dialect.quote(name)} ${dialect.types.varchar}`).join(", ");
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${dialect.qualifySchema(connection.database, schema)}`);
  const table = dialect.qualify(connection.database, { schema, table: `both ${first}` });
  return connection.run(`CREATE TABLE ${table} (${columns})`).then(
    () => true,
    () => false,
  );
}

/** The name for schema, table and key: made, loaded, loaded again by its key, and given another odd column. */
async function loadUnder(place: DialectPlace, name: string, schema: string = name): Promise<void> {
  const other = name === "value" ? "other" : "value";
  const stream = { name, properties: Object.fromEntries([named(name, text), named(other, text)]), keys: [name] };
  const row = (key: string, value: string): Row => Object.fromEntries([named(name, key), named(other, value)]);
  await place.load(stream, [[row("1", "a"), row("2", "b")], [row("2", "c")]], schema);
  await place.load({ ...stream, properties: { ...stream.properties, extra: text } }, [[{ ...row("1", "d"), extra: "e" }]], schema);
  const rows = await place.rows(name, schema);
  const found = Object.keys(rows[0] ?? {}).sort();
  assert.deepEqual(found, [name, other, "extra"].sort(), `the columns of table ${JSON.stringify(name)}`);
  const wanted = [{ ...row("1", "d"), extra: "e" }, row("2", "c")];
  assertRows(rows, wanted, { ...stream.properties, extra: text }, `rows of table ${JSON.stringify(name)}`);
}

const named = <T>(name: string, value: T): [string, T] => [name, value];

async function refusal(load: Promise<unknown>, code: string): Promise<void> {
  const error = await load.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error !== undefined, `it was taken where ${code} was due`);
  assert.equal(error instanceof TaplineError ? error.code : String(error), code);
}
