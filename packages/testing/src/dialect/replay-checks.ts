/** Rejected rows that are loaded again: each is in one of the two tables at any time, and none replaces a row that was loaded after it. */
import assert from "node:assert/strict";
import { type JsonSchema, numberText, type ReplayedRejects } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema, state } from "../target/input.ts";
import { type DialectSession, type DialectUnderTest, dialectCheck } from "./subject.ts";

const properties: Record<string, JsonSchema> = {
  id: { type: "integer" },
  v: { type: ["null", "string"], maxLength: 3 },
  n: { type: ["null", "number"] },
};
const reject = { on_error: "reject" };
/** Takes the rows that are too long. */
const lenient = { validate_records: false };
const long = "too long";

const tableOf = ({ subject, schema: name, connection }: DialectSession, table: string): string =>
  subject.dialect.names.qualify(connection.database, { schema: name, table });

function assertReplayed(found: ReplayedRejects[], expected: Partial<ReplayedRejects>): void {
  const none = { inserted: 0, updated: 0, newer: 0, refused: 0, without_schema: 0 };
  const counts = found.map(({ first_refused: _, ...rest }) => rest);
  assert.deepEqual(counts, [{ stream: "s", ...none, ...expected }], "what became of the rejected rows");
}

const keptIds = async (session: DialectSession): Promise<string[]> =>
  session.withRejects(async (rejects) => (await rejects.list({})).map(({ id }) => id));

