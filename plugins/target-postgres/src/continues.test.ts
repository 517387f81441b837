/** A run that continues over a database on a server that others restore, replace, and give rights on. */

import { connectionOptions, openSession } from "@tapline/postgres";
import type { Continues } from "@tapline/protocol";
import { type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { batch, failure, settings, stream, withSink } from "../test/rows.ts";
import type { Config } from "./config.ts";

const id = { type: "integer" };

function load(given: Config, runId: string, continues?: Continues, name = "s") {
  const run = { state_id: "dev:a-to-b@1", run_id: runId, ...(continues === undefined ? {} : { continues }) };
  return withSink({ ...given, ...run }, async (sink) => {
    const writer = await sink.open(stream({ id }, [], undefined, name));
    await writer.write(batch([{ id: 1 }], { stream: name }));
    await sink.commit(`{"run":"${runId}"}`);
    return sink.guarantee;
  });
}

/** A copy of the database as it is now, as a dump that is restored elsewhere. */
async function copyOf(database: TestDatabase): Promise<Config> {
  const copy = `${database.database}_copy`;
  const admin = await testDatabase();
  await admin.read(`CREATE DATABASE ${copy} TEMPLATE ${database.database}`);
  onTestFinished(async () => void (await admin.read(`DROP DATABASE ${copy} WITH (FORCE)`)));
  return { ...settings(database), database: copy };
}

test("a restored dump is older than the project's state: refused, with both runs and the way to continue from it", async () => {
  const database = await testDatabase();
  await load(settings(database), "20260101T000000Z-a");
  const restored = await copyOf(database);
  await load(settings(database), "20260102T000000Z-b", { run_id: "20260101T000000Z-a", streams: ["s"] });
  const continues = { run_id: "20260102T000000Z-b", streams: ["s"] };
  const error = await failure(() => load(restored, "c", continues));
  expect(error).toMatchObject({ code: "ledger_differs", class: "config", recovery: "fatal", hint: expect.stringMatching(/--from-ledger/) });
  expect(error.message).toContain(restored.database);
  expect(error.message).toMatch(/20260102T000000Z-b.*older run 20260101T000000Z-a/);
  await load(settings(database), "c", continues);
  expect(await database.read("SELECT count(*) FROM s")).toEqual([["3"]]);
});

test("a new server has no ledger, and a refused run makes none", async () => {
  const database = await testDatabase();
  const error = await failure(() => load(settings(database), "b", { run_id: "a", streams: ["s"] }));
  expect(error).toMatchObject({ code: "ledger_missing", class: "config", hint: expect.stringMatching(/state accept/) });
  expect(await database.read("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).toEqual([["0"]]);
});

test("tables are found by the names they were given, in their schemas", async () => {
  const database = await testDatabase();
  const streams = ["shop-orders", `${"Ä".repeat(40)}-${"é".repeat(40)}`, "\ufefforders", "it's"];
  for (const [at, name] of streams.entries()) await load(settings(database), `r${at}`, undefined, name);
  await load(settings(database), "r4", { run_id: "r3", streams }, "it's");
  await database.read("DROP TABLE shop.orders");
  const error = await failure(() => load(settings(database), "r5", { run_id: "r4", streams }));
  expect(error).toMatchObject({ code: "table_missing", message: expect.stringContaining('shop.orders of stream "shop-orders"') });
  expect(error.message).not.toContain("it's");
});

test("a role without rights on the ledger compares nothing, and reports why", async () => {
  const database = await testDatabase();
  const role = `loader_${Math.random().toString(36).slice(2)}`;
  await load(settings(database), "a");
  await database.read(`CREATE ROLE ${role}`, `GRANT ALL ON s TO ${role}`);
  const guarantee = await load({ ...settings(database), role }, "c", { run_id: "b", streams: ["s"] });
  expect(guarantee).toEqual({ exactly_once: false, reason: expect.stringMatching(/_tapline_loads.*permission/s) });
  await database.read(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`);
});

test("a database that answers COMMIT before the rows are on disk does not do so for a load", async () => {
  const database = await testDatabase();
  await database.read(`ALTER DATABASE ${database.database} SET synchronous_commit = off`);
  const session = await openSession(connectionOptions(settings(database), "test"));
  expect((await session.execute("SHOW synchronous_commit")).rows).toEqual([["on"]]);
  await database.read(`ALTER DATABASE ${database.database} SET synchronous_commit = local`);
  const other = await openSession(connectionOptions(settings(database), "test"));
  expect((await other.execute("SHOW synchronous_commit")).rows).toEqual([["local"]]);
  for (const opened of [session, other]) await opened[Symbol.asyncDispose]();
});

test("a schema whose tables end with the session is refused", async () => {
  const database = await testDatabase();
  const error = await failure(() => load({ ...settings(database), default_target_schema: "pg_temp" }, "a"));
  expect(error.message).toMatch(/unacceptable schema name "pg_temp"/);
});
