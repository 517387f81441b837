import { suiteDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { failure, settings } from "../test/rows.ts";
import type { Config } from "./config.ts";
import { connectToRead } from "./read-session.ts";

const database = suiteDatabase();

async function shown(sql: string, config: Partial<Config> = {}, signal = new AbortController().signal) {
  await using session = await connectToRead({ ...settings(database()), ...config }, signal);
  const { columns, read } = await session.select(sql);
  const rows: (readonly string[])[] = [];
  for (let next = await read(1000); next.length > 0; next = await read(1000)) rows.push(...next);
  return { columns, rows };
}

test("values are JSON with every digit, and types are spelled as PostgreSQL does", async () => {
  const sql = `SELECT 12345678901234567890::numeric AS a, 1.10::numeric(10, 2) AS b, 0.1::real AS c, 'NaN'::float8 AS d, '{"b":1, "1":"x\\ny"}'::json AS e,
    ARRAY[1, NULL] AS f, timestamptz '2026-01-01 12:00+02' AS g, true AS h, NULL AS i, E'a"\\n\\x1b' AS j, 'Infinity'::numeric AS k, '\\x00ff'::bytea AS l`;
  const { columns, rows } = await shown(sql);
  expect(rows).toEqual([
    [
      "12345678901234567890",
      "1.10",
      "0.1",
      '"NaN"',
      '{"b":1, "1":"x\\ny"}',
      '"{1,NULL}"',
      '"2026-01-01 10:00:00+00"',
      "true",
      "null",
      '"a\\"\\n\\u001b"',
      '"Infinity"',
      '"\\\\x00ff"',
    ],
  ]);
  expect(columns.slice(0, 7).map(({ type }) => type)).toEqual([
    "numeric",
    "numeric(10,2)",
    "real",
    "double precision",
    "json",
    "integer[]",
    "timestamp with time zone",
  ]);
});

test("functions can't write, nor make the transaction one that writes", async () => {
  const { read } = database();
  await read(
    "CREATE TABLE kept (id int); INSERT INTO kept VALUES (1); CREATE SEQUENCE numbers",
    `CREATE FUNCTION writes() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM kept; RETURN 1; END $$`,
    `CREATE FUNCTION switches() RETURNS int LANGUAGE plpgsql AS $$ BEGIN SET TRANSACTION READ WRITE; DELETE FROM kept; RETURN 1; END $$`,
    `CREATE FUNCTION sets() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('transaction_read_only', 'off', false); DELETE FROM kept; RETURN 1; END $$`,
  );
  for (const [sql, code] of [
    ["SELECT writes()", "query_changes"],
    ["SELECT switches()", "query_failed"],
    ["SELECT sets()", "query_failed"],
    ["SELECT nextval('numbers')", "query_changes"],
    ["SELECT * FROM kept FOR UPDATE", "query_changes"],
    ["SELECT 1 INTO copied", "query_failed"],
    ["WITH gone AS (DELETE FROM kept RETURNING id) SELECT id FROM gone", "query_not_reading"],
    ["DO $$ BEGIN DELETE FROM kept; END $$", "query_not_reading"],
    ["COPY kept TO '/tmp/kept'", "query_not_reading"],
    ["SELECT 1; SELECT 2", "query_several"],
    ["SELECT 1 --\n; COMMIT; DELETE FROM kept", "query_several"],
    ["/* DELETE */ DELETE FROM kept", "query_not_reading"],
  ] as const)
    expect(await failure(() => shown(sql)), sql).toMatchObject({ code, class: "config" });
  expect(await read("SELECT id FROM kept")).toEqual([["1"]]);
});

test("an error names the line and column of the person's text", async () => {
  const { message } = await failure(() => shown("SELECT 'ä😀',\n  nothing\nFROM pg_class"));
  expect(message).toBe('The query failed: column "nothing" does not exist (line 2, column 3)');
  expect((await failure(() => shown("SELECT 1 / 0"))).message).toBe("The query failed: division by zero");
  expect((await failure(() => shown(""))).code).toBe("query_failed");
});

test("a text may end with a semicolon or a comment", async () => {
  expect((await shown("SELECT 1;")).rows).toEqual([["1"]]);
  expect((await shown("WITH a AS (VALUES (1), (2)) TABLE a -- all")).rows).toEqual([["1"], ["2"]]);
});

test("statement_timeout_ms ends a query that takes too long", async () => {
  expect((await failure(() => shown("SELECT pg_sleep(10)", { statement_timeout_ms: 50 }))).code).toBe("statement_timeout");
});

test("the signal cancels the statement on the server", async () => {
  const stop = new AbortController();
  const query = failure(() => shown("SELECT pg_sleep(60), 'cancelled by the test'", {}, stop.signal));
  const running = async () =>
    (await database().read("SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'FETCH%tapline_rows'")).length;
  await expect.poll(running).toBe(1);
  stop.abort();
  await query;
  expect(await running()).toBe(0);
});

test("rows come a few at a time, and the others are counted on the server", async () => {
  await using session = await connectToRead(settings(database()), new AbortController().signal);
  const { read, countRest } = await session.select("SELECT * FROM generate_series(1, 1000000)");
  expect((await read(2)).flat()).toEqual(["1", "2"]);
  expect(await countRest()).toBe(999_998);
});
