/** Fields that the SCHEMA does not have: kept, dropped or refused, as the user chose. What the catalog deselects is never stored. */
import assert from "node:assert/strict";
import { exactNumber, isExactNumber, type Json, type JsonSchema, parseExact, type Row } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema, state } from "../target/input.ts";
import { assertCounts } from "./reject-checks.ts";
import { assertRefused, type DialectSession, type DialectUnderTest, dialectCheck } from "./subject.ts";

const properties: Record<string, JsonSchema> = { id: { type: "integer" }, v: { type: ["null", "string"] } };
const handOverAtOnce = { batch_max_bytes: 1 };
const big = "12345678901234567890123";

export const unknownFieldChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck("fields that the SCHEMA does not have are kept in _sdc_extra, which is added at the first of them", async (session) => {
    for (const keys of [[], ["id"]]) {
      for (const settings of [{}, handOverAtOnce, { load_method: "overwrite" }]) {
        const stream = `s${keys.length} ${JSON.stringify(settings)}`;
        const head = schema(stream, properties, keys);
        const plain = head + records(stream, [{ id: 1, v: "a" }]);
        await session.piped(plain + state(1), settings);
        assert.equal(await hasExtra(session, stream), false, "a column was added for rows that need none");
        const more = records(stream, [
          { id: 2, v: "b", x: exactNumber(big), "a b": [null, { c: "d" }] },
          { id: 3, v: "c", x: null },
          { id: 4, v: "d" },
        ]);
        const { summaries } = await session.piped(plain + more + state(2), settings);
        assertCounts(summaries.get(stream), { received: 4, loaded: 4 });
        const tolerated = summaries.get(stream)?.tolerated?.map(({ kind, column, count }) => [kind, column, count]);
        assert.deepEqual(tolerated, [
          ["field_kept", "x", 2],
          ["field_kept", "a b", 1],
        ]);
        const expected: Record<number, Json> = { 1: null, 2: { x: big, "a b": [null, { c: "d" }] }, 3: { x: null }, 4: null };
        assert.deepEqual(await extras(session, stream), expected);
      }
    }
  }),
  dialectCheck("a row that is updated without such fields has none any more", async (session) => {
    const load = (rows: Row[]) => session.piped(schema("s", properties, ["id"]) + records("s", rows) + state(1));
    await load([
      { id: 1, x: 1 },
      { id: 2, x: 2 },
      { id: 3, x: 3 },
    ]);
    await load([{ id: 1, v: "a" }]);
    await load([{ id: 2, v: "b" }, { id: 2, v: "c", y: 1 }, { id: 4 }]);
    assert.deepEqual(await extras(session, "s"), { 1: null, 2: { y: "1" }, 3: { x: "3" }, 4: null });
  }),
  dialectCheck("with drop such fields are left out and counted, and no column is added", async (session) => {
    const rows = [{ id: 1, v: "a", x: 1 }, { id: 2, y: 2 }, { id: 3 }];
    const { summaries } = await session.piped(schema("s", properties) + records("s", rows), { unknown_fields: "drop" });
    assertRows(await session.rows("s"), rows, properties);
    assert.equal(await hasExtra(session, "s"), false);
    assert.deepEqual(summaries.get("s")?.tolerated, [
      { kind: "field_dropped", column: "x", count: 1, first: "1" },
      { kind: "field_dropped", column: "y", count: 1, first: "2" },
    ]);
  }),
  dialectCheck("with fail, with freeze and with additionalProperties: false, such a row is refused", async (session) => {
    const input = schema("s", properties) + records("s", [{ id: 1, x: 1 }]);
    for (const settings of [{ unknown_fields: "fail" }, { schema_policy: "freeze" }])
      assertRefused((await session.pipe(input, settings)).failure, "unknown_field");
    const closed = schema("s", properties).replace('"type":"object"', '"type":"object","additionalProperties":false');
    assertRefused((await session.pipe(closed + records("s", [{ id: 1, x: 1 }]))).failure, "record_invalid");
    await session.piped(schema("s", properties) + records("s", [{ id: 1 }]));
    assertRefused((await session.pipe(input, { schema_policy: "freeze", unknown_fields: "keep" })).failure, "schema_frozen");
  }),
  dialectCheck("such fields are refused where another column has the name _sdc_extra", async (session) => {
    const all = { ...properties, _sdc_extra: { type: ["null", "string"] } };
    const rows = [{ id: 1, _sdc_extra: "mine" }];
    await session.piped(schema("s", all) + records("s", rows));
    assertRefused((await session.pipe(schema("s", all) + records("s", [{ id: 2, x: 1 }]))).failure, "extra_column_taken");
  }),
  dialectCheck("what the catalog deselects is not stored, though the tap describes it, requires it and sends it", async (session) => {
    const wide = { ...properties, secret: { type: "string" } };
    const required = schema("s", wide, ["id"]).replace('"type":"object"', '"type":"object","required":["secret"]');
    const rows = [{ id: 1, v: "a", secret: "x", hidden: 1 }, { id: 2 }, { id: 3, secret: "y", x: 1 }];
    const { summaries } = await session.piped(required + records("s", rows), { deselected: { s: ["secret", "hidden", "id"] } });
    assertRows(await session.rows("s"), rows, properties);
    assert.ok((await session.rows("s")).every((row) => !("secret" in row)));
    assert.deepEqual(await extras(session, "s"), { 1: null, 2: null, 3: { x: "1" } });
    assert.deepEqual(
      summaries.get("s")?.tolerated?.map(({ column }) => column),
      ["x"],
    );
  }),
];

async function hasExtra(session: DialectSession, table: string): Promise<boolean> {
  const found = await session.connection.describe({ schema: session.schema, table });
  return found?.columns.some(({ name }) => name === "_sdc_extra") === true;
}

/** By id; numbers as their digits. */
async function extras({ connection, schema, subject }: DialectSession, table: string): Promise<Record<string, unknown>> {
  const { names } = subject.dialect;
  const name = names.qualify(connection.database, { schema, table });
  const rows = await connection.query(`SELECT ${names.quote("id")}, CAST(${names.quote("_sdc_extra")} AS VARCHAR) FROM ${name}`);
  return Object.fromEntries(rows.map(([id, extra]) => [String(id), extra === null ? null : withDigits(parseExact(String(extra)))]));
}

const withDigits = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, each) => (typeof each === "number" ? String(each) : isExactNumber(each) ? each.rawJSON : each)));
