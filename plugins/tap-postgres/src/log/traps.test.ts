/** What others lost rows by, each as a test: values that the log lacks, changed tables, and slots that are not what they were. */
import { openTap } from "@tapline/sdk";
import { describe, expect, test } from "vitest";
import { brief, Capture, codeOf, logServer } from "../../test/log-run.ts";
import { discoverCatalog, settings } from "../../test/tap-run.ts";
import { tapPostgres } from "../index.ts";

const newDatabase = logServer();
const large = "(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 300) AS n)";
const takesNone = { capabilities: [], load_method: null };

async function capture(...statements: string[]): Promise<Capture> {
  const it = new Capture(await newDatabase());
  if (statements.length > 0) await it.database.read(...statements);
  return it;
}

const read = (it: Capture, ...statements: string[]) => it.database.read(...statements);
const slotOf = async (it: Capture): Promise<string> =>
  (await read(it, "SELECT slot_name FROM pg_replication_slots WHERE database = current_database()"))[0]?.[0] as string;

async function expectEqual(it: Capture, stream = "public-a"): Promise<void> {
  expect(it.loaded.rows(stream)).toEqual(await it.expected(stream));
}

describe("large values that an update did not change (TOAST)", () => {
  test("are named, and the row keeps them", async () => {
    const it = await capture(
      "CREATE TABLE a (id int PRIMARY KEY, v int, big text, more text)",
      `INSERT INTO a VALUES (1, 1, ${large}, 'm')`,
    );
    await it.ok();
    await read(it, "UPDATE a SET v = 2", "UPDATE a SET more = NULL");
    const { messages } = await it.ok();
    const updates = messages.filter(({ type }) => type === "RECORD") as unknown as { record: object; unchanged: string[] }[];
    expect(updates.map(({ record, unchanged }) => [record, unchanged])).toEqual([
      [{ id: 1, v: 2, more: "m" }, ["big"]],
      [{ id: 1, v: 2, more: null }, ["big"]],
    ]);
    await expectEqual(it);
  });
  test("are read from the table where the key changed, for the new key has no row that keeps them", async () => {
    const it = await capture(
      "CREATE TABLE a (id int PRIMARY KEY, v int, big text, list text[])",
      `INSERT INTO a VALUES (1, 1, ${large}, ARRAY[${large}]), (2, 2, ${large}, NULL)`,
    );
    await it.ok();
    await read(
      it,
      "UPDATE a SET id = 10 WHERE id = 1",
      "UPDATE a SET v = 3 WHERE id = 10",
      "UPDATE a SET id = 20 WHERE id = 2",
      "DELETE FROM a WHERE id = 20",
    );
    await it.ok();
    await expectEqual(it);
  });
  test("to a target that keeps no values they are refused with the remedy, and with REPLICA IDENTITY FULL they are there", async () => {
    const it = await capture(
      "CREATE TABLE a (id int PRIMARY KEY, v int, big text)",
      "CREATE TABLE b (id int PRIMARY KEY)",
      `INSERT INTO a VALUES (1, 1, ${large})`,
      "INSERT INTO b VALUES (1)",
    );
    const refused = await it.run({ target: takesNone });
    expect(codeOf(refused.thrown)).toBe("log_not_followable");
    expect((refused.thrown as { hint: string }).hint).toContain('ALTER TABLE "public"."a" REPLICA IDENTITY FULL');
    expect(refused.rows("public-b")).toEqual([{ id: 1 }]);
    await read(it, "ALTER TABLE a REPLICA IDENTITY FULL");
    await it.ok({ target: takesNone });
    await read(it, "UPDATE a SET v = 2", "UPDATE a SET id = 5");
    const { messages } = await it.ok({ target: takesNone });
    expect(messages.some((message) => Object.hasOwn(message, "unchanged"))).toBe(false);
    await expectEqual(it);
  });
});

