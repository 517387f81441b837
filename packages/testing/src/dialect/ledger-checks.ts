/** The ledger: a commit and its state are one, and only the run that took a state id last may commit under it. */
import assert from "node:assert/strict";
import { type Row, rowBatch } from "@tapline/sdk";
import type { Check } from "../check.ts";
import { type DialectSession, type DialectUnderTest, dialectCheck, type Stream, targetStream } from "./subject.ts";

const stream: Stream = { name: "s", properties: { id: { type: "integer" } } };
const stateId = "dev:a-to-b@1";
/** With digits no double holds, a quote and a backslash. */
const state = `{"bookmarks":{"s":{"id":12345678901234567890.10,"text":"it's \\\\ \\u0000"}}}`;

async function load(session: DialectSession, runId: string, ids: readonly number[], reached: string | undefined): Promise<void> {
  await using sink = await session.sink(session.schema, { state_id: stateId, run_id: runId });
  assert.deepEqual(sink.guarantee, { exactly_once: true }, "the sink does not promise exactly once");
  const writer = await sink.open(targetStream(stream));
  await writer.write(
    rowBatch(
      "s",
      ids.map((id): Row => ({ id })),
    ),
  );
  await sink.commit(reached);
}

const ids = async (session: DialectSession): Promise<unknown[]> => (await session.rows("s")).map((row) => Number(row.id)).sort();

export const ledgerChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck("the state of a commit is found with its run, every character of it", async (session) => {
    assert.deepEqual(await session.lastState(stateId), { run_id: null, state: null, committed_at: null });
    await load(session, "run-1", [1], state);
    const { committed_at, ...last } = await session.lastState(stateId);
    assert.deepEqual(last, { run_id: "run-1", state });
    assert.match(String(committed_at), /^\d{4}-\d\d-\d\dT/);
    assert.equal((await session.lastState("dev:other@1")).state, null, "another state id has this one's state");
  }),
  dialectCheck("a commit that reaches no STATE keeps the one before it; one without rows changes nothing", async (session) => {
    await load(session, "run-1", [1], '{"n":1}');
    await load(session, "run-2", [2], undefined);
    const { run_id, state: kept } = await session.lastState(stateId);
    assert.deepEqual([run_id, kept], ["run-1", '{"n":1}']);
  }),
  dialectCheck("rows that are rolled back leave their state unwritten", async (session) => {
    await load(session, "run-1", [1], '{"n":1}');
    await using sink = await session.sink(session.schema, { state_id: stateId, run_id: "run-2" });
    const writer = await sink.open(targetStream(stream));
    await writer.write(rowBatch("s", [{ id: 2 }]));
    await sink.rollback();
    assert.equal((await session.lastState(stateId)).state, '{"n":1}');
    assert.deepEqual(await ids(session), [1]);
  }),
  dialectCheck("a run whose state id was taken over can't commit, and its rows are gone", async (session) => {
    await load(session, "run-1", [1], '{"n":1}');
    {
      await using sink = await session.sink(session.schema, { state_id: stateId, run_id: "run-2" });
      const before = await session.lastState(stateId, "run-3");
      assert.deepEqual([before.run_id, before.state], ["run-1", '{"n":1}']);
      const writer = await sink.open(targetStream(stream));
      await writer.write(rowBatch("s", [{ id: 2 }]));
      await assert.rejects(sink.commit('{"n":2}'), (error: { code?: string }) => error.code === "run_superseded");
      await sink.rollback();
    }
    assert.deepEqual(await ids(session), [1]);
    await load(session, "run-3", [3], '{"n":3}');
    assert.deepEqual([await ids(session), (await session.lastState(stateId)).run_id], [[1, 3], "run-3"]);
  }),
  dialectCheck("each commit that the ledger recorded is reported before its STATE; others are not", async (session) => {
    const run = { state_id: stateId, run_id: "run-1", add_record_metadata: false };
    const seen: string[] = [];
    const onCommit = (rows: Record<string, number>): void => void seen.push(JSON.stringify(rows));
    const at = (n: number): string => `{"type":"STATE","value":{"n":${n}}}\n`;
    const id = (value: number): string => `{"type":"RECORD","stream":"s","record":{"id":${value}}}\n`;
    const schema = `{"type":"SCHEMA","stream":"s","schema":${JSON.stringify({ properties: stream.properties })},"key_properties":[]}\n`;
    // Each STATE commits. The second one has no rows before it, and none follows the last row.
    const piped = await session.pipe(
      schema + id(1) + id(2) + at(1) + at(2) + id(3),
      { ...run, batch_size_rows: 1, commit_after_ms: 0 },
      { onCommit },
    );
    assert.equal(piped.failure, undefined);
    assert.deepEqual(piped.states, [{ n: 1 }, { n: 2 }]);
    assert.deepEqual(seen, ['{"s":2}', "{}"], "commits were reported that the ledger does not name, or some were not");
    await session.pipe(`${schema.replace('"s"', '"empty"')}${at(3)}`, { ...run, run_id: "run-2" }, { onCommit });
    assert.deepEqual(seen.slice(2), ["{}"], "a commit that only made a table was not reported");
    assert.equal((await session.lastState(stateId)).run_id, "run-2");
    await session.pipe(schema + id(4) + at(4), { add_record_metadata: false }, { onCommit });
    assert.equal(seen.length, 3, "a commit without a ledger was reported");
  }),
  dialectCheck("reading the ledger without a run takes nothing over, and a load without one makes none", async (session) => {
    await session.load(stream, [[{ id: 1 }]]);
    assert.equal(await session.rowsOrNone("_tapline_loads"), null);
    await using sink = await session.sink(session.schema, { state_id: stateId, run_id: "run-1" });
    await session.lastState(stateId);
    const writer = await sink.open(targetStream(stream));
    await writer.write(rowBatch("s", [{ id: 1 }]));
    await sink.commit(state);
  }),
];
