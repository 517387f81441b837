/** The ledger on a server with roles and other sessions: what may be refused, and who waits for whom. */
import { setTimeout } from "node:timers/promises";
import { connectionOptions, openSession } from "@tapline/postgres";
import { testDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { batch, failure, settings, stream, withSink } from "../test/rows.ts";
import type { Config } from "./config.ts";
import target from "./index.ts";

const id = { type: "integer" };
const run = { state_id: "dev:a-to-b@1", run_id: "run-1" };

async function loadOne(config: Config): Promise<unknown> {
  return withSink(config, async (sink) => {
    const writer = await sink.open(stream({ id }));
    await writer.write(batch([{ id: 1 }]));
    await sink.commit('{"n":1}');
    return sink.guarantee;
  });
}

test("a role that may not create the ledger: prefer loads at least once and reports why, require loads nothing", async () => {
  const database = await testDatabase();
  const role = `loader_${Math.random().toString(36).slice(2)}`;
  await database.read(
    "CREATE TABLE s (id bigint)",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    `CREATE ROLE ${role}`,
    `GRANT ALL ON s TO ${role}`,
  );
  const config = { ...settings(database), ...run, role, add_record_metadata: false };
  expect(await loadOne(config)).toEqual({ exactly_once: false, reason: expect.stringMatching(/_tapline_loads.*permission/s) });
  expect(await failure(() => target.open({ ...config, exactly_once: "require" }))).toMatchObject({
    code: "ledger_refused",
    class: "config",
    hint: expect.stringContaining("prefer"),
  });
  expect(await database.read("SELECT * FROM s")).toEqual([["1"]]);
  await database.read(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`);
});

test("require without a run is refused: in a plain pipe nobody knows a torn input from a whole one", async () => {
  const database = await testDatabase();
  expect(await failure(() => target.open({ ...settings(database), exactly_once: "require" }))).toMatchObject({
    code: "ledger_without_run",
  });
});

test("a run that takes a state id waits for a commit that is under way, and finds its state", async () => {
  const database = await testDatabase();
  expect(await loadOne({ ...settings(database), ...run })).toEqual({ exactly_once: true });
  const session = await openSession(connectionOptions(settings(database), "test"));
  await session.execute("BEGIN");
  await session.execute(`UPDATE _tapline_loads SET state = '{"n":2}', state_run_id = 'run-1'`);
  const taken = target.lastState?.({ ...settings(database), run_id: "run-2" }, run.state_id);
  expect(await Promise.race([taken, setTimeout(400, "waits")])).toBe("waits");
  await session.execute("COMMIT");
  expect(await taken).toMatchObject({ run_id: "run-1", state: '{"n":2}' });
  await session[Symbol.asyncDispose]();
});

test("two runs that make the ledger at the same moment both have it", async () => {
  const database = await testDatabase();
  const guarantees = await Promise.all(
    [1, 2, 3, 4].map((n) => withSink({ ...settings(database), state_id: `s${n}`, run_id: "r" }, async (sink) => sink.guarantee)),
  );
  expect(guarantees).toEqual([1, 2, 3, 4].map(() => ({ exactly_once: true })));
});