describe("a table that the log can't tell rightly is refused with its remedy, and the others are read", () => {
  test.each([
    ["CREATE TABLE a (id int)", "ADD PRIMARY KEY"],
    ["CREATE TABLE a (id int PRIMARY KEY); ALTER TABLE a REPLICA IDENTITY NOTHING", "REPLICA IDENTITY USING INDEX"],
    [
      "CREATE TABLE a (id int PRIMARY KEY, code int NOT NULL UNIQUE); ALTER TABLE a REPLICA IDENTITY USING INDEX a_code_key",
      "REPLICA IDENTITY FULL",
    ],
    ["CREATE UNLOGGED TABLE a (id int PRIMARY KEY)", "SET LOGGED"],
    ["CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE child () INHERITS (a)", "Use partitions"],
  ])("%s", async (sql, remedy) => {
    const it = await capture(sql, "CREATE TABLE b (id int PRIMARY KEY)", "INSERT INTO b VALUES (1)");
    const { thrown, rows } = await it.run({ config: { filter_tables: ["public.a", "public.b"] } });
    expect(codeOf(thrown)).toBe("log_not_followable");
    expect((thrown as { hint: string }).hint).toContain(remedy);
    expect(rows("public-b")).toEqual([{ id: 1 }]);
  });
});

describe("ALTER TABLE", () => {
  const start = async (): Promise<Capture> => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY, v int)", "INSERT INTO a VALUES (1, 1), (2, 2)");
    await it.ok();
    return it;
  };

  test("that adds a column gives a new SCHEMA before its first row, and no other row comes again", async () => {
    const it = await start();
    await read(
      it,
      "INSERT INTO a VALUES (3, 3)",
      "ALTER TABLE a ADD COLUMN w text",
      "INSERT INTO a VALUES (4, 4, 'w')",
      "UPDATE a SET w = 'x' WHERE id = 1",
    );
    const { messages, rows } = await it.ok();
    expect(rows("public-a")).toEqual([
      { id: 3, v: 3 },
      { id: 4, v: 4, w: "w" },
      { id: 1, v: 1, w: "x" },
    ]);
    const schemas = messages
      .slice(
        0,
        messages.findIndex(({ record }) => record?.w !== undefined),
      )
      .filter(({ type }) => type === "SCHEMA");
    expect(Object.keys(schemas.at(-1)?.schema.properties ?? {})).toContain("w");
    const [two] = (await it.expected("public-a")).slice(1, 2);
    expect(two).toEqual({ ...(it.loaded.rows("public-a")[1] as object), w: null });
  });
  test("in the middle of a run is seen by the run", async () => {
    const it = await start();
    await read(it, "INSERT INTO a SELECT n, n FROM generate_series(10, 3000) AS n");
    let isDone = false;
    const alter = async () => {
      if (isDone) return;
      isDone = true;
      await read(it, "ALTER TABLE a ADD COLUMN w int", "INSERT INTO a VALUES (5000, 1, 5)");
    };
    await it.ok({ between: alter });
    await it.ok();
    expect(it.loaded.rows("public-a").at(-1)).toEqual({ id: 5000, v: 1, w: 5 });
  });
  test.each([
    ["adds a column with a default", "ALTER TABLE a ADD COLUMN w int DEFAULT 7", "UPDATE a SET v = 9 WHERE id = 1"],
    ["renames a column", "ALTER TABLE a RENAME COLUMN v TO w", "UPDATE a SET w = 9 WHERE id = 1"],
    ["changes a type", "ALTER TABLE a ALTER COLUMN v TYPE text USING 'v' || v", "UPDATE a SET v = 'n' WHERE id = 1"],
    [
      "drops a column and makes it again",
      "ALTER TABLE a DROP COLUMN v; ALTER TABLE a ADD COLUMN v int DEFAULT 3",
      "UPDATE a SET v = 9 WHERE id = 1",
    ],
  ])("that %s has the table read again, for the log does not tell what older rows have", async (_, alter, update) => {
    const it = await start();
    await read(it, "UPDATE a SET v = 5 WHERE id = 2", alter, update);
    const { warnings } = await it.ok();
    expect(warnings.join()).toMatch(/"public"\."a" is read whole again: column/);
    await expectEqual(it);
    await read(it, "INSERT INTO a (id) VALUES (3)");
    expect((await it.ok()).warnings.join()).not.toMatch(/read whole again/);
    await expectEqual(it);
  });
  test("that renames there and back within a run has the table read again", async () => {
    const it = await start();
    await read(it, "ALTER TABLE a RENAME COLUMN v TO w", "UPDATE a SET w = 9 WHERE id = 1", "ALTER TABLE a RENAME COLUMN w TO v");
    expect((await it.ok()).warnings.join()).toMatch(/columns changed more than once/);
    await expectEqual(it);
  });
  test("that drops a column and makes it again in the middle of a run loses no value", async () => {
    const it = await start();
    await read(it, "UPDATE a SET v = 5 WHERE id = 1");
    let isDone = false;
    const alter = async () => {
      if (isDone) return;
      isDone = true;
      await read(
        it,
        "ALTER TABLE a DROP COLUMN v",
        "INSERT INTO a VALUES (3)",
        "ALTER TABLE a ADD COLUMN v int",
        "UPDATE a SET v = 7 WHERE id = 3",
      );
    };
    await it.ok({ between: alter });
    await it.ok();
    await expectEqual(it);
  });
  test("that drops a column leaves its values in the target", async () => {
    const it = await start();
    await read(it, "UPDATE a SET v = 5 WHERE id = 1", "ALTER TABLE a DROP COLUMN v", "INSERT INTO a VALUES (3)");
    expect((await it.ok()).rows("public-a")).toEqual([{ id: 1 }, { id: 3 }]);
  });
  test("that has a column selected which was not read before has the table read again", async () => {
    const it = new Capture(await newDatabase());
    await read(it, "CREATE TABLE a (id int PRIMARY KEY, v int)", "INSERT INTO a VALUES (1, 1)");
    const catalog = await discoverCatalog(it.database, { default_replication_method: "LOG_BASED" });
    const without = structuredClone(catalog);
    for (const { breadcrumb, metadata } of without.streams[0]?.metadata ?? []) if (breadcrumb[1] === "v") metadata.selected = false;
    await it.ok({ catalog: without });
    expect(it.loaded.rows("public-a")).toEqual([{ id: 1 }]);
    await it.ok({ catalog });
    await expectEqual(it);
  });
});

