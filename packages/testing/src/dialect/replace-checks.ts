/** replace_streams: some streams of a run replace their tables, and each table is then as a first load of its stream leaves it. */
import assert from "node:assert/strict";
import type { JsonSchema } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema, state } from "../target/input.ts";
import { assertCounts, hiddenTables } from "./reject-checks.ts";
import { type DialectUnderTest, dialectCheck } from "./subject.ts";

const properties: Record<string, JsonSchema> = { id: { type: "integer" }, v: { type: ["null", "string"] } };
const rows = (v: string, ...ids: number[]) => ids.map((id) => ({ id, v }));
const send = (stream: string, v: string, ...ids: number[]): string => schema(stream, properties, ["id"]) + records(stream, rows(v, ...ids));

export const replaceChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck("replace_streams: those streams have the rows of this run alone, the others keep theirs", async (session) => {
    await session.piped(send("s", "old", 1, 2, 3) + send("t", "old", 1, 2) + state(1));
    const input = send("s", "new", 2, 4) + state(2) + send("t", "new", 2) + state(3);
    const settings = { replace_streams: ["s"], commit_after_ms: 0, batch_max_bytes: 50 };
    const cut = await session.pipe(input, settings, { isWhole: async () => false });
    assert.deepEqual(cut.states, [], "a STATE was emitted for half of an input");
    assertRows(await session.rows("s"), rows("old", 1, 2, 3), properties, "after half of an input");
    assertRows(await session.rows("t"), rows("old", 1, 2), properties, "another stream after half of an input");

    const { states, summaries } = await session.piped(input, settings);
    assert.equal(states.length, 1, "the run did not commit once");
    assertRows(await session.rows("s"), rows("new", 2, 4), properties, "a stream to be replaced");
    assertRows(await session.rows("t"), [...rows("old", 1), ...rows("new", 2)], properties, "another stream");
    assertCounts(summaries.get("s"), { loaded: 2, inserted: 2, in_table: 2 });
    const later = await session.piped(send("s", "later", 4, 5) + state(4));
    assertCounts(later.summaries.get("s"), { inserted: 1, updated: 1, in_table: 3 });

    await session.piped(send("s", "all", 7) + send("t", "all", 8) + state(5), { replace_streams: ["*"] });
    assertRows([...(await session.rows("s")), ...(await session.rows("t"))], rows("all", 7, 8), properties, "all streams");
    assert.deepEqual(await hiddenTables(session), []);
    const { warnings } = await session.piped(send("s", "x", 7), { replace_streams: ["u"] });
    assert.match(warnings.join(), /"u"/, "nothing warned of a stream that was to be replaced and did not arrive");
  }),
  dialectCheck("replace_streams: a stream whose rows are appended keeps every row of a key, and later runs append", async (session) => {
    const append = { load_method: "append-only" };
    await session.piped(send("s", "old", 1, 2), append);
    await session.piped(send("s", "new", 1, 1, 3), { ...append, replace_streams: ["s"] });
    assertRows(await session.rows("s"), rows("new", 1, 1, 3), properties);
    await session.piped(send("s", "later", 1, 3), append);
    assertRows(await session.rows("s"), [...rows("new", 1, 1, 3), ...rows("later", 1, 3)], properties);
  }),
];
