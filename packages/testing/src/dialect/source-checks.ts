/** REPLACE_SOURCE: the rows of one source are deleted in the commit that holds its new rows, and other rows stay. */
import assert from "node:assert/strict";
import type { JsonSchema, Row } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, replaceSource, schema, state } from "../target/input.ts";
import { assertCounts } from "./reject-checks.ts";
import { assertRefused, type DialectSession, type DialectUnderTest, dialectCheck } from "./subject.ts";

const properties: Record<string, JsonSchema> = { id: { type: ["null", "integer"] }, file: { type: ["null", "string"] } };
const wide: Record<string, JsonSchema> = { ...properties, v: { type: ["null", "integer"] } };
const rows = (file: string | null, ...ids: number[]): Row[] => ids.map((id) => ({ id, file }));
const replace = (file: string): string => replaceSource("s", "file", file);
const plain = schema("s", properties);
const keyed = schema("s", properties, ["id"]);
const handOverAtOnce = { batch_max_bytes: 1 };

/** Three sources, one with a quote in its name. */
async function load(session: DialectSession, start: string): Promise<void> {
  await session.piped(start + records("s", [...rows("it's.csv", 1, 2, 3), ...rows("b.csv", 4), ...rows(null, 5)]) + state(1));
}

export const sourceChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck("REPLACE_SOURCE: the source has its new rows and no others, and the rows of other sources stay", async (session) => {
    for (const [start, settings] of [
      [plain, {}],
      [keyed, {}],
      [plain, handOverAtOnce],
      [keyed, handOverAtOnce],
    ] as const) {
      await load(session, start);
      const input = records("s", rows("c.csv", 6)) + replace("it's.csv") + records("s", [...rows("it's.csv", 2, 7), ...rows("c.csv", 8)]);
      const { summaries, states } = await session.piped(start + input + state(2), settings);
      const expected = [...rows("b.csv", 4), ...rows(null, 5), ...rows("c.csv", 6, 8), ...rows("it's.csv", 2, 7)];
      assertRows(await session.rows("s"), expected, properties);
      assertCounts(summaries.get("s"), { received: 4, loaded: 4, inserted: 4, updated: 0, deleted: 3, in_table: 6 });
      assert.equal(states.length, 1);
      await session.piped(start + replace("it's.csv") + state(3));
      assertRows(await session.rows("s"), expected.slice(0, 4), properties, "a source that has no rows any more");
      await session.piped(schema("s", properties) + state(4), { replace_streams: ["s"] });
    }
  }),
  dialectCheck("REPLACE_SOURCE: rows that the same run sent are replaced too, also in a table that is new", async (session) => {
    for (const [stream, keys] of [
      ["s0", []],
      ["s1", ["id"]],
    ] as const) {
      const start = schema(stream, properties, keys) + replaceSource(stream, "file", "none.csv");
      const again = records(stream, rows("a.csv", 1, 2)) + records(stream, rows("b.csv", 3)) + replaceSource(stream, "file", "a.csv");
      const { summaries } = await session.piped(start + again + records(stream, rows("a.csv", 2, 4)) + state(1), handOverAtOnce);
      assertRows(await session.rows(stream), [...rows("b.csv", 3), ...rows("a.csv", 2, 4)], properties);
      assertCounts(summaries.get(stream), { received: 5, loaded: 5, deleted: 2, in_table: 3 });
    }
  }),
  dialectCheck("REPLACE_SOURCE: until a STATE follows the new rows, the old ones are there", async (session) => {
    await load(session, plain);
    const old = [...rows("it's.csv", 1, 2, 3), ...rows("b.csv", 4), ...rows(null, 5)];
    const before = plain + records("s", rows("c.csv", 6)) + state(2);
    const input = before + replace("it's.csv") + records("s", rows("it's.csv", 7));
    const ends = [
      await session.pipe(`${input}no message\n`),
      await session.pipe(input, {}, { isWhole: async () => false }),
      await session.pipe(input),
      await session.pipe(`${input}${records("s", rows("it's.csv", 8))}`, { commit_after_ms: 0 }),
    ];
    let expected = old;
    for (const { states, failure } of ends) {
      assert.ok(failure !== undefined, "it ended well");
      assert.equal(states.length, 1, "the STATE before the source was not emitted, or one more was");
      expected = [...expected, ...rows("c.csv", 6)];
    }
    assertRows(await session.rows("s"), expected, properties);
    const handedOver = await session.pipe(input, handOverAtOnce);
    assertRefused(handedOver.failure, "replace_source_cut");
    assert.deepEqual(handedOver.states, []);
    assertRows(await session.rows("s"), expected, properties, "rows that were handed over");
  }),
  dialectCheck("REPLACE_SOURCE: columns that are added and widened around it lose no row", async (session) => {
    for (const keys of [[], ["id"]]) {
      const stream = `s${keys.length}`;
      const send = (file: string, ...ids: number[]) => records(stream, rows(file, ...ids));
      await session.piped(schema(stream, properties, keys) + send("a.csv", 1, 2) + send("b.csv", 3) + send("c.csv", 4) + state(1));
      const big = 3_000_000_000;
      const wider = records(stream, [
        { id: 5, file: "a.csv", v: 1 },
        { id: 6, file: "a.csv", v: big },
      ]);
      const input = `${
        schema(stream, wide, keys) + replaceSource(stream, "file", "a.csv") + wider
      }${schema(stream, { ...wide, w: { type: ["null", "integer"] } }, keys)}${replaceSource(stream, "file", "b.csv")}${records(stream, [
        { id: 7, file: "b.csv", v: 2, w: 3 },
      ])}`;
      for (const settings of [{}, handOverAtOnce]) {
        await session.piped(input + state(2), settings);
        const expected = [
          { id: 4, file: "c.csv", v: null },
          { id: 5, file: "a.csv", v: 1 },
          { id: 6, file: "a.csv", v: big },
          { id: 7, file: "b.csv", v: 2 },
        ];
        assertRows(await session.rows(stream), expected, wide);
      }
    }
  }),
  dialectCheck("REPLACE_SOURCE: rejected rows are kept, and the rows around them replace the old ones", async (session) => {
    for (const start of [plain, keyed]) {
      await load(session, start);
      const bad = '{"type":"RECORD","stream":"s","record":{"id":"x","file":"it\'s.csv"}}\n';
      const input = start + replace("it's.csv") + records("s", rows("it's.csv", 8)) + bad + records("s", rows("it's.csv", 9)) + state(2);
      const { summaries } = await session.piped(input, { on_error: "reject" });
      assertRows(await session.rows("s"), [...rows("b.csv", 4), ...rows(null, 5), ...rows("it's.csv", 8, 9)], properties);
      assertCounts(summaries.get("s"), { received: 3, loaded: 2, rejected: 1, deleted: 3 });
      await session.piped(schema("s", properties) + state(4), { replace_streams: ["s"] });
    }
  }),
  dialectCheck("REPLACE_SOURCE: under overwrite the table has the rows of this run alone", async (session) => {
    await load(session, keyed);
    const input = records("s", rows("a.csv", 1, 2)) + replace("a.csv") + records("s", rows("a.csv", 2, 9)) + state(2);
    for (const settings of [{}, handOverAtOnce]) {
      await session.piped(keyed + replace("b.csv") + input, { load_method: "overwrite", ...settings });
      assertRows(await session.rows("s"), rows("a.csv", 2, 9), properties);
    }
  }),
  dialectCheck("REPLACE_SOURCE: a source that is not named by a column of text is refused, and nothing is deleted", async (session) => {
    await load(session, plain);
    const missing = await session.pipe(plain + replaceSource("s", "path", "b.csv") + state(2));
    assertRefused(missing.failure, "replace_source_refused");
    const number = await session.pipe(plain + replaceSource("s", "id", "4") + state(2));
    assertRefused(number.failure, "source_column_unfit");
    assert.equal((await session.rows("s")).length, 5);
  }),
];