describe("a table", () => {
  test("that was dropped and made again is read whole, as a new version", async () => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE b (id int PRIMARY KEY)", "INSERT INTO a VALUES (1), (2)");
    await it.ok();
    await read(
      it,
      "DELETE FROM a WHERE id = 2",
      "DROP TABLE a",
      "CREATE TABLE a (id int PRIMARY KEY)",
      "INSERT INTO a VALUES (3)",
      "INSERT INTO b VALUES (4)",
    );
    const { warnings } = await it.ok();
    expect(warnings.join()).toMatch(/dropped and made again/);
    await expectEqual(it);
    await expectEqual(it, "public-b");
  });
  test("that is new is read by a snapshot of its own, and the others go on", async () => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY)", "INSERT INTO a VALUES (1)");
    await it.ok();
    await read(
      it,
      "CREATE TABLE b (id int PRIMARY KEY)",
      "INSERT INTO b VALUES (1), (2)",
      "INSERT INTO a VALUES (2)",
      "DELETE FROM b WHERE id = 1",
    );
    const { rows } = await it.ok();
    expect(rows("public-a")).toEqual([{ id: 2 }]);
    expect(rows("public-b")).toEqual([{ id: 2 }]);
    await read(it, "INSERT INTO b VALUES (3)");
    expect((await it.ok()).rows("public-b")).toEqual([{ id: 3 }]);
  });
  test("that is read alone for the first time leaves the slot to the others", async () => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE b (id int PRIMARY KEY)");
    await it.ok({ config: { filter_tables: "public.a" } });
    await read(it, "INSERT INTO a VALUES (1)", "INSERT INTO b VALUES (1)");
    await it.ok({ config: { filter_tables: "public.b" } });
    await read(it, "INSERT INTO a VALUES (2)", "INSERT INTO b VALUES (2)");
    const { warnings, rows } = await it.ok();
    expect(warnings).toEqual([]);
    expect([rows("public-a"), rows("public-b")]).toEqual([[{ id: 1 }, { id: 2 }], [{ id: 2 }]]);
  });
  test("that was out of the publication, or was left out for a while, is read again", async () => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE b (id int PRIMARY KEY)", "INSERT INTO a VALUES (1)");
    await it.ok();
    const publication = await slotOf(it);
    await read(
      it,
      `ALTER PUBLICATION ${publication} DROP TABLE a`,
      "INSERT INTO a VALUES (2)",
      `ALTER PUBLICATION ${publication} ADD TABLE a`,
    );
    expect((await it.ok()).warnings.join()).toMatch(/out of the publication/);
    await expectEqual(it);
    for (let id = 10; id < 13; id++) {
      await read(it, `INSERT INTO a VALUES (${id})`, `INSERT INTO b VALUES (${id})`);
      await it.ok({ config: { filter_tables: "public.b" } });
    }
    expect((await it.ok()).warnings.join()).toMatch(/was not read for a while/);
    await expectEqual(it);
  });
});

