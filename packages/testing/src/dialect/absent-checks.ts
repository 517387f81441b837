/** Columns that the stream does not have, or no longer has: an updated row keeps its values there. */
import type { JsonSchema, Row } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema, state } from "../target/input.ts";
import { type DialectSession, type DialectUnderTest, dialectCheck } from "./subject.ts";

const integer: JsonSchema = { type: "integer" };
const text: JsonSchema = { type: ["null", "string"] };
const number: JsonSchema = { type: ["null", "integer"] };
/** `t`, `r`, `o` and `n` are names that a statement may use for tables. */
const all: Record<string, JsonSchema> = { id: integer, part: integer, a: text, r: text, t: text, o: number, n: number, b: number };
const some: Record<string, JsonSchema> = { id: integer, part: integer, b: number };
const keys = ["id", "part"];

const full = (id: number, b: number): Row => ({ id, part: 0, a: `a${id}`, r: `r${id}`, t: "", o: id, n: 0, b });
const short = (id: number, b: number): Row => ({ id, part: 0, b });

export const absentChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck(
    "a column that a new SCHEMA lacks keeps its values in rows that are updated: in a run, over commits and between runs",
    async (session) => {
      const wanted: Row[] = [
        full(1, 1),
        { ...full(2, 2), b: 21 },
        { ...full(3, 3), b: 32 },
        { ...full(4, 4), a: null, b: 42 },
        { ...short(5, 51), a: "late", b: 52 },
        short(6, 61),
      ];
      const parts = (stream: string): string[] => [
        schema(stream, all, keys) +
          records(
            stream,
            [1, 2, 3, 4].map((id) => full(id, id)),
          ),
        schema(stream, some, keys) + records(stream, [short(2, 21), short(3, 31), short(3, 32), short(5, 51), short(6, 61)]),
        schema(stream, { ...some, a: text }, keys) +
          records(stream, [
            { ...short(4, 41), a: "x" },
            { ...short(4, 42), a: null },
          ]),
        schema(stream, { ...some, a: text }, keys) + records(stream, [{ ...short(5, 52), a: "late" }]),
      ];
      const makers = ["the load", "others without a key", "others with a key"];
      const tables = makers.flatMap((maker) => ["run", "cuts", "runs"].map((how) => ({ table: `${how} ${maker}`, how, maker })));
      // Before the first load: a dialect may look at all tables there are once.
      for (const { table, maker } of tables) if (maker !== "the load") await make(session, table, maker === "others with a key");
      for (const { table, how } of tables) {
        const sent = parts(table);
        if (how === "run") await session.piped(sent.join(""));
        else if (how === "cuts") await session.piped(sent.map((part, at) => part + state(at)).join(""), { commit_after_ms: 0 });
        else for (const part of sent) await session.piped(part);
        assertRows(await session.rows(table), wanted, all, `rows of "${table}"`);
      }
    },
  ),
  dialectCheck("a property of the schema that a record lacks is NULL, also where the row had a value", async (session) => {
    await session.piped(schema("s", all, keys) + records("s", [full(1, 1), full(2, 2)]));
    await session.piped(schema("s", all, keys) + records("s", [{ id: 1, part: 0, a: "x" }]));
    assertRows(await session.rows("s"), [{ id: 1, part: 0, a: "x" }, full(2, 2)], all);
  }),
  dialectCheck("a column of a table that others made keeps its values, and new rows have its default there", async (session) => {
    for (const key of [true, false]) await make(session, `t ${key}`, key, "VARCHAR(20) DEFAULT 'none' NOT NULL");
    for (const key of [true, false]) {
      const table = `t ${key}`;
      const { names } = session.subject.dialect;
      const name = names.qualify(session.connection.database, { schema: session.schema, table });
      const columns = ["id", "part", "b", "note"].map(names.quote);
      await session.connection.run(`INSERT INTO ${name} (${columns}) VALUES (1, 0, 1, 'mine'), (2, 0, 2, 'too')`);
      await session.piped(schema(table, some, keys) + records(table, [short(1, 11), short(3, 31), short(3, 32)]));
      const wanted = [
        { ...short(1, 11), note: "mine" },
        { ...short(2, 2), note: "too" },
        { ...short(3, 32), note: "none" },
      ];
      assertRows(await session.rows(table), wanted, { ...some, note: text }, `rows of a table ${key ? "with" : "without"} a key`);
    }
  }),
];

/** A table as others make it. `more`: SQL of further columns. */
async function make({ subject, connection, schema: own }: DialectSession, table: string, hasKey: boolean, note = ""): Promise<void> {
  const { names, types } = subject.dialect;
  const { bigint, varchar } = types.spellings;
  const columns = Object.entries(all).map(
    ([name, { type }]) => `${names.quote(name)} ${String(type).includes("integer") ? bigint : varchar}`,
  );
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${names.qualifySchema(connection.database, own)}`);
  const key = hasKey ? `, PRIMARY KEY (${["id", "part"].map(names.quote)})` : "";
  const more = note === "" ? "" : `, ${names.quote("note")} ${note}`;
  await connection.run(`CREATE TABLE ${names.qualify(connection.database, { schema: own, table })} (${columns.join(", ")}${more}${key})`);
}
