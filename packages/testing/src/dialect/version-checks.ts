/** ACTIVATE_VERSION: rows of older versions are marked, removed or given a tombstone, when the stream's rows are there and not before. */
import assert from "node:assert/strict";
import type { JsonSchema } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { activate, records, schema, state, versioned } from "../target/input.ts";
import { assertCounts } from "./reject-checks.ts";
import { type DialectSession, type DialectUnderTest, dialectCheck } from "./subject.ts";

const properties: Record<string, JsonSchema> = { id: { type: "integer" } };
const keyed = schema("s", properties, ["id"]);
const ids = (...list: number[]) => list.map((id) => ({ id }));
const append = { load_method: "append-only" };

/** Ids of rows, marked ones with a minus. */
async function there(session: DialectSession, table = "s"): Promise<number[]> {
  const rows = await session.rows(table);
  return rows.map(({ id, _sdc_deleted_at: at }) => Number(JSON.stringify(id)) * (at === null ? 1 : -1)).sort((a, b) => a - b);
}

export const versionChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck("ACTIVATE_VERSION marks rows of older versions, and one that comes again is there again", async (session) => {
    await session.piped(keyed + activate("s", 1) + versioned("s", 1, ids(1, 2, 3, 4, 5)) + activate("s", 1) + state(1));
    assert.deepEqual(await there(session), [1, 2, 3, 4, 5]);
    const second = await session.piped(keyed + activate("s", 2) + versioned("s", 2, ids(3, 4, 5, 6)) + activate("s", 2) + state(2));
    assert.deepEqual(await there(session), [-2, -1, 3, 4, 5, 6]);
    assertCounts(second.summaries.get("s"), { received: 4, loaded: 4, updated: 3, deleted: 2, in_table: 6 });
    const third = await session.piped(keyed + versioned("s", 3, ids(1, 6)) + activate("s", 3) + state(3));
    assert.deepEqual(await there(session), [-5, -4, -3, -2, 1, 6]);
    assertCounts(third.summaries.get("s"), { loaded: 2, deleted: 3 });
    const marked = (await session.rows("s"))
      .filter(({ _sdc_deleted_at: at }) => at !== null)
      .map(({ _sdc_deleted_at: at }) => Date.parse(String(at)));
    assert.ok(
      marked.every((at) => Math.abs(Date.now() - at) < 600_000),
      "a row is not marked with the time of the message",
    );
  }),
  dialectCheck("ACTIVATE_VERSION removes rows where hard_delete is chosen", async (session) => {
    await session.piped(keyed + versioned("s", 1, ids(1, 2, 3)) + activate("s", 1));
    await session.piped(keyed + versioned("s", 2, ids(2)) + activate("s", 2));
    const { summaries } = await session.piped(keyed + versioned("s", 3, ids(2, 4)) + activate("s", 3), { hard_delete: true });
    assert.deepEqual(await there(session), [2, 4]);
    assertCounts(summaries.get("s"), { loaded: 2, deleted: 2, in_table: 2 });
  }),
  dialectCheck("ACTIVATE_VERSION of appended rows removes and changes none: a deleted key gets a tombstone, once", async (session) => {
    await session.piped(keyed + versioned("s", 1, ids(1, 2, 3)) + activate("s", 1), append);
    const second = await session.piped(keyed + versioned("s", 2, ids(2, 3, 3)) + activate("s", 2), { ...append, hard_delete: true });
    assertCounts(second.summaries.get("s"), { received: 3, loaded: 3, inserted: 3, deleted: 1, in_table: 7 });
    assert.deepEqual(await there(session), [-1, 1, 2, 2, 3, 3, 3]);
    await session.piped(keyed + versioned("s", 3, ids(1)) + activate("s", 3), append);
    const fourth = await session.piped(keyed + versioned("s", 4, ids(1)) + activate("s", 4), append);
    assertCounts(fourth.summaries.get("s"), { deleted: 0 });
    assert.deepEqual(await there(session), [-3, -2, -1, 1, 1, 1, 2, 2, 3, 3, 3]);
  }),
  dialectCheck("ACTIVATE_VERSION at the start of a stream waits for the end of a whole input", async (session) => {
    await session.piped(keyed + versioned("s", 1, ids(1, 2)) + activate("s", 1));
    const input = keyed + activate("s", 2) + versioned("s", 2, ids(2)) + state(1);
    const promptly = { commit_after_ms: 0 };
    for (const { states, failure } of [
      await session.pipe(`${input}no message\n`, promptly),
      await session.pipe(input, promptly, { isWhole: async () => false }),
    ]) {
      assert.ok(failure !== undefined && states.length === 1);
      assert.deepEqual(await there(session), [1, 2], "an input that was cut marked rows");
    }
    await session.piped(input, promptly);
    assert.deepEqual(await there(session), [-1, 2]);
    await session.piped(keyed + activate("s", 3) + state(2));
    assert.deepEqual(await there(session), [-2, -1], "a version without any row");
  }),
  dialectCheck("ACTIVATE_VERSION after rows acts in the commit that covers it, whatever arrives later", async (session) => {
    await session.piped(keyed + versioned("s", 1, ids(1, 2, 3)) + activate("s", 1));
    const promptly = { commit_after_ms: 0 };
    const afterState = `${keyed + versioned("s", 2, ids(1)) + state(1) + activate("s", 2)}no message\n`;
    await session.pipe(afterState, promptly);
    assert.deepEqual(await there(session), [1, 2, 3], "a message after the last STATE of a broken input acted");
    await session.pipe(
      `${keyed + versioned("s", 2, ids(2)) + activate("s", 2) + state(1) + versioned("s", 3, ids(9))}no message\n`,
      promptly,
    );
    assert.deepEqual(await there(session), [-3, 1, 2]);
  }),
  dialectCheck("ACTIVATE_VERSION takes rows without a version for older where an earlier run loaded them", async (session) => {
    await session.piped(keyed + records("s", ids(1, 2)), { add_record_metadata: false });
    await new Promise((resolve) => setTimeout(resolve, 2));
    await session.piped(keyed + versioned("s", 1, ids(2)) + records("s", ids(3)) + activate("s", 1));
    assert.deepEqual(await there(session), [-1, 2, 3]);
    await session.piped(keyed + versioned("s", 2, ids(2)) + activate("s", 2));
    assert.deepEqual(await there(session), [-3, -1, 2]);
  }),
  dialectCheck("ACTIVATE_VERSION of several streams touches each one's own rows", async (session) => {
    const both = keyed + schema("t", properties, ["id"]);
    await session.piped(both + versioned("s", 5, ids(1, 2)) + versioned("t", 1, ids(1, 2)) + activate("t", 1) + activate("s", 5));
    await session.piped(both + versioned("t", 2, ids(2)) + versioned("s", 5, ids(2)) + activate("t", 2) + activate("s", 5));
    assert.deepEqual(
      [await there(session), await there(session, "t")],
      [
        [1, 2],
        [-1, 2],
      ],
    );
  }),
  dialectCheck("ACTIVATE_VERSION changes nothing without keys, and is warned of where rows have no version", async (session) => {
    const plain = schema("s", properties);
    await session.piped(plain + versioned("s", 1, ids(1, 2)) + activate("s", 1));
    const { summaries } = await session.piped(plain + versioned("s", 2, ids(2)) + activate("s", 2), { hard_delete: true });
    assertCounts(summaries.get("s"), { deleted: 0, in_table: 3 });
    assert.deepEqual(await there(session), [1, 2, 2]);
    const ignored = [
      await session.piped(schema("t", properties, ["id"]) + versioned("t", 1, ids(1)) + activate("t", 1), { add_record_metadata: false }),
      await session.piped(activate("u", 1) + schema("u", properties, ["id"]) + versioned("u", 1, ids(1))),
    ];
    for (const { warnings } of ignored)
      assert.ok(
        warnings.some((text) => text.includes("ACTIVATE_VERSION")),
        "nothing warned of it",
      );
    await session.piped(keyed + versioned("s", 1, ids(7)) + activate("s", 1), { load_method: "overwrite" });
    assert.deepEqual(await there(session), [7]);
  }),
];
