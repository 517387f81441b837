/** LOG_BASED streams of a real server: the first run, later runs, and what each change becomes. */
import { numbers, range } from "@tapline/testing/tap-run";
import { describe, expect, test } from "vitest";
import { brief, Capture, logServer } from "../../test/log-run.ts";
import { runTap } from "../../test/tap-run.ts";
import { readLsn } from "./lsn.ts";

const newDatabase = logServer();

async function capture(...statements: string[]): Promise<Capture> {
  const it = new Capture(await newDatabase());
  if (statements.length > 0) await it.database.read(...statements);
  return it;
}

const read = (it: Capture, ...statements: string[]) => it.database.read(...statements);

describe("the first run", () => {
  test("reads the tables whole, and the next one the changes since, with values as a whole read has them", async () => {
    const columns =
      "n numeric, m numeric(10,2), t timestamptz, d date, b bytea, j jsonb, k json, a int[], x text[], o money, u uuid, f boolean, h double precision, c pair";
    const row = `1.50, 2.5, '2026-01-02 03:04:05.678901+02', '2026-01-02', '\\x00ff', '{"a": [1, "\\n"]}', E'{"a":\\n1}', '{1,NULL}', '{"a\\"b",NULL}', '-1234.5', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', true, 1e300, '(1,"a b")'`;
    const it = await capture(
      "CREATE TYPE pair AS (x int, y text)",
      `CREATE TABLE items (id bigint PRIMARY KEY, name text, ${columns})`,
      `INSERT INTO items VALUES (1, E'a "b" \\\\ c\\td\\n\\v', ${row})`,
      "INSERT INTO items VALUES (2)",
    );
    const first = await it.ok();
    expect(numbers(first.rows("public-items"))).toEqual([1, 2]);
    await read(it, "INSERT INTO items SELECT id + 10, name, n, m, t, d, b, j, k, a, x, o, u, f, h, c FROM items");
    await read(it, "UPDATE items SET name = '' WHERE id = 2", "DELETE FROM items WHERE id = 12");
    const second = await it.ok();
    expect(numbers(second.rows("public-items"))).toEqual([2, 11, 12, 12]);
    expect(it.loaded.rows("public-items")).toEqual(await it.expected("public-items"));
    const [one, , eleven] = it.loaded.rows("public-items") as { id: number }[];
    expect(eleven).toEqual({ ...one, id: 11 });
    const third = await it.ok();
    expect(brief(third.messages)).toEqual(["SCHEMA public-items", "SCHEMA public-items", "STATE"]);
  });
  test("leaves what is written while it reads to the next run, and nothing comes twice", async () => {
    const it = await capture("CREATE TABLE items (id bigint PRIMARY KEY)", "INSERT INTO items SELECT generate_series(1, 1000)");
    let written = 1000;
    const first = await it.ok({ between: async () => void (await read(it, `INSERT INTO items VALUES (${++written})`)) });
    const second = await it.ok();
    expect(numbers([...first.rows("public-items"), ...second.rows("public-items")])).toEqual(range(1, written));
  });
  test("a snapshot that was killed starts over as a new version, and tables that were whole do not", async () => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE b (id int PRIMARY KEY)");
    await read(it, "INSERT INTO a VALUES (1)", "INSERT INTO b SELECT generate_series(1, 20)");
    const killed = await it.run({ until: ({ type, stream }) => type === "RECORD" && stream === "public-b" });
    expect(Object.keys((it.state as { bookmarks: object }).bookmarks)).toEqual(["public-a"]);
    await read(it, "DELETE FROM b WHERE id = 20", "INSERT INTO a VALUES (2)");
    const next = await it.ok();
    expect(next.rows("public-a")).toEqual([{ id: 2 }]);
    const versions = [killed, next].map(
      ({ messages }) => messages.find(({ record, stream }) => record !== undefined && stream === "public-b")?.version,
    );
    expect(versions[1]).toBeGreaterThan(versions[0] as number);
    expect(numbers(it.loaded.rows("public-b") as { id: number }[])).toEqual(range(1, 19));
  });
  test("killed before any STATE, it goes on with its slot; without a state id and a setting it has no name for one", async () => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY)", "INSERT INTO a VALUES (1)");
    await it.run({ until: ({ type }) => type === "RECORD" });
    expect(it.state).toEqual({});
    await it.ok();
    expect(await read(it, "SELECT count(*) FROM pg_replication_slots WHERE database = current_database()")).toEqual([["1"]]);
    const { thrown } = await runTap(it.database, { config: { default_replication_method: "LOG_BASED" } });
    expect(thrown).toMatchObject({ cause: { code: "slot_unnamed" } });
  });
});