describe("a run stops and names the remedy", () => {
  const start = async (): Promise<Capture> => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY)", "INSERT INTO a VALUES (1)");
    await it.ok();
    return it;
  };
  const remedy = (thrown: unknown): string => (thrown as { hint: string }).hint;

  test("where the slot was dropped; without a state it starts over", async () => {
    const it = await start();
    await read(it, `SELECT pg_drop_replication_slot('${await slotOf(it)}')`, "INSERT INTO a VALUES (2)");
    const { thrown } = await it.run();
    expect(codeOf(thrown)).toBe("slot_gone");
    expect(remedy(thrown)).toContain("--full-refresh");
    it.state = {};
    await it.ok();
    await expectEqual(it);
  });
  test("where the slot was dropped and made again", async () => {
    const it = await start();
    const slot = await slotOf(it);
    await read(
      it,
      `SELECT pg_drop_replication_slot('${slot}')`,
      "INSERT INTO a VALUES (2)",
      `SELECT pg_create_logical_replication_slot('${slot}', 'pgoutput')`,
    );
    expect(codeOf((await it.run()).thrown)).toBe("slot_moved");
  });
  test("where the server threw log away that the slot needs", async () => {
    const it = await start();
    await read(
      it,
      "ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'",
      "SELECT pg_reload_conf()",
      "CREATE TABLE other AS SELECT n, repeat('x', 500) FROM generate_series(1, 1000) AS n",
      "SELECT pg_switch_wal()",
      "INSERT INTO other SELECT * FROM other",
      "SELECT pg_switch_wal()",
      "INSERT INTO other SELECT * FROM other",
      "SELECT pg_switch_wal()",
      "CHECKPOINT",
      "ALTER SYSTEM RESET max_slot_wal_keep_size",
      "SELECT pg_reload_conf()",
    );
    const config = { filter_tables: "public.a" };
    expect(codeOf((await it.run({ config })).thrown)).toBe("slot_lost");
    it.state = {};
    await it.ok({ config });
    await expectEqual(it);
  });
  test("where the bookmark is of another server, or of another history of its log", async () => {
    const it = await start();
    const { state } = it;
    const bookmark = it.bookmark("public-a");
    for (const other of [{ system: "7" }, { timeline: 2 }] as Record<string, string | number>[]) {
      it.state = { ...state, bookmarks: { "public-a": { ...bookmark, ...other } } };
      expect(codeOf((await it.run()).thrown)).toBe("log_of_other_server");
    }
  });
  test("where the publication was dropped, or lacks a table", async () => {
    const it = await start();
    await read(it, `DROP PUBLICATION ${await slotOf(it)}`);
    expect(codeOf((await it.run()).thrown)).toBe("publication_missing");
    await read(it, "INSERT INTO a VALUES (2)");
    await it.ok({ state: {} });
    await read(it, "INSERT INTO a VALUES (3)");
    await it.ok();
    await expectEqual(it);
    await read(it, "CREATE TABLE b (id int PRIMARY KEY)", "CREATE PUBLICATION mine FOR TABLE b");
    expect(codeOf((await it.run({ config: { publication: "mine" }, state: {} })).thrown)).toBe("publication_lacks");
  });
  test("where bookmark and setting name two slots", async () => {
    const it = await start();
    expect(codeOf((await it.run({ config: { replication_slot_name: "other" } })).thrown)).toBe("slots_differ");
  });
  test("after it has read all, where the server kept more log than max_retained_wal; at half of it it warns", async () => {
    const it = await start();
    const write = () =>
      read(
        it,
        "CREATE TABLE IF NOT EXISTS other (n int, x text)",
        "INSERT INTO other SELECT n, repeat('x', 900) FROM generate_series(1, 5000) AS n",
        "INSERT INTO a SELECT max(id) + 1 FROM a",
      );
    await write();
    const config = { filter_tables: "public.a" };
    expect((await it.ok({ config: { ...config, max_retained_wal: 7 } })).warnings.join()).toMatch(
      /kept \d+ MiB of log .* max_retained_wal is 7/,
    );
    await write();
    expect(codeOf((await it.run({ config: { ...config, max_retained_wal: 1 } })).thrown)).toBe("log_kept_too_long");
    await expectEqual(it);
  });
  test("where the role has not the right; other streams are read", async () => {
    const it = await start();
    const role = `reader_${it.database.database}`;
    await read(
      it,
      `CREATE ROLE ${role} LOGIN PASSWORD 'reader'`,
      `GRANT SELECT ON a TO ${role}`,
      "CREATE VIEW v AS SELECT 1 AS id",
      `GRANT SELECT ON v TO ${role}`,
    );
    const { thrown, rows } = await it.run({ config: { user: role, password: "reader" } });
    expect(codeOf(thrown)).toBe("replication_refused");
    expect(rows("public-v")).toEqual([{ id: 1 }]);
  });
});

