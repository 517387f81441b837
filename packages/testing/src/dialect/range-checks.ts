/** The setting replace_range: the rows of a range are deleted in the one commit that holds the new ones, and other rows stay. */
import assert from "node:assert/strict";
import type { JsonSchema, Row } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema, state } from "../target/input.ts";
import { assertCounts } from "./reject-checks.ts";
import { assertRefused, type DialectUnderTest, dialectCheck } from "./subject.ts";

const properties: Record<string, JsonSchema> = {
  id: { type: ["null", "integer"] },
  seen_at: { type: ["null", "string"], format: "date-time" },
  seen_on: { type: ["null", "string"], format: "date" },
};
const row = (id: number, time: string): Row => ({ id, seen_at: `${time}Z`, seen_on: time.slice(0, 10) });
/** The second is at the begin of the range, the third before its end, the fourth at its end. */
const old = [
  row(1, "2026-01-31T22:59:59.999999"),
  row(2, "2026-01-31T23:00:00"),
  row(3, "2026-02-28T22:59:59.999999"),
  row(4, "2026-02-28T23:00:00"),
];
const ranges = {
  seen_at: { column: "seen_at", from: "2026-01-31T23:00:00Z", to: "2026-02-28T23:00:00Z" },
  seen_on: { column: "seen_on", from: "2026-01-31", to: "2026-02-28" },
};

export const rangeChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck("replace_range: the range has its new rows and no others, its begin is in it and its end is not", async (session) => {
    for (const [column, replaced, stays] of [
      ["seen_at", [1, 2], [old[0], old[3]]],
      ["seen_on", [0, 1], [old[2], old[3]]],
    ] as const) {
      for (const keys of [[], ["id"]]) {
        const stream = `${column}_${keys.length}`;
        const start = schema(stream, properties, keys);
        const settings = { replace_range: { [stream]: ranges[column] } };
        await session.piped(start + records(stream, old) + state(1), settings);
        assertRows(await session.rows(stream), old, properties, "a first load deletes nothing");
        const next = [old[replaced[0]] as Row, row(9, "2026-02-10T00:00:00")];
        const { summaries, states } = await session.piped(start + records(stream, next) + state(2), settings);
        assertRows(await session.rows(stream), [...(stays as readonly Row[]), ...next], properties);
        assertCounts(summaries.get(stream), { received: 2, loaded: 2, deleted: 2, in_table: 4 });
        assert.equal(states.length, 1);
        await session.piped(start + state(3), settings);
        assertRows(await session.rows(stream), [...(stays as readonly Row[])], properties, "a range that has no rows any more");
      }
    }
  }),
  dialectCheck("replace_range: nothing is committed before the end of a whole input", async (session) => {
    const start = schema("s", properties);
    await session.piped(start + records("s", old) + state(1));
    const settings = { replace_range: { s: ranges.seen_at }, commit_after_ms: 0, batch_max_bytes: 1 };
    const input =
      start + state(2) + records("s", [row(7, "2026-02-01T00:00:00")]) + state(3) + records("s", [row(8, "2026-02-02T00:00:00")]);
    for (const ended of [
      await session.pipe(input, settings, { isWhole: async () => false }),
      await session.pipe(`${input}no message\n`, settings),
    ]) {
      assert.deepEqual(ended.states, [], "a STATE was emitted");
      assertRows(await session.rows("s"), old, properties);
    }
    const { states } = await session.piped(input, { commit_once: true, commit_after_ms: 0 });
    assert.equal(states.length, 1, "commit_once");
  }),
  dialectCheck("replace_range: a column that is no time is refused, and nothing is deleted", async (session) => {
    const start = schema("s", properties);
    await session.piped(start + records("s", old) + state(1));
    for (const [column, code] of [
      ["id", "range_column_unfit"],
      ["other", "replace_range_refused"],
    ] as const) {
      const { failure } = await session.pipe(start + state(2), { replace_range: { s: { ...ranges.seen_at, column } } });
      assertRefused(failure, code);
    }
    assertRows(await session.rows("s"), old, properties);
  }),
];
