/** Records with `_sdc_deleted_at`, as taps of logs send them: they delete the row of their key, in the order of arrival. */
import assert from "node:assert/strict";
import type { JsonSchema, Row } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema, state } from "../target/input.ts";
import { assertCounts } from "./reject-checks.ts";
import { type DialectSession, type DialectUnderTest, dialectCheck } from "./subject.ts";

const text: JsonSchema = { type: ["null", "string"] };
const properties: Record<string, JsonSchema> = { id: { type: "integer" }, part: { type: "string" }, v: text, r: text, t: text };
const keys = ["id", "part"];
const at = "2026-01-02T03:04:05Z";
const row = (id: number, v: string): Row => ({ id, part: "p", v, r: `r${id}`, t: null });
const gone = (id: number, more: Row = {}): Row => ({ id, part: "p", ...more, _sdc_deleted_at: at });
const later = { promptly: { commit_after_ms: 0 }, atOnce: { batch_max_bytes: 1 }, whole: {} };

/** Loads that each check runs through: over commits, over batches of one commit, and in one batch. */
const ways = Object.entries(later);

/** What arrives, in parts; between two of them is a STATE. Rows that are there before: 1 to 5. */
const parts: readonly Row[][] = [
  [row(1, "a"), row(2, "b"), row(3, "c"), row(4, "d"), row(5, "e")],
  [gone(2), gone(3, { v: "before" }), row(4, "d2"), gone(4), row(3, "again"), gone(9), row(6, "f")],
  [gone(6), row(7, "g"), gone(7), gone(7), gone(5, { v: null }), row(5, "e2"), gone(8, { v: "only" }), row(10, "x")],
];
const received = parts.flat().length;
/** Those that are the last of their key at the end: 2, 4, 6, 7, 8, 9. */
const lastDeleted = [2, 4, 6, 7, 8, 9];
const live = [row(1, "a"), row(3, "again"), row(5, "e2"), row(10, "x")];
/** With their last values; of keys that were not there, what the record has. */
const marked: Row[] = [row(2, "b"), row(4, "d2"), row(6, "f"), row(7, "g"), { id: 8, part: "p", v: "only" }, { id: 9, part: "p" }];

