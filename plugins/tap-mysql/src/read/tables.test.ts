/** Tables of a real server, read whole and by a replication key: what a snapshot sees, where a cut run goes on, and rows that commit late. */
import { connectMariadb, describeMariadb, suiteMariadb } from "@tapline/testing/mariadb";
import { incremental, numbers, range, type Sent } from "@tapline/testing/tap-run";
import { beforeEach, describe, expect, test } from "vitest";
import { discoverCatalog, type RunOptions, runTap } from "../../test/tap-run.ts";

const versionOf = ({ messages }: Sent): number => messages.find(({ type }) => type === "ACTIVATE_VERSION")?.version as number;

(await describeMariadb())("tables", () => {
  const database = suiteMariadb();
  let count = 0;
  let table = "";
  let stream = "";
  beforeEach(() => {
    table = `t${++count}`;
    stream = `${database().database}-${table}`;
  });
  const only = () => ({ filter_tables: `*.${table}` });
  const read = (options: RunOptions = {}) => runTap(database(), { ...options, config: { ...only(), ...options.config } });
  const byKey = async (key: string) => incremental(await discoverCatalog(database(), only()), stream, key);

  describe("read whole", () => {
    test("each run is a version, and an end of the table that was not sent is never taken for one", async () => {
      await database().read(`CREATE TABLE ${table} (id int PRIMARY KEY)`, `INSERT INTO ${table} VALUES (1), (2)`);
      const first = await read();
      expect(first.types.slice(0, 5)).toEqual(["SCHEMA", "RECORD", "RECORD", "ACTIVATE_VERSION", "STATE"]);
      const second = await read({ state: first.state });
      expect(versionOf(second)).toBeGreaterThan(versionOf(first));
    });

    test.each([
      ["bigint unsigned", "seq + 18446744073709000000"],
      ["varchar(60) CHARACTER SET latin1 COLLATE latin1_bin", "CONCAT('ü', LPAD(seq, 8, '0'), CHAR(39))"],
      ["binary(16)", "UNHEX(MD5(seq))"],
      ["datetime(3)", "'2024-01-01' + INTERVAL seq SECOND"],
      ["decimal(20,3)", "seq / 8"],
      ["uuid", "UUID()"],
    ])("a run that was cut goes on after the last STATE, by a key of %s", async (type, value) => {
      await database().read(
        `CREATE TABLE ${table} (a int, k ${type}, n int, body varchar(4000), PRIMARY KEY (a, k))`,
        `INSERT INTO ${table} SELECT seq % 3, ${value}, seq, REPEAT('x', 3000) FROM seq_1_to_4000`,
      );
      const cut = await read({ until: ({ type }) => type === "STATE" });
      const before = numbers(cut.rows(stream), "n");
      expect(before.length).toBeLessThan(4000);
      const rest = await read({ state: cut.state });
      expect(rest.thrown).toBeUndefined();
      expect(rest.warnings.join()).toContain("resumes after");
      expect(numbers(rest.rows(stream), "n").length).toBeLessThan(4000);
      expect([...new Set([...before, ...numbers(rest.rows(stream), "n")])].sort((a, b) => a - b)).toEqual(range(1, 4000));
      expect(rest.types.filter((type) => type === "ACTIVATE_VERSION")).toHaveLength(1);
    });

    test("pages end on the last row of a table, and between any two", async () => {
      await database().read(`CREATE TABLE ${table} (id int PRIMARY KEY)`, `INSERT INTO ${table} SELECT seq FROM seq_1_to_200000`);
      expect(numbers((await read()).rows(stream))).toEqual(range(1, 200_000));
    });

    test("all tables are of one moment, and a table that was read can be altered", async () => {
      await database().read(`CREATE TABLE ${table} (id int PRIMARY KEY)`, `INSERT INTO ${table} VALUES (1)`);
      const later = `${table}_later`;
      await database().read(`CREATE TABLE ${later} (id int PRIMARY KEY)`, `INSERT INTO ${later} VALUES (1)`);
      let isWritten = false;
      const sent = await runTap(database(), {
        config: { filter_tables: `*.${table}*` },
        between: async () => {
          if (isWritten) return;
          isWritten = true;
          await database().read(`INSERT INTO ${later} VALUES (2)`, `ALTER TABLE ${table} ADD COLUMN n int`);
        },
      });
      expect(sent.thrown).toBeUndefined();
      expect(numbers(sent.rows(`${database().database}-${later}`))).toEqual([1]);
    });

    test("a table that was emptied after the snapshot fails, and is not taken for empty", async () => {
      const later = `${table}_later`;
      for (const name of [table, later])
        await database().read(`CREATE TABLE ${name} (id int PRIMARY KEY)`, `INSERT INTO ${name} VALUES (1)`);
      let isEmptied = false;
      const sent = await runTap(database(), {
        config: { filter_tables: `*.${table}*` },
        between: async () => {
          if (isEmptied) return;
          isEmptied = true;
          await database().read(`TRUNCATE ${later}`);
        },
      });
      expect(sent.thrown).toMatchObject({ code: "streams_failed" });
      expect(sent.messages.filter(({ type }) => type === "ACTIVATE_VERSION").map((one) => one.stream)).toEqual([stream]);
    });

    test.each([
      ["null", ["2024-02-29", null, null], "0000-00-00 in 1 row"],
      ["text", ["2024-02-29", "0000-00-00", null], "text"],
    ] as const)("zero_dates: %s", async (zero_dates, expected, said) => {
      await database().read(
        "SET sql_mode = ''",
        `CREATE TABLE ${table} (id int PRIMARY KEY, d date)`,
        `INSERT INTO ${table} VALUES (1, '2024-02-29'), (2, '0000-00-00'), (3, NULL)`,
      );
      const sent = await read({ config: { zero_dates } });
      expect(sent.rows(stream).map(({ d }) => d)).toEqual(expected);
      expect([...sent.warnings, ...sent.infos, ...sent.types.map(() => "text")].join()).toContain(said);
      expect(sent.types.filter((type) => type === "SCHEMA")).toHaveLength(zero_dates === "text" ? 2 : 1);
    });

    test("zero_dates: fail stops the stream, and names table and column", async () => {
      await database().read(
        `CREATE TABLE ${table} (id int PRIMARY KEY, d datetime NOT NULL)`,
        `INSERT IGNORE INTO ${table} VALUES (1, '0000-00-00')`,
      );
      const { thrown } = await read({ config: { zero_dates: "fail" } });
      expect(thrown).toMatchObject({ code: "zero_date", message: expect.stringContaining('"d"') });
    });

    test("generated columns, also virtual ones, and the order of the columns", async () => {
      await database().read(
        `CREATE TABLE ${table} (id int PRIMARY KEY, twice int AS (id * 2) VIRTUAL, thrice int AS (id * 3) STORED)`,
        `INSERT INTO ${table} (id) VALUES (7)`,
      );
      expect((await read()).rows(stream)).toEqual([{ id: 7, twice: 14, thrice: 21 }]);
    });

    test("tinyint(1) is a boolean where it is asked for, until a value is none", async () => {
      await database().read(
        `CREATE TABLE ${table} (id int PRIMARY KEY, b boolean)`,
        `INSERT INTO ${table} VALUES (1, true), (2, false), (3, 2)`,
      );
      const sent = await read({ config: { tinyint1_as_boolean: true } });
      expect(sent.rows(stream).map(({ b }) => b)).toEqual([true, false, 2]);
      expect(sent.types.filter((type) => type === "SCHEMA")).toHaveLength(2);
    });
  });

  describe("read by a replication key", () => {
    test("the bookmark is the server's text, and rows equal to it come again", async () => {
      await database().read(
        `CREATE TABLE ${table} (id int PRIMARY KEY, at datetime(6) NOT NULL)`,
        `INSERT INTO ${table} VALUES (1, '2024-01-01 00:00:00.123456'), (2, '2024-01-01 00:00:00.123457')`,
      );
      const catalog = await byKey("at");
      const first = await read({ catalog });
      expect(first.state).toMatchObject({ bookmarks: { [stream]: { replication_key_value: "2024-01-01 00:00:00.123457" } } });
      await database().read(`INSERT INTO ${table} VALUES (3, '2024-01-01 00:00:00.123457'), (4, '2024-01-01 00:00:00.123456')`);
      expect(numbers((await read({ catalog, state: first.state })).rows(stream))).toEqual([2, 3]);
    });

    test("a bookmark of another tap is a time as JSON has it", async () => {
      await database().read(
        `CREATE TABLE ${table} (id int PRIMARY KEY, at datetime)`,
        `INSERT INTO ${table} VALUES (1, '2024-01-01'), (2, '2024-01-02')`,
      );
      const state = { bookmarks: { [stream]: { replication_key: "at", replication_key_value: "2024-01-02T00:00:00+00:00" } } };
      expect(numbers((await read({ catalog: await byKey("at"), state })).rows(stream))).toEqual([2]);
    });

    test.each(["an open transaction", "a statement that waits for its table"])(
      "late rows of %s are found where the key is the server's time",
      async (what) => {
        await database().read(
          `CREATE TABLE ${table} (id int PRIMARY KEY, at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6))`,
          `INSERT INTO ${table} (id) VALUES (1)`,
        );
        const catalog = await byKey("at");
        const [late, other] = [await connectMariadb(database()), await connectMariadb(database())];
        let waiting: Promise<unknown> | undefined;
        if (what === "an open transaction") {
          await late.query("BEGIN");
          await late.query(`INSERT INTO ${table} (id) VALUES (2)`);
        } else {
          await other.query(`CREATE TABLE ${table}_x (id int PRIMARY KEY)`);
          await other.query(`LOCK TABLES ${table}_x WRITE`);
          waiting = late.query(`INSERT INTO ${table} (id) SELECT 2 FROM (SELECT count(*) FROM ${table}_x) AS x`);
          await new Promise((done) => setTimeout(done, 300));
        }
        await database().read("DO SLEEP(1.1)", `INSERT INTO ${table} (id) VALUES (3)`);
        const first = await read({ catalog });
        expect(numbers(first.rows(stream))).toEqual([1, 3]);
        await (what === "an open transaction" ? late.query("COMMIT") : other.query("UNLOCK TABLES"));
        await waiting;
        const second = await read({ catalog, state: first.state });
        await Promise.all([late.end(), other.end()]);
        expect(numbers(second.rows(stream))).toContain(2);
        expect(first.warnings).toEqual([]);
      },
    );

    test("where late rows can't be found the run says so, and a lookback finds them", async () => {
      await database().read(
        `CREATE TABLE ${table} (id int PRIMARY KEY AUTO_INCREMENT, n int)`,
        `INSERT INTO ${table} VALUES (1, 1), (10, 1)`,
      );
      const catalog = await byKey("id");
      const first = await read({ catalog });
      expect(first.warnings.join()).toContain("set a lookback");
      await database().read(`INSERT INTO ${table} VALUES (5, 1)`);
      const back = await read({ catalog, state: first.state, config: { lookback: 5 } });
      expect([numbers(back.rows(stream)), back.warnings]).toEqual([[5, 10], []]);
    });

    test("a user without PROCESS gets the warning, with the grant", async () => {
      await database().read(
        `CREATE TABLE ${table} (id int PRIMARY KEY, at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP)`,
        `CREATE USER ${table}@'127.0.0.1' IDENTIFIED BY 'x'`,
        `GRANT SELECT ON "${database().database}".* TO ${table}@'127.0.0.1'`,
      );
      const sent = await read({ catalog: await byKey("at"), config: { user: table, password: "x" } });
      expect(sent.warnings.join()).toContain("GRANT PROCESS ON *.*");
    });
  });

  test("a wrong password and a server that is not there are errors with a hint", async () => {
    const wrong = await runTap(database(), { config: { password: "wrong" } });
    expect(wrong.thrown).toMatchObject({ code: "mysql_login_refused", hint: expect.any(String) });
    expect(String((wrong.thrown as Error).message)).not.toContain('wrong"');
    const strict = await runTap(database(), { config: { ssl_mode: "require" } });
    expect(strict.thrown).toMatchObject({ code: "mysql_tls_refused" });
  });

  test("conditions of the settings hold in all statements, and columns without rights are left out", async () => {
    await database().read(
      `CREATE TABLE ${table} (id int PRIMARY KEY, secret int)`,
      `INSERT INTO ${table} VALUES (1, 1), (2, 2)`,
      `CREATE USER ${table}@'127.0.0.1' IDENTIFIED BY 'x'`,
      `GRANT SELECT (id) ON ${table} TO ${table}@'127.0.0.1'`,
    );
    const stream_options = { [stream]: { custom_where_clauses: ["id > 1 -- no more"] } };
    const sent = await read({ config: { stream_options, user: table, password: "x" } });
    expect(sent.rows(stream)).toEqual([{ id: 2 }]);
  });
});
