/** Reading by a replication key: what comes again, what is held, what is found late, and what a person is warned of. */
import type { State } from "@tapline/sdk";
import { type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { incremental, type Sent } from "@tapline/testing/tap-run";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { discoverCatalog, type RunOptions, runTap } from "../../test/tap-run.ts";

const stream = "public-t";

async function setUp(
  columns: string,
  ...statements: string[]
): Promise<{ database: TestDatabase; read(key: string, options?: RunOptions): Promise<Sent> }> {
  const database = await testDatabase();
  await database.read(`CREATE TABLE t (id int PRIMARY KEY, ${columns})`, ...statements);
  const catalog = await discoverCatalog(database);
  return { database, read: (key, options = {}) => runTap(database, { catalog: incremental(catalog, stream, key), ...options }) };
}

const ids = ({ rows }: Sent): number[] => rows(stream).map(({ id }) => Number(id));
const bookmark = (state: State): unknown => state.bookmarks?.[stream]?.replication_key_value;

async function session({ host, port, user, password, database }: TestDatabase): Promise<pg.Client> {
  const client = new pg.Client({ host, port, user, password, database });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

describe("the bookmark", () => {
  test.each([
    ["bigint", ["9007199254740993", "9223372036854775806", "9223372036854775807"]],
    ["numeric", ["0.1", "0.10000000000000000001", "1e30"]],
    ["timestamp", ["2024-01-01 00:00:00.123456", "2024-01-01 00:00:00.123457", "2024-01-02 00:00:00"]],
    ["timestamptz", ["2024-01-01 00:00:00.123456+00", "2024-01-01 00:00:00.123457+00", "2024-01-02 00:00:00+00"]],
    ["date", ["2024-01-01", "2024-01-02", "2024-02-29"]],
    ["text", ["A", "a", "ä\\n\"'"]],
    ["uuid", ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002", "f47ac10b-58cc-4372-a567-0e02b2c3d479"]],
    ["timestamptz(0)", ["2024-01-01 00:00:00+00", "2024-01-01 00:00:01+00", "2024-01-02 00:00:00+00"]],
    ["char(5)", ["abc", "abcd", "abcde"]],
  ])("of %s is the source's text, exactly; rows equal to it are read again", async (type, [a, b, c]) => {
    const quote = (value = ""): string => `'${value.replaceAll("'", "''")}'`;
    const { database, read } = await setUp(`at ${type}`, `INSERT INTO t VALUES (1, ${quote(a)}), (2, ${quote(b)})`);
    const first = await read("at");
    expect(ids(first)).toEqual([1, 2]);
    expect(String(bookmark(first.state)).trimEnd()).toBe((await database.read("SELECT at::text FROM t WHERE id = 2"))[0]?.[0]?.trimEnd());
    await database.read(`INSERT INTO t VALUES (3, ${quote(b)}), (4, ${quote(c)}), (5, ${quote(a)})`);
    const second = await read("at", { state: first.state });
    expect(ids(second)).toEqual(expect.arrayContaining([2, 3, 4]));
    expect(ids(second)).toHaveLength(3);
    expect(ids(await read("at", { state: second.state }))).toEqual([4]);
  });

  test("does not move to a value without an end, and NULLs are read once", async () => {
    const { database, read } = await setUp(
      "at timestamptz",
      "INSERT INTO t VALUES (1, '2024-01-01 00:00Z'), (2, 'infinity'), (3, NULL), (4, '-infinity')",
    );
    const first = await read("at");
    expect(ids(first).sort()).toEqual([1, 2, 3, 4]);
    await database.read("INSERT INTO t VALUES (5, '2024-02-01 00:00Z'), (6, NULL)");
    expect(ids(await read("at", { state: first.state }))).toEqual(expect.arrayContaining([5]));
  });

  test("of another tap is taken: text in its own form, or a number", async () => {
    const { read } = await setUp(
      "n bigint, at timestamptz",
      "INSERT INTO t VALUES (1, 10, '2024-01-01 00:00Z'), (2, 20, '2024-01-02 00:00Z')",
    );
    const state = (key: string, value: string | number) => ({
      bookmarks: { [stream]: { replication_key: key, replication_key_value: value } },
    });
    expect(ids(await read("n", { state: state("n", 15) }))).toEqual([2]);
    expect(ids(await read("at", { state: state("at", "2024-01-01T12:00:00+02:00") }))).toEqual([2]);
  });

  test("a run that stopped goes on from its last STATE", async () => {
    const { read } = await setUp("n int, body text", "INSERT INTO t SELECT n, n, repeat('x', 1000) FROM generate_series(1, 20000) AS n");
    const first = await read("n", { until: ({ type }) => type === "STATE" });
    const second = await read("n", { state: first.state });
    expect(ids(first).length).toBeLessThan(20_000);
    expect(new Set([...ids(first), ...ids(second)]).size).toBe(20_000);
    expect(ids(second)[0]).toBe(Number(bookmark(first.state)));
  });

  test("a type without an order is refused", async () => {
    const { read } = await setUp("j jsonb");
    expect((await read("j")).thrown).toMatchObject({ message: expect.stringContaining('"j" can\'t be a replication key') });
  });
});

describe("a row that commits late", () => {
  /** Row 1 is there; row 2 begins before the first run and commits after it; row 3 commits before it. */
  async function lateCommit(
    columns: string,
    insert: string,
    options: RunOptions = {},
  ): Promise<{ second: number[]; first: Sent; third: number[] }> {
    const { database, read } = await setUp(columns, `INSERT INTO t ${insert.replace("?", "1")}`);
    const late = await session(database);
    await late.query("BEGIN");
    await late.query(`INSERT INTO t ${insert.replace("?", "2")}`);
    await database.read(`INSERT INTO t ${insert.replace("?", "3")}`);
    const first = await read("at", options);
    expect(ids(first)).toEqual([1, 3]);
    await late.query("COMMIT");
    const second = await read("at", { ...options, state: first.state });
    await database.read(`INSERT INTO t ${insert.replace("?", "4")}`);
    return { first, second: ids(second), third: ids(await read("at", { ...options, state: second.state })) };
  }

  test("is found where the key is the server's time: the bookmark is held", async () => {
    const { first, second, third } = await lateCommit("at timestamptz NOT NULL DEFAULT now()", "(id) VALUES (?)");
    expect(first.warnings).toEqual([]);
    expect(second).toContain(2);
    expect(third).toContain(4);
  });
  test("and where it is the server's time in UTC without a zone", async () => {
    const { first, second } = await lateCommit("at timestamp DEFAULT (now() AT TIME ZONE 'utc')", "(id) VALUES (?)");
    expect(first.warnings).toEqual([]);
    expect(second).toContain(2);
  });
  test("is found by a scan, whatever the key is, and nothing else is read twice", async () => {
    const { first, second, third } = await lateCommit("at serial", "(id) VALUES (?)", { config: { late_rows: "scan" } });
    expect(first.warnings).toEqual([]);
    expect(second).toContain(2);
    expect(third).toEqual(expect.arrayContaining([3, 4]));
  });
  test("is found by a scan when a transaction inside another wrote it", async () => {
    const { database, read } = await setUp("at serial", "INSERT INTO t VALUES (1)");
    const late = await session(database);
    await late.query("BEGIN; INSERT INTO t VALUES (20); SAVEPOINT s; INSERT INTO t VALUES (2); RELEASE s");
    await database.read("INSERT INTO t VALUES (3)");
    const options = { config: { late_rows: "scan" } } as const;
    const first = await read("at", options);
    await late.query("COMMIT");
    expect(ids(await read("at", { ...options, state: first.state }))).toEqual(expect.arrayContaining([2, 20]));
  });
  test("is found by a lookback that is long enough", async () => {
    const { first, second } = await lateCommit("at serial", "(id) VALUES (?)", { config: { lookback: 10 } });
    expect(first.warnings).toEqual([]);
    expect(second).toContain(2);
  });
  test("is lost with a warning where the key is a number and nothing else is set", async () => {
    const { first, second } = await lateCommit("at serial", "(id) VALUES (?)");
    expect(first.warnings[0]).toContain("a row that commits after this run with a value before the bookmark is not read by the next run");
    expect(second).toEqual([3]);
  });
  test("a role that may not see others' transactions is told which right it lacks", async () => {
    const { database } = await setUp("at timestamptz DEFAULT now()", "INSERT INTO t VALUES (1)");
    const role = `blind_${database.database}`;
    await database.read(`CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT SELECT ON t TO ${role}`);
    onTestFinished(async () => void (await database.read(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`)));
    await session(database);
    const catalog = incremental(await discoverCatalog(database), stream, "at");
    const { warnings } = await runTap({ ...database, user: role, password: "x" }, { catalog });
    expect(warnings).toEqual([expect.stringContaining("GRANT pg_read_all_stats")]);
  });
});

test("default_replication_method INCREMENTAL takes updated_at where the server fills it, and reads other tables whole", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE a (id int, updated_at timestamptz DEFAULT now()); CREATE TABLE b (id int, updated_at timestamptz)");
  const catalog = await discoverCatalog(database, { default_replication_method: "INCREMENTAL" });
  expect(catalog.streams.map(({ replication_method, replication_key }) => [replication_method, replication_key])).toEqual([
    ["INCREMENTAL", "updated_at"],
    ["FULL_TABLE", undefined],
  ]);
});

test("a range that stopped goes on in itself, with no row of another one and no warning of late rows", async () => {
  const { read } = await setUp(
    "seen_at timestamptz, body text",
    "INSERT INTO t SELECT n, '2026-01-01 00:00Z'::timestamptz + n * interval '1 minute', repeat('x', 1000) FROM generate_series(0, 29999) AS n",
    "INSERT INTO t VALUES (-1, NULL, ''), (-2, 'infinity', ''), (-3, '-infinity', '')",
  );
  const config = { start_date: "2026-01-02T00:00:00+01:00", end_date: "2026-01-12T00:00:00+01:00" };
  const first = await read("seen_at", { config, until: ({ type }) => type === "STATE" });
  const second = await read("seen_at", { config, state: first.state });
  expect(first.warnings).toEqual([]);
  expect(ids(second).length).toBeLessThan(14_400);
  expect([...new Set([...ids(first), ...ids(second)])].sort((a, b) => a - b)).toEqual(Array.from({ length: 14_400 }, (_, n) => 1380 + n));
  expect(ids(await read("seen_at", { config, state: second.state }))).toEqual([]);
});
