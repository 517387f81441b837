/** Changes of a real server: the first run, later ones, every kind of change, and every type as a whole read has it. */
import { execFile } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { ownCommand } from "@tapline/testing";
import { connectMariadb, describeMariadb, suiteMariadbServer } from "@tapline/testing/mariadb";
import { Loaded, type Message } from "@tapline/testing/tap-run";
import { expect, test } from "vitest";
import { brief, Capture, codeOf } from "../../test/log-run.ts";
import { sqlTapOf } from "../../test/sql-tap.ts";
import { runTap, settings } from "../../test/tap-run.ts";
import { openSession } from "../session/session.ts";
import { connectionOptions } from "../session/settings.ts";
import { snapshotByLock, snapshotOfLog } from "./server-facts.ts";

(await describeMariadb())("changes", () => {
  const { server, database } = suiteMariadbServer();
  const capture = async (...statements: string[]): Promise<Capture> => {
    const own = await database();
    await own.read(...statements);
    return new Capture(own);
  };

  test("the first run reads whole, later ones send what changed, and a quiet log sends nothing", async () => {
    const pipe = await capture(
      "CREATE TABLE items (id int PRIMARY KEY, name varchar(20))",
      "INSERT INTO items VALUES (1, 'a'), (2, 'b'), (3, 'c')",
    );
    const { database: name, read } = pipe.database;
    const first = await pipe.ok();
    expect(first.rows(`${name}-items`)).toHaveLength(3);
    await read(
      "INSERT INTO items VALUES (4, 'd')",
      "UPDATE items SET name = 'B' WHERE id = 2",
      "DELETE FROM items WHERE id = 1",
      "UPDATE items SET id = 30 WHERE id = 3",
    );
    const second = await pipe.ok();
    expect(brief(second.messages).filter((line) => line.includes("{"))).toEqual([
      `${name}-items {"id":4,"name":"d"}`,
      `${name}-items {"id":2,"name":"B"}`,
      expect.stringMatching(/{"id":1,"_sdc_deleted_at":"20\d\d-.*Z"}$/),
      expect.stringMatching(/{"id":3,"_sdc_deleted_at":"20\d\d-.*Z"}$/),
      `${name}-items {"id":30,"name":"c"}`,
    ]);
    expect(pipe.rows("items")).toEqual(await pipe.expected("items"));
    const third = await pipe.ok();
    expect(third.types.filter((type) => type === "RECORD" || type === "ACTIVATE_VERSION")).toEqual([]);
    expect(pipe.bookmark("items")).toMatchObject({
      log_file: expect.stringMatching(/^binlog\.\d+$/),
      gtid: expect.stringMatching(/^0-1-\d+$/),
    });
  });

  test("each value of each type is what a whole read sends", async () => {
    const own = await database();
    const { types } = sqlTapOf(own, []);
    const more = [
      { type: "tinyint unsigned", values: [["255"], ["0"]] },
      { type: "smallint", values: [["-32768"]] },
      { type: "mediumint", values: [["-8388608"], ["8388607"]] },
      { type: "mediumint unsigned", values: [["16777215"]] },
      { type: "int", values: [["-2147483648"]] },
      {
        type: "decimal(65,30)",
        values: [["-99999999999999999999999999999999999.999999999999999999999999999999"], ["0.000000000000000000000000000001"], ["0"]],
      },
      { type: "decimal(5,0)", values: [["-12345"], ["7"]] },
      { type: "decimal(3,3)", values: [["-0.001"]] },
      { type: "float(7,4)", values: [["999.9999"]] },
      { type: "bit(9)", values: [["b'100000001'"]] },
      { type: "datetime", values: [["'9999-12-31 23:59:59'"], ["'1000-01-01'"]] },
      { type: "datetime(1)", values: [["'2024-01-01 00:00:00.5'"]] },
      { type: "datetime(3)", values: [["'2024-01-01 00:00:00.001'"]] },
      { type: "timestamp(5) NULL", values: [["'2038-01-19 03:14:07.99999'"], ["'1970-01-01 00:00:01'"]] },
      { type: "time(3)", values: [["'-838:59:59.999'"], ["'-00:00:00.001'"], ["'11:00:00.120'"]] },
      { type: "time(2)", values: [["'-00:00:59.99'"]] },
      { type: "date", values: [["'0000-00-00'"], ["'2024-01-01'"]] },
      { type: "datetime", values: [["'2024-05-00'"], ["'0000-00-00'"]] },
      { type: "char(5)", values: [["'ab  '"], ["''"]] },
      { type: "varchar(300)", values: [["REPEAT('ü', 300)"]] },
      { type: "longtext", values: [["REPEAT('x', 100000)"]] },
      { type: "varchar(200) COMPRESSED", values: [["REPEAT('ü', 200)"], ["''"]] },
      { type: "blob COMPRESSED", values: [["REPEAT('x', 5000)"]] },
      { type: "text CHARACTER SET cp1251", values: [["'Привет'"]] },
      { type: "text CHARACTER SET utf16", values: [["'日本 👧'"]] },
      { type: "text CHARACTER SET ucs2", values: [["'日本'"]] },
      { type: "text CHARACTER SET utf32", values: [["'日本 👧'"]] },
      { type: "text CHARACTER SET gbk", values: [["'中文'"]] },
      { type: "text CHARACTER SET ujis", values: [["'日本語'"]] },
      { type: "text CHARACTER SET big5", values: [["'中文'"]] },
      { type: "text CHARACTER SET euckr", values: [["'한국어'"]] },
      { type: "enum('ä','ö') CHARACTER SET latin1", values: [["'ö'"]] },
      { type: "set('ä','ö') CHARACTER SET latin1", values: [["'ä,ö'"]] },
      { type: "binary(4)", values: [["X'00000000'"], ["X'01020000'"]] },
      { type: "inet4", values: [["'10.0.0.1'"]] },
      { type: "inet6", values: [["'::'"], ["'::1'"], ["'::ffff:1.2.3.4'"], ["'1:0:0:2:0:0:0:3'"]] },
      { type: "uuid", values: [["UUID()"], ["'00000000-0000-0000-0000-000000000000'"]] },
      { type: "geometry", values: [["ST_GeomFromText('LINESTRING(0 0, 1 1)', 4326)"]] },
      { type: "json", values: [["'[1.]'"], ["'null'"], ["'1.50'"]] },
    ];
    const all = [...types, ...more].map(({ type, values }) => ({ type, values: values.map(([sql]) => sql) }));
    await own.read("SET sql_mode = ''", ...all.map(({ type }, i) => `CREATE TABLE t${i} (id int PRIMARY KEY, v ${type})`));
    const pipe = new Capture(own);
    await pipe.ok();
    for (const [i, { values }] of all.entries())
      await own.read(
        "SET sql_mode = 'ALLOW_INVALID_DATES'",
        `INSERT INTO t${i} VALUES (0, NULL), ${values.map((value, id) => `(${id + 1}, ${value})`).join(", ")}`,
      );
    await pipe.ok();
    const whole = new Loaded().take((await runTap(own)).messages);
    for (const [i, { type, values }] of all.entries()) {
      const got = pipe.rows(`t${i}`);
      expect({ type, rows: got }).toEqual({ type, rows: whole.rows(pipe.stream(`t${i}`)) });
      expect(got).toHaveLength(values.length + 1);
    }
  });

  test("rolled-back work is never seen, also to a savepoint, and with a table without transactions", async () => {
    const pipe = await capture("CREATE TABLE items (id int PRIMARY KEY)", "CREATE TABLE other (id int PRIMARY KEY) ENGINE = MyISAM");
    await pipe.ok({ config: { filter_tables: "*.items" } });
    const { read } = pipe.database;
    await read("BEGIN", "INSERT INTO items VALUES (1)", "ROLLBACK");
    await read(
      "BEGIN",
      "INSERT INTO items VALUES (2)",
      "SAVEPOINT a",
      "INSERT INTO items VALUES (3)",
      "ROLLBACK TO a",
      "INSERT INTO items VALUES (4)",
      "COMMIT",
    );
    await read("BEGIN", "INSERT INTO items VALUES (5)", "INSERT INTO other VALUES (5)", "ROLLBACK");
    await pipe.ok({ config: { filter_tables: "*.items" } });
    expect(pipe.rows("items")).toEqual([{ id: 2 }, { id: 4 }]);
  });

  test("generated columns, also virtual ones", async () => {
    const pipe = await capture("CREATE TABLE items (id int PRIMARY KEY, twice int AS (id * 2) VIRTUAL, thrice int AS (id * 3) STORED)");
    await pipe.ok();
    await pipe.database.read("INSERT INTO items (id) VALUES (1), (2)", "UPDATE items SET id = 5 WHERE id = 1");
    await pipe.ok();
    expect(pipe.rows("items")).toEqual([
      { id: 2, twice: 4, thrice: 6 },
      { id: 5, twice: 10, thrice: 15 },
    ]);
  });

  test("a truncated table is a new version", async () => {
    const pipe = await capture("CREATE TABLE items (id int PRIMARY KEY)", "INSERT INTO items VALUES (1), (2)");
    await pipe.ok();
    await pipe.database.read("TRUNCATE TABLE items", "INSERT INTO items VALUES (3)");
    const sent = await pipe.ok();
    expect(sent.types.filter((type) => type === "ACTIVATE_VERSION")).toHaveLength(1);
    expect(pipe.rows("items")).toEqual([{ id: 3 }]);
  });

  test("a large transaction is sent as it comes, and its STATE stands after it", async () => {
    const pipe = await capture("CREATE TABLE items (id int PRIMARY KEY, body varchar(1000))");
    await pipe.ok();
    await pipe.database.read("INSERT INTO items SELECT seq, REPEAT('x', 1000) FROM seq_1_to_10000");
    const cut = await pipe.run({ until: ({ type, record }) => type === "RECORD" && record.id === 9000 });
    expect(cut.types.slice(0, -1).filter((type) => type === "STATE").length).toBeLessThan(2);
    expect(pipe.rows("items")).toEqual([]);
    await pipe.ok();
    expect(pipe.rows("items")).toHaveLength(10_000);
  });

  test.each([
    ["a new column without a default", "ALTER TABLE items ADD COLUMN n int", false],
    ["a column that is gone", "ALTER TABLE items DROP COLUMN name", false],
    ["another order of the columns", "ALTER TABLE items MODIFY name varchar(20) FIRST", true],
    ["a new column with a default", "ALTER TABLE items ADD COLUMN n int NOT NULL DEFAULT 7", true],
    ["a renamed column", "ALTER TABLE items RENAME COLUMN name TO title", true],
    ["another type", "ALTER TABLE items MODIFY name text", true],
  ] as const)("%s", async (_, change, isReadAgain) => {
    const pipe = await capture("CREATE TABLE items (id int PRIMARY KEY, name varchar(20))", "INSERT INTO items VALUES (1, 'a')");
    await pipe.ok();
    await pipe.database.read("INSERT INTO items (id, name) VALUES (2, 'b')", change, "INSERT INTO items (id) VALUES (3)");
    const sent = await pipe.ok();
    expect(sent.warnings.some((line) => line.includes("read whole again"))).toBe(isReadAgain);
    const rows = pipe.rows("items") as Record<string, unknown>[];
    const expected = (await pipe.expected("items")) as Record<string, unknown>[];
    // A column that is gone keeps its values; one that a row lacks is NULL.
    for (const [i, row] of expected.entries())
      for (const [name, value] of Object.entries(row)) expect(rows[i]?.[name] ?? null).toEqual(value);
    expect(rows).toHaveLength(3);
  });

  test.each([
    [
      "dropped and made again",
      ["DROP TABLE items", "CREATE TABLE items (id int PRIMARY KEY, name varchar(20))", "INSERT INTO items VALUES (9, 'z')"],
    ],
    ["changed by statements without rows in the log", ["SET binlog_format = 'STATEMENT'", "UPDATE items SET name = 'changed'"]],
    ["written without all columns in the log", ["SET binlog_row_image = 'MINIMAL'", "UPDATE items SET name = 'changed' WHERE id = 1"]],
    [
      "swapped by a tool that alters tables",
      [
        "CREATE TABLE shadow LIKE items",
        "INSERT INTO shadow SELECT id, UPPER(name) FROM items",
        "RENAME TABLE items TO old, shadow TO items",
      ],
    ],
    ["altered twice, back to what it was", ["ALTER TABLE items MODIFY name int NULL", "ALTER TABLE items MODIFY name varchar(20)"]],
    [
      "written by a prepared transaction",
      ["XA START 'x'", "INSERT INTO items VALUES (5, 'xa')", "XA END 'x'", "XA PREPARE 'x'", "XA COMMIT 'x'"],
    ],
  ])("a table that was %s is read whole again", async (_, statements) => {
    const pipe = await capture("CREATE TABLE items (id int PRIMARY KEY, name varchar(20))", "INSERT INTO items VALUES (1, '1'), (2, '2')");
    await pipe.ok({ config: { filter_tables: "*.items" } });
    const client = await connectMariadb(pipe.database);
    for (const sql of statements) await client.query(sql);
    await client.end();
    const sent = await pipe.ok({ config: { filter_tables: "*.items" } });
    expect(sent.warnings.join()).toContain("read whole again");
    expect(pipe.rows("items")).toEqual(await pipe.expected("items"));
  });

  test("an XA transaction that is only prepared is not seen, nor one that is rolled back", async () => {
    const pipe = await capture("CREATE TABLE items (id int PRIMARY KEY)");
    await pipe.ok();
    const client = await connectMariadb(pipe.database);
    for (const sql of ["XA START 'y'", "INSERT INTO items VALUES (1)", "XA END 'y'", "XA PREPARE 'y'"]) await client.query(sql);
    await pipe.ok();
    expect(pipe.rows("items")).toEqual([]);
    await client.query("XA ROLLBACK 'y'");
    await client.end();
    await pipe.ok();
    expect(pipe.rows("items")).toEqual([]);
  });

  test("a table that is selected later is read whole, while the others go on", async () => {
    const pipe = await capture("CREATE TABLE a (id int PRIMARY KEY)", "INSERT INTO a VALUES (1)");
    await pipe.ok();
    await pipe.database.read("CREATE TABLE b (id int PRIMARY KEY)", "INSERT INTO b VALUES (1)", "INSERT INTO a VALUES (2)");
    const sent = await pipe.ok();
    expect(numbersOf(sent.rows(pipe.stream("a")))).toEqual([2]);
    await pipe.database.read("INSERT INTO b VALUES (2)");
    await pipe.ok();
    expect([pipe.rows("a"), pipe.rows("b")]).toEqual([
      [{ id: 1 }, { id: 2 }],
      [{ id: 1 }, { id: 2 }],
    ]);
  });

  test("tables that the log can't tell are refused alone, each with what to do", async () => {
    const pipe = await capture(
      "CREATE TABLE a (id int PRIMARY KEY)",
      "CREATE TABLE b (id int)",
      "CREATE TABLE c (id int PRIMARY KEY) ENGINE = MyISAM",
      "INSERT INTO a VALUES (1)",
    );
    const sent = await pipe.run();
    expect(codeOf(sent.thrown)).toBe("binlog_not_followable");
    expect(pipe.rows("a")).toEqual([{ id: 1 }]);
    expect(String((sent.thrown as Error).message)).toMatch(/-b.*-c|-c.*-b/s);
  });

  test("changes while tables are read whole are seen once, over many files of the log", async () => {
    const pipe = await capture("CREATE TABLE items (id int PRIMARY KEY, n int)", "INSERT INTO items SELECT seq, 0 FROM seq_1_to_20000");
    const writer = await connectMariadb(pipe.database);
    let next = 20_000;
    const between = async () => {
      await writer.query(`INSERT INTO items VALUES (${++next}, 0)`);
      await writer.query(`UPDATE items SET n = n + 1 WHERE id % 1000 = ${next % 1000}`);
      await writer.query("FLUSH BINARY LOGS");
    };
    for (let i = 0; i < 3; i++) await pipe.ok({ between });
    await pipe.ok();
    await writer.end();
    expect(pipe.rows("items")).toEqual(await pipe.expected("items"));
  });

  test("a log that was purged, or is of another server or another history, stops and names the remedy", async () => {
    const pipe = await capture("CREATE TABLE items (id int PRIMARY KEY)");
    await pipe.ok();
    const { state } = pipe;
    const { read } = pipe.database;
    const bookmark = pipe.bookmark("items");
    const bookmarks = (change: Record<string, unknown>) => ({ bookmarks: { [pipe.stream("items")]: { ...bookmark, ...change } } }) as never;
    for (const [change, code] of [
      [{ server: "server_id 2, domain 0" }, "binlog_of_other_server"],
      [{ gtid: "0-1-999999" }, "binlog_other_history"],
      [{ log_pos: 2 ** 31 }, "binlog_purged"],
    ] as const) {
      const sent = await pipe.run({ state: bookmarks(change) });
      expect([codeOf(sent.thrown), (sent.thrown as { hint: string }).hint]).toEqual([code, expect.stringContaining("--full-refresh")]);
    }
    await read("FLUSH BINARY LOGS", "FLUSH BINARY LOGS");
    const [[now]] = (await read("SHOW MASTER STATUS")) as [[string]];
    // The server keeps a file as long as it thinks that somebody reads it.
    while ((await read("SHOW BINARY LOGS")).length > 1) await read(`PURGE BINARY LOGS TO '${now}'`);
    expect(codeOf((await pipe.run({ state })).thrown)).toBe("binlog_purged");
    await pipe.ok({ state: {} });
  });

  test.each([
    ["binlog_row_metadata", "MINIMAL", "FULL"],
    ["binlog_row_image", "MINIMAL", "FULL"],
    ["binlog_format", "MIXED", "ROW"],
  ])("%s other than it must be is refused, with the statement that mends it", async (setting, low, needed) => {
    const pipe = await capture("CREATE TABLE items (id int PRIMARY KEY)");
    await pipe.database.read(`SET GLOBAL ${setting} = ${low}`);
    try {
      const sent = await pipe.run();
      expect([codeOf(sent.thrown), (sent.thrown as { hint: string }).hint]).toEqual([
        "binlog_setting_low",
        expect.stringContaining(`SET GLOBAL ${setting} = ${needed}`),
      ]);
    } finally {
      await pipe.database.read(`SET GLOBAL ${setting} = ${needed}`);
    }
  });

  test("rows whose log lacked names are read again, though the setting is right now", async () => {
    const pipe = await capture("CREATE TABLE items (id int PRIMARY KEY, a varchar(5), b varchar(5))");
    await pipe.ok();
    await pipe.database.read(
      "SET GLOBAL binlog_row_metadata = MINIMAL",
      "INSERT INTO items VALUES (1, 'A', 'B')",
      "SET GLOBAL binlog_row_metadata = FULL",
    );
    await pipe.ok();
    expect(pipe.rows("items")).toEqual([{ id: 1, a: "A", b: "B" }]);
  });

  test("rows that the server changes by a foreign key are not in its log: the run says so", async () => {
    const pipe = await capture(
      "CREATE TABLE parents (id int PRIMARY KEY)",
      "CREATE TABLE children (id int PRIMARY KEY, parent int, CONSTRAINT of_parent FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE CASCADE)",
    );
    const { warnings } = await pipe.ok();
    expect(warnings).toEqual([expect.stringMatching(/children.*of_parent \(ON DELETE CASCADE/)]);
  });

  test("a run that stays sends what comes, reads a table again that was altered, and ends at a commit", async () => {
    const pipe = await capture("CREATE TABLE items (id int PRIMARY KEY, n int)", "INSERT INTO items VALUES (1, 0)");
    const stop = new AbortController();
    const lags: number[] = [];
    const seen: number[] = [];
    const states: number[] = [];
    const until = ({ type, record }: Message): boolean => {
      if (type === "RECORD") seen.push(Number(record.id));
      if (type === "STATE") states.push(seen.length);
      return false;
    };
    const running = pipe.run({
      follow: { ends: stop.signal, lag: ({ seconds }) => void lags.push(seen.length > 0 ? seconds : -1) },
      until,
    });
    const has = async (id: number): Promise<void> => {
      while (!seen.includes(id)) await pause(20);
    };
    await has(1);
    await pipe.database.read("INSERT INTO items VALUES (2, 0)", "UPDATE items SET n = 1 WHERE id = 1");
    await has(2);
    // It is stored though nothing more comes.
    while ((states.at(-1) ?? 0) < seen.length) await pause(20);
    await pipe.database.read(
      "ALTER TABLE items ADD COLUMN more int NOT NULL DEFAULT 7",
      "FLUSH BINARY LOGS",
      "INSERT INTO items VALUES (3, 0, 8)",
    );
    await has(3);
    await pipe.database.read("INSERT INTO items VALUES (4, 0, 9)");
    await has(4);
    stop.abort();
    const { thrown } = await running;
    expect(thrown).toBeUndefined();
    expect(pipe.rows("items")).toEqual(await pipe.expected("items"));
    expect(lags.length).toBeGreaterThan(0);
    await pipe.ok();
    expect(pipe.rows("items")).toHaveLength(4);
  });

  test("the place of a snapshot by a lock, as for MySQL, is the one that MariaDB tells", async () => {
    const pipe = await capture("CREATE TABLE items (id int PRIMARY KEY)", "INSERT INTO items VALUES (1)");
    const options = connectionOptions(settings(pipe.database));
    await using session = await openSession(options);
    const byLock = await snapshotByLock(session, () => openSession(options));
    expect(byLock).toEqual(await snapshotOfLog(session, () => openSession(options)));
    // The lock is gone.
    await pipe.database.read("INSERT INTO items VALUES (2)");
  });

  test("--test and doctor name what is in the way, and how long the server keeps its log", async () => {
    const pipe = await capture("CREATE TABLE items (id int)");
    const path = join(tmpdir(), `tap-mysql-${process.pid}.json`);
    const check = (): Promise<string> => {
      writeFileSync(path, JSON.stringify({ ...settings(pipe.database), default_replication_method: "LOG_BASED" }));
      const [file = "", ...args] = ownCommand(import.meta.url);
      return promisify(execFile)(file, [...args, "--config", path, "--test"]).then(
        ({ stdout, stderr }) => `passed ${stdout}${stderr}`,
        ({ stdout, stderr }) => `failed ${stdout}${stderr}`,
      );
    };
    expect(await check()).toMatch(/^failed[\s\S]*it has no key/);
    await pipe.database.read("ALTER TABLE items ADD PRIMARY KEY (id)");
    expect(await check()).toMatch(/^passed[\s\S]*MiB of log in/);
    rmSync(path);
  });

  test("a user without the right gets the grant", async () => {
    const pipe = await capture("CREATE TABLE items (id int PRIMARY KEY)", "CREATE USER poor@'127.0.0.1' IDENTIFIED BY 'x'");
    await pipe.database.read(`GRANT SELECT ON ${pipe.database.database}.* TO poor@'127.0.0.1'`);
    const sent = await pipe.run({ config: { user: "poor", password: "x" } });
    expect([codeOf(sent.thrown), (sent.thrown as { hint: string }).hint]).toEqual([
      "binlog_refused",
      expect.stringContaining("GRANT REPLICATION SLAVE"),
    ]);
  });

  test("a server that crashes between two runs goes on in a new file", async () => {
    const pipe = await capture("CREATE TABLE items (id int PRIMARY KEY)", "INSERT INTO items VALUES (1)");
    await pipe.ok();
    await pipe.database.read("INSERT INTO items VALUES (2)");
    await server().restart("SIGKILL");
    await pipe.database.read("INSERT INTO items VALUES (3)");
    await pipe.ok();
    expect(pipe.rows("items")).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  test("compressed events, and a log without checksums, are read too", async () => {
    const pipe = await capture("CREATE TABLE items (id int PRIMARY KEY, body varchar(4000))");
    await pipe.ok();
    await server().restart("SIGTERM", { "log-bin-compress": "ON", "binlog-checksum": "NONE" });
    await pipe.database.read("INSERT INTO items VALUES (1, REPEAT('x', 4000))", "UPDATE items SET body = REPEAT('y', 4000)");
    await server().restart("SIGTERM", { "log-bin-compress": "OFF", "binlog-checksum": "CRC32" });
    await pipe.database.read("INSERT INTO items VALUES (2, 'z')");
    await pipe.ok();
    expect(pipe.rows("items")).toEqual(await pipe.expected("items"));
  });
});

const numbersOf = (rows: readonly Record<string, unknown>[]): number[] => rows.map(({ id }) => Number(id));
