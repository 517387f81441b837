import { openSession } from "@tapline/postgres";
import { checkConfig, load, type StreamSummary, type Target, type TargetSettings, withTargetSettings } from "@tapline/sdk";
import { authorityCertificate, type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { describe, expect, onTestFinished, test } from "vitest";
import { record, schema } from "../test/pipe.ts";
import { batch, failure, settings, stream, withSink } from "../test/rows.ts";
import type { Config } from "./config.ts";
import { connectionOf } from "./connection.ts";
import target from "./index.ts";

const id = { type: "integer" };

function open(
  database: TestDatabase,
  more: Partial<Config>,
): Promise<{ code: string; class: string; message: string; hint: string; recovery: string }> {
  return failure(async () => {
    const sink = await target.open({ ...settings(database), ...more });
    await sink[Symbol.asyncDispose]();
  });
}

describe("connecting", () => {
  test("each refusal names server, database and user, and never the password", async () => {
    const database = await testDatabase();
    const { host, port } = database;
    for (const [more, code, errorClass] of [
      [{ password: "wrong-secret" }, "password_refused", "config"],
      [{ user: "nobody_here", password: "wrong-secret" }, "password_refused", "config"],
      [{ database: "not_there", password: database.password }, "database_missing", "config"],
      [{ port: 1 }, "host_down", "connection"],
      [{ host: "no-such-host.invalid" }, "host_unknown", "connection"],
      [{ role: "no_such_role" }, "role_refused", "config"],
    ] as const) {
      const error = await open(database, more);
      expect(error).toMatchObject({ code, class: errorClass });
      const used = { host, port, database: database.database, user: "postgres", ...more } as Record<string, unknown>;
      if (code !== "role_refused")
        expect(error.message).toContain(`${used.host}:${used.port}, database "${used.database}", user "${used.user}"`);
      expect(error.hint).not.toBe("");
      expect(`${error.message} ${error.hint}`).not.toMatch(/wrong-secret|test-password/);
      expect(error.recovery).toBe(errorClass === "connection" ? "retry" : "fatal");
    }
  });

  test("settings that are missing or make no sense are reported before anything is tried", async () => {
    const database = await testDatabase();
    expect((await failure(() => target.open({ host: "h" }))).message).toContain("user and database");
    expect((await open(database, { sqlalchemy_url: "mysql://u:hidden@h/d" })).message).not.toContain("hidden");
    expect((await open(database, { ssl_enable: false, ssl_mode: "verify-full" })).code).toBe("tls_settings_contradict");
    expect((await open(database, { ssl_mode: "require", ssl_certificate_authority: "/not/there.pem" })).code).toBe("tls_file_unreadable");
  });

  test("a URL is as good as its parts, and wins over them", async () => {
    const { host, port, user, password, database } = await testDatabase();
    const sqlalchemy_url = `postgresql+psycopg2://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}?sslmode=require&application_name=x`;
    await (await target.open({ host: "elsewhere", sqlalchemy_url }))[Symbol.asyncDispose]();
  });

  test("TLS: the certificate is checked as ssl_mode requires", async () => {
    const database = await testDatabase();
    const own = { ssl_certificate_authority: authorityCertificate };
    for (const works of [
      { ssl_mode: "require" },
      { ssl_mode: "verify-ca", ...own },
      { ssl_mode: "verify-full", host: "localhost", ...own },
      { ssl_enable: true, host: "localhost", ...own },
      { ssl_mode: "disable" },
    ] as const)
      await (await target.open({ ...settings(database), ...works }))[Symbol.asyncDispose]();
    expect((await open(database, { ssl_mode: "verify-full", ...own })).code).toBe("certificate_refused");
    expect((await open(database, { ssl_mode: "verify-ca" })).code).toBe("certificate_refused");
  });

  test("TLS refused by the server: an error where it is required, plain where it is preferred", async () => {
    const database = await testDatabase();
    await database.read("ALTER SYSTEM SET ssl = off", "SELECT pg_reload_conf()", "SELECT pg_sleep(0.3)");
    onTestFinished(() => database.read("ALTER SYSTEM RESET ssl", "SELECT pg_reload_conf()").then(() => undefined));
    expect(await open(database, { ssl_mode: "require" })).toMatchObject({ code: "tls_refused", class: "config" });
    await (await target.open(settings(database)))[Symbol.asyncDispose]();
  });
});

describe("rights", () => {
  test("a role that may not make schemas or tables loads into tables that are there, and gets an error where it may not", async () => {
    const database = await testDatabase();
    const role = `loader_${database.database}`;
    await database.read(
      `CREATE ROLE ${role} LOGIN PASSWORD 'pw'`,
      "CREATE SCHEMA raw",
      "CREATE TABLE raw.s (id bigint PRIMARY KEY, v text)",
      `GRANT USAGE ON SCHEMA raw TO ${role}`,
      `GRANT SELECT, INSERT, UPDATE ON raw.s TO ${role}`,
      "CREATE TABLE raw.closed (id bigint)",
    );
    onTestFinished(() => database.read(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`).then(() => undefined));
    const config = { ...settings(database), user: role, password: "pw", default_target_schema: "raw" };
    await withSink(config, async (sink) => {
      const writer = await sink.open(stream({ id, v: { type: "string" } }, ["id"]));
      await writer.write(batch([{ id: 1, v: "x" }]));
      expect((await sink.commit()).counts.get("s")).toEqual({ inserted: 1, updated: 0, superseded: 0 });
    });
    const attempts = [
      [stream({ id, more: id }, ["id"]), "raw", "not_owner", '"raw"."s"'],
      [stream({ id }, [], undefined, "new"), "raw", "permission_denied", '"raw"."new"'],
      [stream({ id }, [], undefined, "new"), "nowhere", "permission_denied", '"nowhere"."new"'],
      [stream({ id }, [], undefined, "closed"), "raw", "permission_denied", '"raw"."closed"'],
    ] as const;
    for (const [wanted, default_target_schema, code, table] of attempts) {
      const error = await failure(() =>
        withSink({ ...config, default_target_schema }, async (sink) => {
          const writer = await sink.open(wanted);
          await writer.write(batch([{ id: 1 }]));
          await sink.commit();
        }),
      );
      expect(error).toMatchObject({ code, class: "config" });
      expect(error.message).toContain(table);
      expect(error.message).toContain(role);
    }
  });
});

describe("what the server refuses", () => {
  test.each([
    ["id bigint, code text, g int GENERATED ALWAYS AS (1 / (length(code) - 3)) STORED", { id: 1, code: "bad" }, "value_refused", undefined],
    ["id bigint, code text CHECK (code <> 'bad')", { id: 1, code: "bad" }, "constraint_refuses", undefined],
    ["id bigint, code text NOT NULL", { id: 1, code: null }, "constraint_refuses", "code"],
    ["id bigint UNIQUE, code text", { id: 2, code: "again" }, "constraint_refuses", undefined],
  ])("a table (%s) and %j: %s, with the line; nothing stays", async (columns, row, code, column) => {
    const database = await testDatabase();
    await database.read(`CREATE TABLE s (${columns})`);
    await withSink(settings(database), async (sink) => {
      const writer = await sink.open(stream({ id, ...(columns.includes("code") && { code: { type: ["null", "string"] } }) }));
      const good = columns.includes("code") && { code: "ok" };
      const error = await failure(async () => {
        await writer.write(batch([{ id: 2, ...good }, { id: 3, ...good }, row], { firstLine: 11, chunkRows: 2 }));
        await sink.commit();
      });
      expect(error).toMatchObject({
        code,
        class: "data",
        recovery: "skip",
        position: { stream: "s", line: 13, ...(column && { column }) },
      });
      expect(error.message).toContain('"public"."s"');
      await sink.rollback();
    });
    expect(await database.read("SELECT count(*) FROM s")).toEqual([["0"]]);
  });

  test("a commit that only looks like one: its tag is ROLLBACK", async () => {
    const database = await testDatabase();
    const { host, port, user, password } = database;
    const tls = { mode: "prefer", authority: undefined, certificate: undefined, key: undefined } as const;
    const none = { role: undefined, searchPath: undefined, statementTimeoutMs: undefined, lockTimeoutMs: undefined };
    const options = { host, port, user, password, database: database.database, tls, ...none };
    const session = await openSession({ ...options, applicationName: "test", connectTimeoutMs: 5000, keepaliveIdleMs: 0 });
    await using connection = connectionOf(session);
    await connection.begin();
    await connection.run("CREATE TABLE t (a int)");
    await failure(() => connection.run("SELECT 1/0"));
    expect(await failure(() => connection.commit())).toMatchObject({ code: "commit_refused", class: "connection" });
    expect(await database.read("SELECT count(*) FROM pg_tables WHERE tablename = 't'")).toEqual([["0"]]);
  });

  test("a constraint that is checked at COMMIT", async () => {
    const database = await testDatabase();
    await database.read("CREATE TABLE p (id bigint PRIMARY KEY)", "CREATE TABLE s (id bigint REFERENCES p DEFERRABLE INITIALLY DEFERRED)");
    await withSink(settings(database), async (sink) => {
      const writer = await sink.open(stream({ id }));
      await writer.write(batch([{ id: 1 }]));
      expect(await failure(() => sink.commit())).toMatchObject({ code: "constraint_refuses", class: "data" });
    });
    expect(await database.read("SELECT count(*) FROM s")).toEqual([["0"]]);
  });
});

describe("the session", () => {
  test.each(["between batches", "while a batch is sent"])(
    "a connection cut %s is an error to try again after, and nothing stays",
    async (when) => {
      const database = await testDatabase();
      const cut =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'target-postgres'";
      await withSink(settings(database), async (sink) => {
        const writer = await sink.open(stream({ id }));
        await writer.write(batch([{ id: 1 }]));
        await sink.commit();
        await writer.write(batch(Array.from({ length: when === "between batches" ? 10 : 400_000 }, (_, i) => ({ id: i }))));
        await database.read(cut, "SELECT pg_sleep(0.1)");
        const error = await failure(async () => {
          await writer.write(batch([{ id: 3 }]));
          await sink.commit();
        });
        expect(error).toMatchObject({ code: "connection_lost", class: "connection", recovery: "retry" });
        await sink.rollback();
      });
      expect(await database.read("SELECT id FROM s")).toEqual([["1"]]);
    },
  );

  test("what was committed before the connection was cut is reported, without a look at the table", async () => {
    const database = await testDatabase();
    const summaries: StreamSummary[] = [];
    const line = (message: object): Uint8Array => Buffer.from(`${JSON.stringify(message)}\n`);
    async function* input() {
      yield* [line(schema({ id })), line(record({ id: 1 })), line({ type: "STATE", value: 1 })];
      await database.read(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'target-postgres'",
      );
      yield* [line(record({ id: 2 })), line({ type: "STATE", value: 2 })];
    }
    const given = { ...settings(database), commit_after_ms: 0 };
    const { config } = checkConfig<TargetSettings>(target.name, withTargetSettings(target.config, target.loadMethods), given);
    const states: unknown[] = [];
    const error = await failure(async () => {
      const onSummary = (all: StreamSummary[]): void => void summaries.push(...all);
      for await (const state of load(target as unknown as Target, config, input(), { onSummary })) states.push(state);
    });
    expect([states, error]).toMatchObject([[1], { code: "connection_lost" }]);
    expect(summaries).toMatchObject([{ received: 2, loaded: 1, not_committed: 1, table: "public.s" }]);
    expect(summaries[0]).not.toHaveProperty("in_table");
  });

  test("a lock somebody else holds, for longer than lock_timeout_ms", async () => {
    const database = await testDatabase();
    await database.read("CREATE TABLE s (id bigint)");
    const holding = database.read("BEGIN", "LOCK TABLE s IN ACCESS EXCLUSIVE MODE", "SELECT pg_sleep(1.5)");
    await database.read("SELECT pg_sleep(0.3)");
    const error = await failure(() =>
      withSink({ ...settings(database), lock_timeout_ms: 100 }, async (sink) => {
        const writer = await sink.open(stream({ id }));
        await writer.write(batch([{ id: 1 }]));
        await sink.commit();
      }),
    );
    expect(error).toMatchObject({ code: "lock_timeout", class: "connection", recovery: "retry" });
    expect(error.message).toContain('"public"."s"');
    await holding;
  });
});