export const deleteRecordChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck(
    "a record with _sdc_deleted_at marks the row of its key, which keeps its values, and a later record brings it back",
    async (session) => {
      for (const [way, settings] of ways) {
        const { summary } = await load(session, way, parts, settings);
        assertRows(await session.rows(way), [...live, ...marked], properties, way);
        assert.deepEqual(await deletedIds(session, way), lastDeleted, way);
        assertAddsUp(summary);
      }
      await load(session, "whole", [[row(2, "b2"), row(9, "new")]]);
      assert.deepEqual(await deletedIds(session, "whole"), [4, 6, 7, 8], "rows that arrived again are not back");
    },
  ),
  dialectCheck("with hard_delete it removes the row, and of an unknown key nothing is made", async (session) => {
    for (const [way, settings] of ways) {
      const { summary } = await load(session, way, parts, { ...settings, hard_delete: true });
      assertRows(await session.rows(way), live, properties, way);
      assertAddsUp(summary);
      assert.equal(summary.in_table, live.length);
    }
    const { summary } = await load(session, "whole", [[gone(1), gone(99), gone(10)]], { hard_delete: true });
    assertCounts(summary, { received: 3, loaded: 0, deleted: 2, delete_records: 3, in_table: 2 });
  }),
  dialectCheck(
    "a record that deletes needs no other property, though the SCHEMA requires it and a table of others has NOT NULL there",
    async (session) => {
      const required = (stream: string) =>
        schema(stream, { ...properties, v: { type: "string" } }, keys).replace(
          '"type":"object"',
          '"type":"object","required":["id","part","v"]',
        );
      const { connection, schema: at, subject } = session;
      const { names, statements } = subject.dialect;
      const [id, part, v] = ["id", "part", "v"].map(names.quote);
      const tables = { keyed: `, PRIMARY KEY (${id}, ${part})`, plain: "" };
      await connection.run(statements.createSchema(names.qualifySchema(connection.database, at)));
      for (const [table, key] of Object.entries(tables)) {
        const name = names.qualify(connection.database, { schema: at, table });
        await connection.run(`CREATE TABLE ${name} (${id} BIGINT NOT NULL, ${part} VARCHAR(10) NOT NULL, ${v} VARCHAR(20) NOT NULL${key})`);
      }
      for (const stream of Object.keys(tables)) {
        await session.piped(required(stream) + records(stream, [row(1, "a"), row(2, "b")]) + state(1));
        const input = required(stream) + records(stream, [row(3, "c"), gone(1), gone(2, { v: null }), gone(9), row(2, "b2")]) + state(2);
        const { summaries } = await session.piped(input);
        assertRows(await session.rows(stream), [row(1, "a"), row(2, "b2"), row(3, "c")], properties, stream);
        assert.deepEqual(await deletedIds(session, stream), [1]);
        assertCounts(summaries.get(stream), { received: 5, loaded: 2, superseded: 1, deleted: 1, delete_records: 2, rejected: 0 });
        const refused = records(stream, [{ id: 4, part: "p", v: null }, gone(2)]);
        const rejecting = await session.piped(required(stream) + refused + state(3), { on_error: "reject" });
        assertCounts(rejecting.summaries.get(stream), { received: 2, loaded: 0, rejected: 1, delete_records: 1 });
      }
    },
  ),
  dialectCheck("appended, it is a row; overwritten, its key is left out", async (session) => {
    await load(session, "log", [parts.flat()], { load_method: "append-only" });
    const sent = parts.flat().map(({ _sdc_deleted_at, ...rest }) => rest);
    assertRows(await session.rows("log"), sent, properties);
    const { connection, schema: place, subject } = session;
    const { names } = subject.dialect;
    const name = names.qualify(connection.database, { schema: place, table: "table" });
    for (let run = 0; run < 3; run++) {
      // With an index the table is overwritten in place.
      if (run === 2 && subject.enforcesNothing !== true) await connection.run(`CREATE INDEX of_v ON ${name} (${names.quote("v")})`);
      const { summary } = await load(session, "table", parts, { load_method: "overwrite" });
      assertRows(await session.rows("table"), live, properties);
      assertAddsUp(summary);
    }
  }),
  dialectCheck("columns that are added and keys that change around records that delete lose no row", async (session) => {
    await load(session, "s", [[row(1, "a"), row(2, "b"), row(3, "c")]]);
    const wide = { ...properties, w: { type: ["null", "integer"] } };
    const input =
      schema("s", properties, keys) +
      records("s", [gone(1), row(4, "d")]) +
      schema("s", wide, keys) +
      records("s", [{ ...row(2, "b2"), w: 1 }, gone(3), { ...row(5, "e"), w: 5_000_000_000, extra: 1 }, gone(4)]);
    await session.piped(input + state(2), { batch_max_bytes: 1 });
    const expected = [row(1, "a"), { ...row(2, "b2"), w: 1 }, row(3, "c"), row(4, "d"), { ...row(5, "e"), w: 5_000_000_000 }];
    assertRows(await session.rows("s"), expected, wide);
    assert.deepEqual(await deletedIds(session, "s"), [1, 3, 4]);
  }),
];

async function load(session: DialectSession, stream: string, sent: readonly Row[][], settings: Record<string, unknown> = {}) {
  const input = sent.map((rows, index) => records(stream, rows) + state(index + 1)).join("");
  const { summaries } = await session.piped(schema(stream, properties, keys) + input, settings);
  return { summary: { ...summaries.get(stream) } };
}

function assertAddsUp({
  received: all,
  loaded = 0,
  superseded = 0,
  rejected = 0,
  delete_records = 0,
}: Awaited<ReturnType<typeof load>>["summary"]): void {
  assert.equal(all, received);
  assert.equal(loaded + superseded + rejected + delete_records, all, "the counts don't add up");
  assert.ok(delete_records >= lastDeleted.length);
}

async function deletedIds({ connection, schema: at, subject }: DialectSession, table: string): Promise<number[]> {
  const { names } = subject.dialect;
  const name = names.qualify(connection.database, { schema: at, table });
  const rows = await connection.query(`SELECT ${names.quote("id")} FROM ${name} WHERE ${names.quote("_sdc_deleted_at")} IS NOT NULL`);
  return rows.map(([id]) => Number(id)).sort((a, b) => a - b);
}
