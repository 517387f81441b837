/** load_method overwrite: at the end of a whole input its rows are all there is, and until then nothing has changed. */
import assert from "node:assert/strict";
import type { JsonSchema, Row } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema, state } from "../target/input.ts";
import { assertCounts, hiddenTables } from "./reject-checks.ts";
import { type DialectSession, type DialectUnderTest, dialectCheck } from "./subject.ts";

const integer: JsonSchema = { type: ["null", "integer"] };
const text: JsonSchema = { type: ["null", "string"] };
const properties: Record<string, JsonSchema> = { id: integer, v: text };
const rows = (first: number, last: number, v: string): Row[] => Array.from({ length: last - first + 1 }, (_, i) => ({ id: first + i, v }));
const overwrite = { load_method: "overwrite" };

export const overwriteChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck("overwrite: a new table, then other rows instead, and no others", async (session) => {
    for (const keys of [[], ["id"]]) {
      const name = `s${keys.length}`;
      const first = schema(name, properties, keys) + records(name, rows(1, 3000, "old")) + state(1);
      assertCounts((await session.piped(first, overwrite)).summaries.get(name), {
        loaded: 3000,
        inserted: 3000,
        updated: 0,
        in_table: 3000,
      });
      const second =
        schema(name, properties, keys) + records(name, rows(2990, 5000, "new")) + state(2) + records(name, rows(5001, 5010, "new"));
      const { summaries, states } = await session.piped(second, { ...overwrite, commit_after_ms: 0, batch_max_bytes: 10_000 });
      assertCounts(summaries.get(name), { received: 2021, loaded: 2021, inserted: 2021, updated: 0, superseded: 0, in_table: 2021 });
      assertRows(await session.rows(name), rows(2990, 5010, "new"), properties);
      assert.equal(states.length, 1, "a STATE was emitted before the end, or not at all");
    }
    assert.deepEqual(await hiddenTables(session), []);
  }),
  dialectCheck("overwrite: of a key that arrives again the last row stays, and the counts show it", async (session) => {
    for (const existing of [false, true]) {
      const rowsOf = [...rows(1, 4, "a"), ...rows(3, 6, "b")];
      const input = schema("s", properties, ["id"]) + records("s", rowsOf);
      assertCounts((await session.piped(input, { ...overwrite, batch_max_bytes: existing ? 1 : 1_000_000 })).summaries.get("s"), {
        received: 8,
        loaded: 6,
        inserted: 6,
        superseded: 2,
        in_table: 6,
      });
      assertRows(await session.rows("s"), [...rows(1, 2, "a"), ...rows(3, 6, "b")], properties);
    }
  }),
  dialectCheck("overwrite: columns and types may become others", async (session) => {
    await session.piped(schema("s", properties, ["id"]) + records("s", rows(1, 3, "old")));
    const other: Record<string, JsonSchema> = { id: text, w: { type: ["null", "boolean"] } };
    await session.piped(schema("s", other, ["id"]) + records("s", [{ id: "x", w: true }]), overwrite);
    assertRows(await session.rows("s"), [{ id: "x", w: true }], other);
    // Where DDL commits, no table takes the place of another: the column stays, without values.
    const [{ v } = { v: "" }] = await session.rows("s");
    assert.equal(v, session.subject.dialect.traits.ddl === "commits" ? null : undefined, "a column of the old table is there");
    await session.piped(
      schema("s", other, ["id"]) +
        records("s", [
          { id: "x", w: false },
          { id: "y", w: null },
        ]),
    );
    assertRows(
      await session.rows("s"),
      [
        { id: "x", w: false },
        { id: "y", w: null },
      ],
      other,
      "rows after an upsert into the new table",
    );
  }),
  dialectCheck("overwrite: a schema that changes in mid-stream loses no row, and later rows of a key win", async (session) => {
    const wide = { ...properties, w: integer };
    for (const keys of [[], ["id"]]) {
      const name = `s${keys.length}`;
      for (let run = 0; run < 2; run++) {
        const input = schema(name, properties, keys) + records(name, rows(1, 4, "a")) + state(1) + schema(name, wide, keys);
        const { summaries } = await session.piped(
          input +
            records(name, [
              { id: 4, v: "b", w: 1 },
              { id: 5, v: "b", w: 2 },
            ]),
          overwrite,
        );
        const last = { id: 4, v: "b", w: 1 };
        const expected = [...rows(1, 3, "a"), ...(keys.length > 0 ? [] : rows(4, 4, "a")), last, { id: 5, v: "b", w: 2 }];
        assertRows(await session.rows(name), expected, wide);
        assertCounts(summaries.get(name), { received: 6, inserted: expected.length, updated: 0, superseded: 6 - expected.length });
      }
    }
    assert.deepEqual(await hiddenTables(session), []);
  }),
  dialectCheck("overwrite: a SCHEMA without rows leaves an empty table", async (session) => {
    await session.piped(schema("s", properties, ["id"]) + records("s", rows(1, 3, "old")));
    const { summaries, states } = await session.piped(schema("s", properties, ["id"]) + state(2), overwrite);
    assert.deepEqual(await session.rows("s"), []);
    assertCounts(summaries.get("s"), { received: 0, loaded: 0, in_table: 0 });
    assert.equal(states.length, 1);
  }),
  dialectCheck("overwrite: an input that is cut, torn or stopped leaves the old table as it was", async (session) => {
    await session.piped(schema("s", properties, ["id"]) + records("s", rows(1, 3, "old")));
    const input = schema("s", properties, ["id"]) + records("s", rows(3, 500, "new")) + state(2) + records("s", rows(501, 502, "new"));
    const settings = { ...overwrite, commit_after_ms: 0, batch_max_bytes: 2000 };
    const ends = [
      await session.pipe(`${input}no message\n`, settings),
      await session.pipe(input.slice(0, -3), settings),
      await session.pipe(input, settings, { isWhole: async () => false }),
      await session.pipe(`${input}{"type":"RECORD","stream":"s","record":{"id":"x"}}\n`, settings),
    ];
    for (const { failure, states } of ends) {
      assert.ok(failure !== undefined, "it ended well");
      assert.deepEqual(states, [], "a STATE was emitted for rows that are not there");
      assertRows(await session.rows("s"), rows(1, 3, "old"), properties);
    }
    assert.deepEqual(await hiddenTables(session), []);
  }),
  dialectCheck("overwrite: an index, a key and a view of the table live on", async (session) => {
    const { table, bare, index, view } = await dependents(session);
    const { names, types } = session.subject.dialect;
    const isEnforced = session.subject.enforcesNothing !== true;
    const [id, v] = ["id", "v"].map(names.quote);
    // Where the database keeps neither keys nor indexes, only the view is left to look at.
    const [key, unique] = isEnforced ? [" PRIMARY KEY", " UNIQUE"] : ["", ""];
    await session.connection.run(`CREATE TABLE ${table} (${id} BIGINT${key}, ${v} ${types.spellings.varchar}${unique})`);
    if (isEnforced) await session.connection.run(`CREATE INDEX ${index} ON ${table} (${id}, ${v})`);
    await session.connection.run(`INSERT INTO ${table} VALUES (1, 'old'), (2, 'older')`);
    await session.connection.run(`CREATE VIEW ${view} AS SELECT ${id}, ${v} FROM ${bare}`);
    // The second time the two rows swap a value that only one of them may have.
    for (const [two, three] of [
      ["new", "old"],
      ["old", "new"],
    ]) {
      const sent = [
        { id: 2, v: "gone" },
        { id: 2, v: two },
        { id: 3, v: three },
      ];
      const input = schema("s", properties, ["id"]) + records("s", sent) + state(1);
      const { summaries } = await session.piped(input, { ...overwrite, add_record_metadata: false });
      assertCounts(summaries.get("s"), { inserted: 2, updated: 0, superseded: 1, in_table: 2 });
      assertRows(await session.rows("s"), sent.slice(1), properties);
      assertRows(await session.rows("seen"), sent.slice(1), properties, "rows of the view");
    }
    if (!isEnforced) return;
    const isRefused = (sql: string): Promise<boolean> =>
      session.connection.run(sql).then(
        () => false,
        () => true,
      );
    assert.ok(await isRefused(`INSERT INTO ${table} (${id}, ${v}) VALUES (3, 'other')`), "the table's primary key is gone");
    assert.ok(await isRefused(`INSERT INTO ${table} (${id}, ${v}) VALUES (4, 'new')`), "the table's unique key is gone");
    assert.ok(await isRefused(`CREATE INDEX ${index} ON ${table} (${v})`), "the table's index is gone");
  }),
];

async function dependents({ subject, connection, schema: name }: DialectSession) {
  const { dialect } = subject;
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${dialect.names.qualifySchema(connection.database, name)}`);
  return {
    table: dialect.names.qualify(connection.database, { schema: name, table: "s" }),
    bare: `${dialect.names.quote(name)}.${dialect.names.quote("s")}`,
    view: dialect.names.qualify(connection.database, { schema: name, table: "seen" }),
    index: dialect.names.quote("s_by_v"),
  };
}
