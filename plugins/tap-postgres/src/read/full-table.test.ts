/** Whole tables: every row of one snapshot, as a version; resumed between ranges of blocks without a loss; and one bad table beside good ones. */
import { defineTap, extract, openTap, Type } from "@tapline/sdk";
import { testDatabase } from "@tapline/testing/postgres";
import { incremental, type Message } from "@tapline/testing/tap-run";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { discoverCatalog, runTap, settings } from "../../test/tap-run.ts";
import { tapPostgres } from "../index.ts";

const ids = (rows: readonly { [column: string]: unknown }[]): number[] => rows.map(({ id }) => Number(id)).sort((a, b) => a - b);
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Rows so wide that a few thousand fill several ranges of 32 MiB. */
const wide = (count: number): string =>
  `CREATE TABLE wide (id int PRIMARY KEY, body text STORAGE PLAIN, n int DEFAULT 0); INSERT INTO wide SELECT n, repeat('x', 7000), 0 FROM generate_series(1, ${count}) AS n`;

async function otherSession(database: Awaited<ReturnType<typeof testDatabase>>): Promise<pg.Client> {
  const client = new pg.Client({ ...database });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

describe("a whole table", () => {
  test("is one version, which is activated after its rows; the next run is another one", async () => {
    const database = await testDatabase();
    await database.read("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
    const { messages, state } = await runTap(database);
    const [version] = messages.filter(({ type }) => type === "RECORD").map((message) => message.version);
    expect(messages.map(({ type }) => type)).toEqual(["SCHEMA", "RECORD", "RECORD", "ACTIVATE_VERSION", "STATE", "STATE"]);
    expect(messages[3]?.version).toBe(version);
    const again = await runTap(database, { state });
    expect(ids(again.rows("public-t"))).toEqual([1, 2]);
    expect(again.messages[1]?.version).toBeGreaterThan(version as number);
  });

  test("is that of one snapshot, whatever changes while it is read, and all tables are", async () => {
    const database = await testDatabase();
    await database.read(
      "CREATE TABLE a (id int)",
      "INSERT INTO a SELECT generate_series(1, 20000)",
      "CREATE TABLE b (id int)",
      "INSERT INTO b VALUES (1)",
    );
    const client = await otherSession(database);
    let changed = false;
    const { rows } = await runTap(database, {
      async between() {
        if (changed) return;
        changed = true;
        await client.query("UPDATE a SET id = -id; INSERT INTO a VALUES (0); DELETE FROM b; INSERT INTO b VALUES (2)");
      },
    });
    expect(changed).toBe(true);
    expect(ids(rows("public-a"))).toEqual(range(1, 20_000));
    expect(ids(rows("public-b"))).toEqual([1]);
  });

  test("that stopped is resumed after its last STATE, with what was written since, in the same version", async () => {
    const database = await testDatabase();
    await database.read(wide(12_000));
    const first = await runTap(database, { until: ({ type }) => type === "STATE" });
    const bookmark = first.state.bookmarks?.["public-wide"] as { next_block: number };
    expect(bookmark.next_block).toBeGreaterThan(0);
    const before = ids(first.rows("public-wide"));
    // One row before the place that is changed, one that is new there, and one after it.
    await database.read(
      "UPDATE wide SET n = 1 WHERE id = 7",
      "DELETE FROM wide WHERE id = 8",
      "VACUUM wide",
      "INSERT INTO wide SELECT 0, 'y', 2",
      "UPDATE wide SET n = 3 WHERE id = 11999",
    );
    const second = await runTap(database, { state: first.state });
    expect(second.thrown).toBeUndefined();
    const rows = second.rows("public-wide");
    expect(new Set([...before, ...ids(rows)])).toEqual(new Set(range(0, 12_000)));
    expect(rows.length).toBeLessThan(12_000);
    expect(
      rows
        .filter(({ n }) => Number(n) > 0)
        .map(({ id, n }) => [Number(id), Number(n)])
        .sort(),
    ).toEqual([
      [0, 2],
      [11_999, 3],
      [7, 1],
    ]);
    const versions = new Set([...first.messages, ...second.messages].flatMap(({ version }) => version ?? []));
    expect(versions.size).toBe(1);
  });

  test("that was rewritten since is read from its start", async () => {
    const database = await testDatabase();
    await database.read(wide(9000));
    const first = await runTap(database, { until: ({ type }) => type === "STATE" });
    await database.read("VACUUM FULL wide");
    const second = await runTap(database, { state: first.state });
    expect(ids(second.rows("public-wide"))).toEqual(range(1, 9000));
  });

  test("that is emptied while the run reads others is an error, and no row of it is taken for deleted", async () => {
    const database = await testDatabase();
    await database.read("CREATE TABLE a (id int)", "INSERT INTO a VALUES (1)", "CREATE TABLE b (id int)", "INSERT INTO b VALUES (1)");
    let emptied = false;
    const { messages, thrown } = await runTap(database, {
      async between() {
        if (!emptied) await database.read("TRUNCATE b");
        emptied = true;
      },
    });
    expect(thrown).toMatchObject({
      code: "streams_failed",
      class: "connection",
      message: expect.stringContaining('"public"."b" was emptied or rewritten'),
    });
    expect(messages.filter(({ type, stream }) => type === "ACTIVATE_VERSION" && stream === "public-b")).toEqual([]);
  });

  test.each([2, 4])("is the same table over %i connections", async (parallel) => {
    const database = await testDatabase();
    await database.read(wide(6000 * parallel), "CREATE TABLE small (id int)", "INSERT INTO small VALUES (1)");
    const { rows, thrown, messages } = await runTap(database, { config: { parallel } });
    expect(thrown).toBeUndefined();
    expect(ids(rows("public-wide"))).toEqual(range(1, 6000 * parallel));
    expect(ids(rows("public-small"))).toEqual([1]);
    // Rows before each STATE and those after its place make the table, and each comes once.
    const states = messages.flatMap(({ type, value }, at) =>
      type === "STATE" && value.bookmarks["public-wide"]?.next_block !== undefined ? [at] : [],
    );
    expect(states.length).toBeGreaterThan(0);
    const at = states[0] as number;
    const sent = messages
      .slice(0, at)
      .filter(({ type, stream }) => type === "RECORD" && stream === "public-wide")
      .map(({ record }) => record);
    const later = await runTap(database, { state: messages[at]?.value as never });
    expect([...ids(sent), ...ids(later.rows("public-wide"))].sort((a, b) => a - b)).toEqual(range(1, 6000 * parallel));
  });
});

describe("what is read", () => {
  test("views, partitions through their table, materialized views; keys, comments and estimates are in the catalog", async () => {
    const database = await testDatabase();
    await database.read(
      `CREATE TABLE orders (day date NOT NULL, id int NOT NULL, note text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
       CREATE TABLE orders_2024 PARTITION OF orders FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
       CREATE TABLE orders_rest PARTITION OF orders DEFAULT;
       COMMENT ON TABLE orders IS 'All orders'; COMMENT ON COLUMN orders.note IS 'Free text';
       INSERT INTO orders VALUES ('2024-05-05', 1, 'a'), ('2026-01-01', 2, NULL);
       CREATE VIEW big AS SELECT * FROM orders WHERE id > 1; CREATE MATERIALIZED VIEW kept AS SELECT id FROM orders;
       CREATE TABLE codes (code text NOT NULL UNIQUE, other int UNIQUE);`,
    );
    const catalog = await discoverCatalog(database);
    expect(catalog.streams.map(({ tap_stream_id, key_properties }) => [tap_stream_id, key_properties])).toEqual([
      ["public-big", []],
      ["public-codes", ["code"]],
      ["public-kept", []],
      ["public-orders", ["id", "day"]],
    ]);
    const orders = catalog.streams.at(-1);
    expect(orders?.schema).toMatchObject({ description: "All orders", properties: { note: { description: "Free text" } } });
    expect(orders?.metadata[0]?.metadata).toMatchObject({
      "schema-name": "public",
      "is-view": false,
      "valid-replication-keys": ["day", "id", "note"],
    });
    const { rows, thrown } = await runTap(database);
    expect(thrown).toBeUndefined();
    expect(ids(rows("public-orders"))).toEqual([1, 2]);
    expect(ids(rows("public-big"))).toEqual([2]);
    expect(ids(rows("public-kept"))).toEqual([1, 2]);
  });

  test("schemas and tables by pattern, and only what the role may read", async () => {
    const database = await testDatabase();
    await database.read(
      `CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.x1 (id int); CREATE TABLE a.x2 (id int); CREATE TABLE b.x1 (id int, secret text);
       CREATE ROLE reader_${database.database}; GRANT USAGE ON SCHEMA a, b TO reader_${database.database}; GRANT SELECT ON a.x1 TO reader_${database.database}; GRANT SELECT (id) ON b.x1 TO reader_${database.database}`,
    );
    onTestFinished(
      async () => void (await database.read(`DROP OWNED BY reader_${database.database}`, `DROP ROLE reader_${database.database}`)),
    );
    const names = async (config: object): Promise<string[]> =>
      (await discoverCatalog(database, config)).streams.map(({ tap_stream_id }) => tap_stream_id);
    expect(await names({ filter_schemas: ["a"] })).toEqual(["a-x1", "a-x2"]);
    expect(await names({ filter_schemas: "a, b", filter_tables: ["*.x1"] })).toEqual(["a-x1", "b-x1"]);
    const role = { role: `reader_${database.database}` };
    expect(await names(role)).toEqual(["a-x1", "b-x1"]);
    const catalog = await discoverCatalog(database, role);
    expect(Object.keys(catalog.streams[1]?.schema.properties ?? {})).toEqual(["id"]);
    await expect(names({ filter_schemas: ["none"], filter_tables: "*.x" })).rejects.toMatchObject({
      code: "no_tables",
      message: expect.stringContaining('that filter_schemas ["none"] and filter_tables ["*.x"] takes'),
    });
    const { warnings } = await runTap(database, { config: { filter_schemas: ["a", "bb"], filter_tables: ["*.x1", "a.y*"] } });
    expect(warnings).toEqual(['matches no table that the role may read: filter_schemas "bb", filter_tables "a.y*"']);
  });

  test("two tables of one stream name are an error", async () => {
    const database = await testDatabase();
    await database.read(`CREATE SCHEMA a; CREATE SCHEMA "a-b"; CREATE TABLE a."b-c" (id int); CREATE TABLE "a-b".c (id int)`);
    await expect(discoverCatalog(database)).rejects.toMatchObject({ code: "stream_names_collide" });
  });

  test("names of any characters", async () => {
    const database = await testDatabase();
    const odd = `o'd"d; DROP TABLE x; -- \\ \u{1f600}`;
    const quoted = `"${odd.replaceAll('"', '""')}"`;
    await database.read(
      `CREATE SCHEMA ${quoted}; CREATE TABLE ${quoted}.${quoted} (${quoted} text PRIMARY KEY); INSERT INTO ${quoted}.${quoted} VALUES ('1')`,
    );
    const { rows, thrown } = await runTap(database);
    expect(thrown).toBeUndefined();
    expect(rows(`${odd}-${odd}`)).toEqual([{ [odd]: "1" }]);
  });
});

describe("conditions of the settings", () => {
  const options = (...clauses: string[]) => ({ stream_options: { "public-t": { custom_where_clauses: clauses } } });

  test("leave rows out, of whole tables in all their parts and of incremental streams, also before the bookmark", async () => {
    const database = await testDatabase();
    await database.read(
      "CREATE TABLE t (id int PRIMARY KEY, body text STORAGE PLAIN) WITH (fillfactor = 10)",
      "INSERT INTO t SELECT n, repeat('x', 2000) FROM generate_series(1, 9000) AS n",
      "CREATE TABLE u (id int PRIMARY KEY); INSERT INTO u VALUES (1), (2)",
    );
    const even = range(1, 9000).filter((id) => id % 2 === 0 && id > 10);
    const config = options("id % 2 = 0 OR id < 0 -- even", "t.id > 10");
    const whole = await runTap(database, { config });
    expect([whole.thrown, ids(whole.rows("public-t")), ids(whole.rows("public-u"))]).toEqual([undefined, even, [1, 2]]);
    const catalog = incremental(await discoverCatalog(database), "public-t", "id");
    const first = await runTap(database, { config, catalog });
    expect(ids(first.rows("public-t"))).toEqual(even);
    await database.read("INSERT INTO t VALUES (9001, ''), (9002, '')");
    expect(ids((await runTap(database, { config, catalog, state: first.state })).rows("public-t"))).toEqual([9000, 9002]);
  });

  test("that differ from those of a read that stopped: the table is read from its start", async () => {
    const database = await testDatabase();
    await database.read(wide(9000));
    const where = (clause: string) => ({ stream_options: { "public-wide": { custom_where_clauses: [clause] } } });
    const first = await runTap(database, { config: where("id > 0"), until: ({ type }) => type === "STATE" });
    const same = await runTap(database, { config: where("id > 0"), state: first.state });
    expect(same.rows("public-wide").length).toBeLessThan(9000);
    const other = await runTap(database, { config: where("id > 1"), state: first.state });
    expect(ids(other.rows("public-wide"))).toEqual(range(2, 9000));
  });

  test("that are wrong are an error of their table, and those of no stream are named", async () => {
    const database = await testDatabase();
    await database.read("CREATE TABLE t (id int)", "CREATE TABLE z (id int); INSERT INTO z VALUES (1)");
    const { thrown, rows, warnings } = await runTap(database, {
      config: { stream_options: { ...options("idd > 0").stream_options, "public-x": {} } },
    });
    expect((thrown as Error).message).toContain('column "idd" does not exist');
    expect(ids(rows("public-z"))).toEqual([1]);
    expect(warnings[0]).toBe("stream_options names streams that there are not: public-x");
  });
});

describe("one bad table", () => {
  test("is named, the others are read, and the run fails", async () => {
    const database = await testDatabase();
    await database.read(
      "CREATE TABLE a (id int); CREATE TABLE c (id int); INSERT INTO a VALUES (1); INSERT INTO c VALUES (3)",
      "CREATE VIEW b AS SELECT 1 / (id - 1) AS id FROM a",
    );
    const { rows, thrown, warnings } = await runTap(database);
    expect(ids(rows("public-a"))).toEqual([1]);
    expect(ids(rows("public-c"))).toEqual([3]);
    expect(thrown).toMatchObject({ code: "streams_failed", position: { stream: "public-b" } });
    expect((thrown as Error).message).toContain("division by zero");
    expect(warnings).toHaveLength(1);
  });

  test("or one that takes too long", async () => {
    const database = await testDatabase();
    await database.read(
      "CREATE TABLE a (id int); INSERT INTO a VALUES (1)",
      "CREATE VIEW slow AS SELECT id FROM a, pg_sleep(20)",
      "CREATE TABLE z (id int); INSERT INTO z VALUES (9)",
    );
    const { rows, thrown } = await runTap(database, { config: { statement_timeout_ms: 500 } });
    expect(ids(rows("public-z"))).toEqual([9]);
    expect((thrown as Error).message).toContain('"public-slow": A statement that reads "public"."slow" was cancelled');
  });

  test("a column that the catalog selects and that is gone names itself", async () => {
    const database = await testDatabase();
    await database.read("CREATE TABLE a (id int, gone int); CREATE TABLE b (id int); INSERT INTO b VALUES (1)");
    const catalog = await discoverCatalog(database);
    await database.read("ALTER TABLE a DROP COLUMN gone");
    const { rows, thrown } = await runTap(database, { catalog });
    expect(ids(rows("public-b"))).toEqual([1]);
    expect((thrown as Error).message).toContain('"public"."a" has no column "gone"');
    expect(thrown).toMatchObject({ hint: expect.stringContaining('select: ["!public-a.gone"]') });
  });

  test.each([
    ["is gone", "DROP TABLE a", '"public-a", which the tap does not find'],
    ["may no longer be read", "REVOKE SELECT ON a FROM $role", '"public-a", which the tap does not find'],
    ["has another name", "ALTER TABLE a RENAME TO z", '"public-a", which the tap does not find'],
  ])("one that the catalog names and that %s", async (_what, statement, message) => {
    const database = await testDatabase();
    const role = `reader_${database.database}`;
    await database.read(
      "CREATE TABLE a (id int); CREATE TABLE b (id int); INSERT INTO b VALUES (1)",
      `CREATE ROLE ${role}; GRANT SELECT ON a, b TO ${role}`,
    );
    onTestFinished(async () => void (await database.read(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`)));
    const catalog = await discoverCatalog(database, { role });
    await database.read(statement.replace("$role", role));
    const { rows, thrown, warnings } = await runTap(database, { catalog, config: { role } });
    expect(ids(rows("public-b"))).toEqual([1]);
    expect(thrown).toMatchObject({
      code: "streams_failed",
      class: "config",
      message: expect.stringContaining(message),
      hint: expect.stringMatching(/--refresh-catalog.*select: \["!public-a"\]/),
    });
    expect(warnings).toEqual([expect.stringContaining('stream "public-a" failed')]);
  });

  test.each([
    ["loses a column", "ALTER TABLE b DROP COLUMN v", /column .*v.* does not exist/, /--refresh-catalog/],
    ["is dropped", "DROP TABLE b", /does not exist/, /--refresh-catalog/],
    ["may not be read any more", "REVOKE SELECT ON b FROM $role", /permission denied/, /GRANT SELECT ON "public"\."b"/],
  ])("one that %s after the run began says what to do", async (_what, statement, message, hint) => {
    const database = await testDatabase();
    const role = `reader_${database.database}`;
    await database.read(
      "CREATE TABLE a (id int); CREATE TABLE b (id int, v int); CREATE TABLE c (id int); INSERT INTO a VALUES (1); INSERT INTO c VALUES (3)",
      `CREATE ROLE ${role}; GRANT SELECT ON a, b, c TO ${role}`,
    );
    onTestFinished(async () => void (await database.read(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`)));
    let isDone = false;
    const between = async (): Promise<void> => {
      if (!isDone) await database.read(statement.replace("$role", role));
      isDone = true;
    };
    const { rows, thrown } = await runTap(database, { config: { role }, between });
    expect(ids(rows("public-c"))).toEqual([3]);
    expect(thrown).toMatchObject({ class: "config", message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
  });

  test("deselected columns are never read", async () => {
    const database = await testDatabase();
    await database.read(
      "CREATE TABLE a (id int PRIMARY KEY, heavy text); INSERT INTO a VALUES (1, 'x')",
      "CREATE VIEW v AS SELECT id, (1 / (id - 1))::text AS heavy FROM a",
    );
    const catalog = await discoverCatalog(database);
    const deselected = {
      streams: catalog.streams.map((entry) => ({
        ...entry,
        metadata: entry.metadata.map((one) =>
          one.breadcrumb[1] === "heavy" ? { ...one, metadata: { ...one.metadata, selected: false } } : one,
        ),
      })),
    };
    const { rows, thrown } = await runTap(database, { catalog: deselected });
    expect(thrown).toBeUndefined();
    expect(rows("public-v")).toEqual([{ id: 1 }]);
  });

  test("the connection cut in the middle ends the run with an error, and no table is taken for read", async () => {
    const database = await testDatabase();
    await database.read(wide(9000));
    const client = await otherSession(database);
    const { thrown, messages } = await runTap(database, {
      async between() {
        await client.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tap-postgres'",
        );
      },
    });
    expect(thrown).toMatchObject({ code: "connection_lost", recovery: "retry" });
    expect(messages.some(({ type }: Message) => type === "ACTIVATE_VERSION")).toBe(false);
  });
});

test("JSON's null is said once, with its count", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE a (id int, j jsonb); INSERT INTO a VALUES (1, 'null'), (2, NULL), (3, '[null]'), (4, 'null')");
  const { warnings } = await runTap(database);
  expect(warnings).toEqual(['column "j" of "public"."a" has JSON\'s null in 2 rows: it is sent as null, so it arrives as NULL']);
});

test("a table without columns is left out with a warning", async () => {
  const database = await testDatabase();
  await database.read(
    "CREATE TABLE bare ()",
    "INSERT INTO bare DEFAULT VALUES",
    "CREATE TABLE t (id int PRIMARY KEY)",
    "INSERT INTO t VALUES (1)",
  );
  const sent = await runTap(database);
  expect(sent.thrown).toBeUndefined();
  expect(sent.messages.filter(({ type }) => type === "SCHEMA").map((message) => message.stream)).toEqual(["public-t"]);
  expect(sent.warnings).toContainEqual(expect.stringContaining(`no columns: "public"."bare"`));
});

test("a reader that stops after the first rows of small tables does not hang, and the session goes on", async () => {
  const database = await testDatabase();
  await database.read(
    "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY); INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES (3)",
  );
  await using session = await openTap(tapPostgres(0), settings(database), { log: () => {} });
  for (const stream of session.streams) {
    const only = defineTap({
      name: "one",
      version: "1.0.0",
      description: "One table",
      config: Type.Object({}),
      open: () => ({ streams: [stream] }),
    });
    let isRead = false;
    const onCount = (): void => {
      isRead = true;
    };
    for await (const _ of extract(only, {}, { onCount })) if (isRead) break;
    expect(isRead).toBe(true);
  }
});