describe("transactions", () => {
  test("come whole and in the order of their commits; what was rolled back does not come; STATEs are at commits", async () => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY, v int)", "CREATE TABLE b (id int PRIMARY KEY)");
    await it.ok();
    await read(
      it,
      "BEGIN; INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1); SAVEPOINT s; INSERT INTO a VALUES (2, 2); ROLLBACK TO s; UPDATE a SET v = 3; COMMIT",
      "BEGIN; INSERT INTO a VALUES (9, 9); ROLLBACK",
      "INSERT INTO a VALUES (3, 3)",
    );
    const { messages, rows } = await it.ok();
    expect(rows("public-a")).toEqual([
      { id: 1, v: 1 },
      { id: 1, v: 3 },
      { id: 3, v: 3 },
    ]);
    expect(messages.at(-1)?.type).toBe("STATE");
    expect(it.loaded.rows("public-b")).toEqual([{ id: 1 }]);
  });
  test("a large one that was cut comes again whole, and memory does not hold it", async () => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY, v text)");
    await it.ok();
    const before = it.state;
    await read(it, "INSERT INTO a SELECT n, repeat('x', 200) FROM generate_series(1, 50000) AS n");
    const killed = await it.run({ until: ({ record }) => record?.id === 30000 });
    expect(killed.types).not.toContain("STATE");
    expect(it.state).toEqual(before);
    await it.ok();
    expect(it.loaded.rows("public-a")).toHaveLength(50_000);
  });
  test("one that is open when a run ends comes with the run after its commit", async () => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY)");
    await it.ok();
    await read(it, "BEGIN; INSERT INTO a VALUES (1); PREPARE TRANSACTION 'open'", "INSERT INTO a VALUES (2)");
    expect((await it.ok()).rows("public-a")).toEqual([{ id: 2 }]);
    await read(it, "COMMIT PREPARED 'open'");
    expect((await it.ok()).rows("public-a")).toEqual([{ id: 1 }]);
  });
});

describe("the slot", () => {
  const confirmed = async (it: Capture): Promise<bigint> =>
    readLsn((await read(it, "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE database = current_database()"))[0]?.[0]) as bigint;

  test("forgets what the state of the next run has, and never more", async () => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY)");
    await it.ok();
    await read(it, "INSERT INTO a VALUES (1)");
    await it.ok();
    const second = readLsn(it.bookmark("public-a").lsn) as bigint;
    expect(await confirmed(it)).toBeLessThan(second);
    await read(it, "INSERT INTO a VALUES (2)");
    // A run whose rows were never stored: the state stays.
    const { state } = it;
    await it.ok();
    expect(await confirmed(it)).toBeLessThanOrEqual(second);
    it.state = state;
    expect((await it.ok()).rows("public-a")).toEqual([{ id: 2 }]);
    expect(await confirmed(it)).toBeLessThanOrEqual(second);
  });
  test("does not hold back the log while only other tables are written", async () => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE other (id int, v text)");
    const config = { filter_tables: "public.a" };
    await it.ok({ config });
    await read(it, "INSERT INTO other SELECT n, repeat('x', 500) FROM generate_series(1, 20000) AS n", "CHECKPOINT");
    for (let run = 0; run < 3; run++) {
      await read(it, "CHECKPOINT", "SELECT pg_log_standby_snapshot()");
      await it.ok({ config });
    }
    const [[kept]] = (await read(
      it,
      "SELECT pg_current_wal_lsn() - restart_lsn FROM pg_replication_slots WHERE database = current_database()",
    )) as [[string]];
    expect(Number(kept)).toBeLessThan(2_000_000);
  });
  test("is waited for while a run that was killed still holds it", async () => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY)");
    await it.ok();
    const [[slot]] = (await read(it, "SELECT slot_name FROM pg_replication_slots WHERE database = current_database()")) as [[string]];
    const { openFeed } = await import("./feed.ts");
    const { connectionOptions } = await import("@tapline/postgres");
    const { host, port, user, password, database } = it.database;
    const feed = await openFeed(connectionOptions({ host, port, user, password, database }, "dead"), {
      slot,
      publication: slot,
      start: 0n,
      confirmed: 0n,
    });
    await feed.read(() => false);
    await read(it, "INSERT INTO a VALUES (1)");
    const ended = new Promise((resolve) => setTimeout(resolve, 3000)).then(() => feed[Symbol.asyncDispose]());
    const { infos, rows } = await it.ok();
    await ended;
    expect(rows("public-a")).toEqual([{ id: 1 }]);
    expect(infos.join()).toMatch(/waits until process \d+ of the server lets go/);
  });
});

