/** `schema_policy`: what a load may do to a table that does not fit its stream is the user's choice, for each stream. */
import assert from "node:assert/strict";
import { type ExactNumber, exactNumber, type JsonSchema, type Row } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema, state } from "../target/input.ts";
import { changesOf } from "./schema-change-checks.ts";
import { assertRefused, type DialectSession, type DialectUnderTest, dialectCheck, typesIn } from "./subject.ts";

const integer: JsonSchema = { type: ["null", "integer"] };
const text: JsonSchema = { type: ["null", "string"] };

/** An integer that the columns of integers can't hold: they have 64 bits, or 38 digits. */
function beyondIntegers({ subject }: DialectSession): number | ExactNumber {
  const { typeOf, spellings } = subject.dialect.types;
  return exactNumber(typeOf(spellings.bigint as string)?.kind === "hugeint" ? `1${"0".repeat(38)}` : "92233720368547758080");
}

const keyed = (stream: string, v: JsonSchema, rows: readonly Row[], more: Record<string, JsonSchema> = {}): string =>
  schema(stream, { id: integer, v, ...more }, ["id"]) + records(stream, rows);

export const schemaPolicyChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck("schema_policy freeze: a table that would have to change is an error before anything is written", async (session) => {
    const freeze = { schema_policy: "freeze" };
    const beyond = beyondIntegers(session);
    await session.piped(keyed("s", integer, [{ id: 1, v: 1 }]), freeze);
    const types = await typesIn(session, "s");
    const other = keyed("other", text, [{ id: 1, v: "x" }]);
    for (const changed of [keyed("s", integer, [{ id: 2, v: 2, w: 2 }], { w: integer }), keyed("s", text, [{ id: 2, v: "2" }])]) {
      // Rows of the other stream are handed over before the frozen one fails.
      const { failure, states } = await session.pipe(other + changed + state(1), { ...freeze, batch_max_bytes: 1 });
      assertRefused(failure, "schema_frozen");
      assert.deepEqual(states, []);
      assert.equal(await session.leftBehind("other"), null, "another stream's rows were written");
    }
    const { failure } = await session.pipe(keyed("s", integer, [{ id: 2, v: beyond }]), freeze);
    assertRefused(failure, "integer_out_of_range");
    const { summaries } = await session.piped(
      keyed("s", integer, [
        { id: 2, v: beyond },
        { id: 3, v: 3 },
      ]),
      { ...freeze, on_error: "reject" },
    );
    assert.equal(summaries.get("s")?.rejected, 1, "a value that does not fit a frozen column was not rejected");
    assert.deepEqual(await typesIn(session, "s"), types, "a frozen table changed");
    assertRows(
      await session.rows("s"),
      [
        { id: 1, v: 1 },
        { id: 3, v: 3 },
      ],
      { id: integer, v: integer },
    );
  }),
  dialectCheck("schema_policy for single streams: one is frozen, the others follow", async (session) => {
    for (const stream of ["a", "b", "c"]) await session.piped(keyed(stream, integer, [{ id: 1, v: 1 }]));
    const policy = { schema_policy: { a: "freeze", b: "new_column", "*": "evolve" } };
    const changed = (stream: string): string => keyed(stream, text, [{ id: 2, v: "two" }]);
    assertRefused((await session.pipe(changed("a"), policy)).failure, "schema_frozen");
    await session.piped(changed("b") + changed("c"), policy);
    assertRows(await session.rows("a"), [{ id: 1, v: 1 }], { id: integer, v: integer });
    assert.deepEqual(await apart(session, "b"), { "1": "v", "2": "v__varchar" });
    assert.deepEqual(await apart(session, "c"), { "1": "v", "2": "v" });
  }),
  dialectCheck(
    "schema_policy new_column: what a column can't hold goes into a second one, also when an old row is loaded again",
    async (session) => {
      const policy = { schema_policy: "new_column" };
      await session.piped(
        keyed("s", integer, [
          { id: 1, v: 1 },
          { id: 2, v: 2 },
          { id: 3, v: 3 },
        ]),
        policy,
      );
      const types = await typesIn(session, "s");
      const piped = await session.piped(
        keyed("s", text, [
          { id: 2, v: "two" },
          { id: 4, v: "four" },
        ]),
        policy,
      );
      assert.deepEqual(
        changesOf(piped, "s")
          .filter(({ kind }) => kind === "column_kept_apart")
          .map(({ column, to }) => [column, to]),
        [["v", "v__varchar"]],
      );
      assert.deepEqual(await apart(session, "s"), { "1": "v", "2": "v__varchar", "3": "v", "4": "v__varchar" });
      await session.piped(keyed("s", text, [{ id: 1, v: "one" }]), policy);
      await session.piped(
        keyed("s", integer, [
          { id: 2, v: 22 },
          { id: 5, v: 5 },
        ]),
        policy,
      );
      assert.deepEqual(await apart(session, "s"), { "1": "v__varchar", "2": "v", "3": "v", "4": "v__varchar", "5": "v" });
      const { v__varchar: _, ...rest } = await typesIn(session, "s");
      assert.deepEqual(rest, types, "there are more columns than one beside the old one");
      const wanted = [
        { id: 1, t: "one" },
        { id: 2, v: 22 },
        { id: 3, v: 3 },
        { id: 4, t: "four" },
        { id: 5, v: 5 },
      ];
      const rows = (await session.rows("s")).map(({ id, v, v__varchar: t }) => ({ id, v, t }));
      assertRows(rows, wanted, { id: integer, v: integer, t: text });
    },
  ),
  dialectCheck(
    "schema_policy new_column: a value that a column is too narrow for goes into a second one, in a batch and in mid-stream",
    async (session) => {
      const policy = { schema_policy: "new_column" };
      const rows = [
        { id: 1, v: 1 },
        { id: 2, v: beyondIntegers(session) },
        { id: 3, v: 3 },
      ];
      await session.piped(keyed("one", integer, rows), policy);
      await session.piped(keyed("runs", integer, rows.slice(0, 1)), policy);
      await session.piped(keyed("runs", integer, rows.slice(1)), policy);
      for (const stream of ["one", "runs"]) {
        const names = Object.keys(await typesIn(session, stream)).filter((name) => name.startsWith("v__"));
        assert.equal(names.length, 1, `columns beside v of ${stream}: ${names}`);
        // The second column may be one of texts.
        const numberOf = (value: unknown): unknown => (typeof value === "string" ? exactNumber(value) : value);
        const found = (await session.rows(stream)).map((row) => ({ id: row.id, v: row.v ?? numberOf(row[names[0] as string]) }) as Row);
        assertRows(found, rows, { id: integer, v: integer }, `values of ${stream}`);
      }
      const changed = `${keyed("mid", integer, [{ id: 1, v: 1 }])}${keyed("mid", text, [
        { id: 1, v: "one" },
        { id: 2, v: "two" },
      ])}`;
      await session.piped(changed, policy);
      assert.deepEqual(await apart(session, "mid"), { "1": "v__varchar", "2": "v__varchar" });
    },
  ),
];

/** In which of its columns each row has its value. */
async function apart(session: DialectSession, table: string): Promise<Record<string, string>> {
  const rows = await session.rows(table);
  const columnsOf = (row: Row): string =>
    Object.keys(row)
      .filter((name) => name.startsWith("v") && row[name] !== null)
      .join(" and ");
  return Object.fromEntries(rows.map((row) => [JSON.stringify(row.id), columnsOf(row)]));
}