test("a catalog chooses the streams of the log", async () => {
  const it = await capture(
    "CREATE TABLE a (id int PRIMARY KEY)",
    "CREATE TABLE b (id int PRIMARY KEY)",
    "INSERT INTO a VALUES (1)",
    "INSERT INTO b VALUES (1)",
  );
  const catalog = await discoverCatalog(it.database);
  for (const entry of catalog.streams) if (entry.tap_stream_id === "public-a") entry.replication_method = "LOG_BASED";
  const options = { catalog, config: { default_replication_method: "FULL_TABLE" as const } };
  await it.ok(options);
  await read(it, "INSERT INTO a VALUES (2)", "INSERT INTO b VALUES (2)");
  const { messages } = await it.ok(options);
  expect(brief(messages).filter((line) => line.includes("{"))).toEqual(['public-a {"id":2}', 'public-b {"id":1}', 'public-b {"id":2}']);
});

describe("--test", () => {
  const said: string[] = [];
  const check = async (it: Capture, more: object = {}): Promise<string | undefined> => {
    const config = { ...settings(it.database), default_replication_method: "LOG_BASED" as const, ...more };
    await using session = await openTap(tapPostgres(0), config, { log: (_level, message) => void said.push(message) });
    const [group] = session.together ?? [];
    const made = (): Promise<unknown> =>
      read(
        it,
        "SELECT (SELECT count(*) FROM pg_publication) + (SELECT count(*) FROM pg_replication_slots WHERE database = current_database())",
      );
    const before = await made();
    const thrown = await group?.check?.(session.streams).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(await made()).toEqual(before);
    return codeOf(thrown);
  };

  test("passes where a run could read the log, and makes nothing", async () => {
    const it = await capture("CREATE TABLE a (id int PRIMARY KEY)");
    expect(await check(it)).toBeUndefined();
    await it.ok();
    await check(it);
    expect(said.join()).toMatch(/the server keeps \d+ KiB of log for the replication slot "tapline_dev/);
  });
  test("names what is in the way: a table, a publication, a slot", async () => {
    const it = await capture("CREATE TABLE a (id int)");
    expect(await check(it)).toBe("log_not_followable");
    await read(it, "ALTER TABLE a ADD PRIMARY KEY (id)", "CREATE PUBLICATION mine");
    expect(await check(it, { publication: "mine" })).toBe("publication_lacks");
    const other = await capture("SELECT pg_create_logical_replication_slot('of_another_database', 'pgoutput')");
    expect(await check(it, { replication_slot_name: "of_another_database" })).toBe("slot_foreign");
    await read(other, "SELECT pg_drop_replication_slot('of_another_database')");
  });
});