describe("a row", () => {
  test("with a new key is a delete of the old key and a new row; a delete has its key and its time", async () => {
    const it = await capture(
      "CREATE TABLE a (id int, part text, v int, PRIMARY KEY (id, part))",
      "INSERT INTO a VALUES (1, 'p', 1), (2, 'p', 2)",
    );
    await it.ok();
    await read(it, "UPDATE a SET id = 10 WHERE id = 1", "DELETE FROM a WHERE id = 2", "UPDATE a SET v = 5 WHERE id = 10");
    const { rows } = await it.ok();
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(rows("public-a")).toEqual([
      { id: 1, part: "p", _sdc_deleted_at: at },
      { id: 10, part: "p", v: 1 },
      { id: 2, part: "p", _sdc_deleted_at: at },
      { id: 10, part: "p", v: 5 },
    ]);
    expect(it.loaded.rows("public-a")).toEqual([{ id: 10, part: "p", v: 5 }]);
  });
  test("whose table has another identity, or FULL, is found by its key", async () => {
    const it = await capture(
      "CREATE TABLE i (id int PRIMARY KEY, code text NOT NULL UNIQUE, v int)",
      "CREATE TABLE f (id int PRIMARY KEY, v int)",
      "ALTER TABLE f REPLICA IDENTITY FULL",
      "INSERT INTO f VALUES (1, 1), (2, 2)",
    );
    await it.ok();
    await read(it, "UPDATE f SET v = 3", "UPDATE f SET id = 9 WHERE id = 1", "DELETE FROM f WHERE id = 2");
    await it.ok();
    expect(it.loaded.rows("public-f")).toEqual([{ id: 9, v: 3 }]);
  });
  test("of a TRUNCATE is of an older version, and rows after it are not", async () => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY)", "INSERT INTO a SELECT generate_series(1, 10)");
    await it.ok();
    await read(
      it,
      "INSERT INTO a VALUES (11)",
      "BEGIN; INSERT INTO a VALUES (12); TRUNCATE a; INSERT INTO a VALUES (1); COMMIT",
      "INSERT INTO a VALUES (13)",
    );
    const { types } = await it.ok();
    expect(types).toContain("ACTIVATE_VERSION");
    expect(it.loaded.rows("public-a")).toEqual([{ id: 1 }, { id: 13 }]);
    await read(it, "UPDATE a SET id = 14 WHERE id = 13");
    await it.ok();
    expect(it.loaded.rows("public-a")).toEqual([{ id: 1 }, { id: 14 }]);
  });
  test("of a partitioned table comes as the table's own, and moves between partitions", async () => {
    const it = await capture(
      "CREATE TABLE p (id int PRIMARY KEY, v int) PARTITION BY RANGE (id)",
      "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
      "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20)",
      "INSERT INTO p VALUES (1, 1)",
    );
    await it.ok();
    await read(it, "UPDATE p SET id = 11 WHERE id = 1", "INSERT INTO p VALUES (2, 2)", "UPDATE p1 SET v = 3 WHERE id = 2");
    await it.ok();
    expect(it.loaded.rows("public-p")).toEqual([
      { id: 2, v: 3 },
      { id: 11, v: 1 },
    ]);
  });
  test("with a date that schemas don't know changes the stream's schema, before and in the log", async () => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY, d date, n numeric(5,1))", "INSERT INTO a VALUES (1, '2026-01-01', 1)");
    await it.ok();
    await read(
      it,
      "INSERT INTO a VALUES (2, 'infinity', 2)",
      "INSERT INTO a VALUES (3, '2026-01-03', 3)",
      "INSERT INTO a VALUES (4, '2026-01-04', 4)",
    );
    const { messages } = await it.ok();
    expect(it.loaded.rows("public-a")).toEqual((await it.expected("public-a")) as unknown[]);
    expect(messages.filter(({ type }) => type === "SCHEMA")).toHaveLength(3);
  });
  test("lacks generated columns, which the log does not have, and the run says so", async () => {
    const it = await capture(
      "CREATE TABLE a (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED)",
      "INSERT INTO a VALUES (1)",
    );
    const { warnings, rows } = await it.ok();
    expect(rows("public-a")).toEqual([{ id: 1 }]);
    expect(warnings.join()).toMatch(/generated columns: "twice"/);
  });
});