export const replayChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck(
    "a rejected row that fits now is loaded as it was sent, and one that is refused again stays with its reason",
    async (session) => {
      const exact = '{"id":1,"v":"too long","n":0.1000000000000000055511151231257827}';
      const input = `{"type":"RECORD","stream":"s","record":${exact}}\n{"type":"RECORD","stream":"s","record":{"id":"no","v":"b"}}\n`;
      await session.piped(schema("s", properties, ["id"]) + input + records("s", [{ id: 3, v: "c" }]) + state(1), reject);
      const before = await session.withRejects((rejects) => rejects.list({}, true));
      assert.deepEqual(
        before.map(({ record, position, code }) => [record, position.line, code]),
        [
          [exact, 2, "record_invalid"],
          ['{"id":"no","v":"b"}', 3, "record_invalid"],
        ],
      );
      assertReplayed(await session.replay(), { refused: 2 });
      assert.deepEqual(
        await keptIds(session),
        before.map(({ id }) => id),
        "rows that were refused again have other ids",
      );
      const replayed = await session.replay(lenient);
      assertReplayed(replayed, { inserted: 1, refused: 1 });
      const [left, ...others] = await session.withRejects((rejects) => rejects.list({}, true));
      assert.equal(others.length, 0, "a row that was loaded is still kept");
      assert.deepEqual([left?.id, left?.record, left?.position], [before[1]?.id, before[1]?.record, before[1]?.position]);
      assert.notEqual(left?.reason, before[1]?.reason, "the reason is the earlier one");
      assert.deepEqual(replayed[0]?.first_refused, [{ id: left?.id, reason: left?.reason }], "the new reason is not reported");
      const rows = await session.rows("s");
      assert.deepEqual(rows.map(({ id, v }) => `${id} ${v}`).sort(), ["1 too long", "3 c"]);
      assert.match(String(numberText(rows.find(({ v }) => v === long)?.n)), /^0\.10000000000000000555/);
    },
  ),
  dialectCheck(
    "a replayed row does not replace one that was loaded after it, and of two with one key the later one stays",
    async (session) => {
      const rows = [
        { id: 1, v: long },
        { id: 2, v: long },
        { id: 1, v: "new" },
        { id: 2, v: `${long} 2` },
        { id: 3, v: "old" },
        { id: 3, v: long },
      ];
      await session.piped(schema("s", properties, ["id"]) + records("s", rows) + state(1), reject);
      assertReplayed(await session.replay(lenient), { inserted: 1, updated: 1, newer: 2 });
      const found = (await session.rows("s")).map(({ id, v }) => `${id} ${v}`).sort();
      assert.deepEqual(found, ["1 new", `2 ${long} 2`, `3 ${long}`]);
      assert.deepEqual(await keptIds(session), []);
      // A row that was replayed is as old as it was: it does not replace what a later load brings, nor the other way round.
      await session.piped(
        schema("s", properties, ["id"]) +
          records("s", [
            { id: 3, v: long },
            { id: 3, v: "end" },
          ]) +
          state(2),
        reject,
      );
      assertReplayed(await session.replay(lenient), { newer: 1 });
    },
  ),
  dialectCheck("a replayed record that deletes a row does not delete one that was loaded after it", async (session) => {
    const gone = (id: number) => ({ id, v: long, _sdc_deleted_at: "2026-01-02T03:04:05Z" });
    const rows = [{ id: 1, v: "a" }, { id: 2, v: "b" }, gone(1), gone(2), { id: 2, v: "new" }];
    await session.piped(schema("s", properties, ["id"]) + records("s", rows) + state(1), reject);
    assertReplayed(await session.replay({ ...lenient, hard_delete: true }), { deletes: 1, newer: 1 });
    const found = (await session.rows("s")).map(({ id, v }) => `${id} ${v}`);
    assert.deepEqual(found, ["2 new"]);
    assert.deepEqual(await keptIds(session), []);
  }),
  dialectCheck("where rows are appended, each replayed row is added", async (session) => {
    const input =
      schema("s", properties) +
      records("s", [
        { id: 1, v: "a" },
        { id: 1, v: long },
        { id: 1, v: long },
      ]) +
      state(1);
    await session.piped(input, reject);
    assertReplayed(await session.replay({ ...lenient, load_method: "overwrite" }), { inserted: 2 });
    assertRows(
      await session.rows("s"),
      [
        { id: 1, v: "a" },
        { id: 1, v: long },
        { id: 1, v: long },
      ],
      { id: properties.id as JsonSchema, v: { type: ["null", "string"] } },
    );
  }),
  dialectCheck("what the catalog deselected when a row was rejected is not stored by a replay", async (session) => {
    const input = schema("s", properties, ["id"]) + records("s", [{ id: 1, v: long, secret: "x" }]) + state(1);
    await session.piped(input, { ...reject, deselected: { s: ["secret"] } });
    assertReplayed(await session.replay(lenient), { inserted: 1 });
    const [row = {}] = await session.rows("s");
    assert.deepEqual(
      Object.keys(row).filter((name) => ["secret", "_sdc_extra"].includes(name)),
      [],
    );
  }),
  dialectCheck("a replay that stops changes nothing", async (session) => {
    await session.piped(schema("s", properties, ["id"]) + records("s", [{ id: 1, v: long }]) + state(1), reject);
    const before = await keptIds(session);
    await assert.rejects(session.replay(lenient, {}, AbortSignal.abort()));
    assert.deepEqual(await keptIds(session), before);
    assert.deepEqual(await session.rows("s"), []);
  }),
  dialectCheck("rows are chosen by id and by stream, and what is discarded is counted", async (session) => {
    const of = (stream: string) =>
      schema(stream, properties, ["id"]) +
      records(
        stream,
        [1, 2, 3].map((id) => ({ id, v: long })),
      );
    await session.piped(of("s") + of("t") + state(1), reject);
    const kept = await session.withRejects((rejects) => rejects.list({ streams: ["s"] }));
    assert.equal(kept.length, 3);
    assertReplayed(await session.replay(lenient, { ids: [kept[1]?.id as string] }), { inserted: 1 });
    assert.deepEqual(
      (await session.rows("s")).map(({ id }) => Number(id)),
      [2],
    );
    const discarded = await session.withRejects((rejects) => rejects.discard({ streams: ["s"] }));
    assert.deepEqual([...discarded], [["s", 2]]);
    assert.equal((await keptIds(session)).length, 3);
  }),
  dialectCheck("rows that an earlier version rejected get ids, and are replayed once a SCHEMA of their stream is kept", async (session) => {
    const rejected = (id: number) => schema("s", properties, ["id"]) + records("s", [{ id, v: long }]) + state(id);
    await session.piped(rejected(1), reject);
    const table = tableOf(session, "s__rejects");
    for (const column of ["id", "definition", "metadata"]) await session.connection.run(`ALTER TABLE ${table} DROP COLUMN ${column}`);
    assert.equal(new Set(await keptIds(session)).size, 1);
    assertReplayed(await session.replay(lenient), { without_schema: 1 });
    await session.piped(rejected(2), reject);
    assert.equal(new Set(await keptIds(session)).size, 2);
    assertReplayed(await session.replay(lenient), { inserted: 2 });
  }),
];
