/** A run that continues from an earlier one: it loads only where that run's last commit is, with the tables of the streams it continues. */
import assert from "node:assert/strict";
import type { Continues } from "@tapline/protocol";
import { rowBatch } from "@tapline/sdk";
import type { Check } from "../check.ts";
import { assertRefused, type DialectSession, type DialectUnderTest, dialectCheck, targetStream } from "./subject.ts";

const stateId = "dev:a-to-b@1";
const runs = ["20260101T000000Z-aaaaaaaa", "20260102T000000Z-bbbbbbbb", "20260103T000000Z-cccccccc"] as const;
const [first, second, third] = runs;

interface Run {
  id: string;
  continues?: Continues;
  /** How many rows of each stream. */
  rows: Record<string, number>;
  state?: string;
  stateId?: string;
}

async function load(
  session: DialectSession,
  { id, continues, rows, state = `{"run":"${id}"}`, stateId: under = stateId }: Run,
): Promise<void> {
  const run = { state_id: under, run_id: id, ...(continues === undefined ? {} : { continues }) };
  await using sink = await session.sink(session.schema, run);
  for (const [name, count] of Object.entries(rows)) {
    const writer = await sink.open(targetStream({ name, properties: { id: { type: "integer" } } }));
    if (count === 0) continue;
    await writer.write(
      rowBatch(
        name,
        Array.from({ length: count }, (_, n) => ({ id: n })),
      ),
    );
  }
  const { recorded } = await sink.commit(state);
  assert.equal(recorded, true, "the commit was not recorded");
}

/** Fails unless the load is refused with this code. @returns the message */
async function refused(session: DialectSession, code: string, run: Run): Promise<string> {
  const failure = await load(session, run).then(
    () => undefined,
    (error: unknown) => error,
  );
  assertRefused(failure, code);
  return (failure as Error).message;
}

async function drop(session: DialectSession, table: string): Promise<void> {
  const { dialect } = session.subject;
  await session.connection.run(
    dialect.statements.dropTable(dialect.names.qualify(session.connection.database, { schema: session.schema, table })),
  );
}

async function runSql(session: DialectSession, sql: (ledger: string) => string): Promise<void> {
  const { names } = session.subject.dialect;
  await session.connection.run(sql(names.qualify(session.connection.database, { schema: session.schema, table: "_tapline_loads" })));
}

const count = async (session: DialectSession, table: string): Promise<number> => (await session.rows(table)).length;

export const continuationChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck(
    "a STATE without rows is in the ledger before it is reported: a tap may let its source forget what came before",
    async (session) => {
      await load(session, { id: first, rows: { a: 1 } });
      await load(session, { id: second, rows: {}, continues: { run_id: first, streams: ["a"] } });
      const { run_id, state } = await session.lastState(stateId);
      assert.deepEqual([run_id, state], [second, `{"run":"${second}"}`]);
      await load(session, { id: third, rows: { a: 1 }, continues: { run_id: second, streams: ["a"] } });
      assert.equal(await count(session, "a"), 2);
    },
  ),
  dialectCheck("a run continues from the ledger's last commit, and from no other", async (session) => {
    await load(session, { id: first, rows: { a: 1 } });
    await load(session, { id: second, rows: { a: 1 }, continues: { run_id: first, streams: ["a"] } });
    await load(session, { id: third, rows: { a: 1 }, continues: { run_id: second, streams: null } });
    assert.equal(await count(session, "a"), 3);
    const continues = { run_id: second, streams: ["a"] };
    const newer = await refused(session, "ledger_differs", { id: "r", rows: { a: 1 }, continues });
    assert.ok(newer.includes(second) && newer.includes(third) && newer.includes("newer"), newer);
    await runSql(session, (ledger) => `UPDATE ${ledger} SET state_run_id = '${first}'`);
    assert.match(await refused(session, "ledger_differs", { id: "r", rows: { a: 1 }, continues }), /older/);
    assert.equal(await count(session, "a"), 3, "a refused run loaded rows");
    // Nobody took the state id over: the run that held it may still commit.
    const { run_id, state } = await session.lastState(stateId);
    assert.deepEqual([run_id, state], [first, `{"run":"${third}"}`]);
  }),
  dialectCheck(
    "where there is no ledger, or no commit of the state id in it, a run that continues is refused and nothing is made",
    async (session) => {
      const continues = { run_id: first, streams: ["a"] };
      const message = await refused(session, "ledger_missing", { id: second, rows: { a: 1 }, continues });
      assert.ok(message.includes(first) && message.includes(stateId), message);
      assert.equal(await session.rowsOrNone("_tapline_loads"), null, "a ledger was made");
      await load(session, { id: first, rows: { a: 1 }, stateId: "dev:other@1" });
      await refused(session, "ledger_missing", { id: second, rows: { a: 1 }, continues });
      await session.lastState(stateId, second);
      await refused(session, "ledger_missing", { id: third, rows: { a: 1 }, continues });
      await load(session, { id: second, rows: { a: 1 }, continues, stateId: "dev:other@1" });
      assert.equal(await count(session, "a"), 2);
    },
  ),
  dialectCheck("a stream that continues must have its table, where any run loaded rows of it", async (session) => {
    await load(session, { id: first, rows: { a: 1, b: 1, empty: 0 } });
    await load(session, { id: second, rows: { a: 1 }, continues: { run_id: first, streams: ["a"] } });
    for (const table of ["b", "empty"]) await drop(session, table);
    for (const streams of [["a", "b", "empty"], null]) {
      const message = await refused(session, "table_missing", { id: third, rows: { a: 1 }, continues: { run_id: second, streams } });
      assert.match(message, /\bb\b/);
      assert.doesNotMatch(message, /empty/);
    }
    // A stream that is not selected, or read from its beginning, may have lost its table; one that never had rows needs none.
    await load(session, { id: third, rows: { a: 1, empty: 0 }, continues: { run_id: second, streams: ["a", "empty"] } });
    assert.equal(await count(session, "a"), 3);
  }),
  dialectCheck("a run that is not compared forgets the tables that are gone, and continues from there", async (session) => {
    await load(session, { id: first, rows: { a: 1, b: 1 } });
    await drop(session, "b");
    await load(session, { id: second, rows: { a: 1 } });
    await load(session, { id: third, rows: { a: 1 }, continues: { run_id: second, streams: ["a", "b"] } });
    assert.equal(await count(session, "a"), 3);
  }),
  dialectCheck(
    "a run that reads all its streams from their beginning is not compared; a stream it did not read is refused later",
    async (session) => {
      await load(session, { id: second, rows: { a: 1, empty: 0 }, continues: { run_id: first, streams: [] } });
      await load(session, { id: third, rows: { a: 1 }, continues: { run_id: second, streams: ["a", "empty"] } });
      assert.match(
        await refused(session, "rows_missing", { id: "r", rows: { a: 1 }, continues: { run_id: third, streams: ["a", "b"] } }),
        /"b"/,
      );
      const bookmarks = ["a", "b"];
      await refused(session, "rows_missing", { id: "r", rows: { a: 1 }, continues: { run_id: third, streams: null, bookmarks } });
      await load(session, { id: "r", rows: { b: 1 } });
      await load(session, { id: "s", rows: { b: 1 }, continues: { run_id: "r", streams: ["a", "b", "c"] } });
      assert.deepEqual([await count(session, "a"), await count(session, "b")], [2, 2]);
    },
  ),
  dialectCheck("a ledger of an older version, which counts one run only, gives no false alarm", async (session) => {
    await load(session, { id: first, rows: { a: 1, b: 1 } });
    const counts = '{"a":{"inserted":1,"updated":0,"superseded":0,"deleted":0}}';
    await runSql(session, (ledger) => `UPDATE ${ledger} SET counts = '${counts}'`);
    await drop(session, "b");
    await load(session, { id: second, rows: { a: 1 }, continues: { run_id: first, streams: ["a", "b"] } });
    await drop(session, "a");
    await refused(session, "table_missing", { id: third, rows: { a: 1 }, continues: { run_id: second, streams: ["a", "b"] } });
  }),
];
