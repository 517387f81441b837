/**
 * Behind pgbouncer: in the modes session and transaction tables are read as from the server itself, over one connection and over four, with
 * role, search_path and timeout, by key and whole, and a reader that stops early ends its statement; the mode statement is refused.
 * Covers: plugins/tap-postgres/src/snapshot.ts, packages/postgres/src/copy-out.ts, packages/postgres/src/session.ts, plugins/tap-postgres/long/pgbouncer.test.ts
 * Needs: the program pgbouncer (a package of most systems)
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort, suiteDatabase, type TestDatabase } from "@tapline/testing/postgres";
import { incremental, type Sent } from "@tapline/testing/tap-run";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { discoverCatalog, runTap } from "../test/tap-run.ts";

const database = suiteDatabase();
const rows = 14_000;

beforeAll(() =>
  database().read(
    `CREATE TABLE wide (id int PRIMARY KEY, body text STORAGE PLAIN) WITH (fillfactor = 10)`,
    `INSERT INTO wide SELECT n, repeat('x', 1200) FROM generate_series(1, ${rows}) AS n`,
    `CREATE TABLE small (id int PRIMARY KEY, at date NOT NULL, amount numeric(5,2)); INSERT INTO small VALUES (1, '2024-02-29', 1.5)`,
    "GRANT SELECT ON small, wide TO pg_read_all_settings",
  ),
);

/** The database as the pooler serves it. */
async function pooled(mode: "session" | "transaction" | "statement"): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "tapline-pgbouncer-"));
  const { host, port: serverPort, user, password, database: name } = database();
  const port = await freePort();
  const config = `[databases]
${name} = host=${host} port=${serverPort} dbname=${name}
[pgbouncer]
listen_addr = ${host}
listen_port = ${port}
auth_type = plain
auth_file = ${join(folder, "users.txt")}
pool_mode = ${mode}
unix_socket_dir =
logfile = ${join(folder, "log")}
`;
  chmodSync(folder, 0o777);
  writeFileSync(join(folder, "users.txt"), `"${user}" "${password}"\n`);
  writeFileSync(join(folder, "pgbouncer.ini"), config);
  const pooler = spawn("pgbouncer", [...(process.getuid?.() === 0 ? ["-u", "nobody"] : []), join(folder, "pgbouncer.ini")], {
    stdio: "ignore",
  });
  const started = once(pooler, "spawn");
  onTestFinished(async () => {
    await ended(pooler);
    rmSync(folder, { recursive: true, force: true });
  });
  await started;
  return { ...database(), port };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

const ids = ({ rows: of }: Sent, stream: string): number => new Set(of(stream).map(({ id }) => Number(id))).size;

test.for(["session", "transaction"] as const)("%s: all is read", async (mode) => {
  const at = await pooled(mode);
  for (const config of [{}, { parallel: 4 }, { role: "pg_read_all_settings", search_path: "public", statement_timeout_ms: 60_000 }]) {
    const sent = await runTap(at, { config });
    expect([sent.thrown, ids(sent, "public-wide"), sent.rows("public-small")]).toMatchObject([
      undefined,
      rows,
      [{ id: 1, at: "2024-02-29" }],
    ]);
  }
  const sent = await runTap(at, { catalog: incremental(await discoverCatalog(at), "public-small", "at") });
  expect([sent.thrown, sent.state.bookmarks?.["public-small"]]).toMatchObject([undefined, { replication_key_value: "2024-02-29" }]);
});

test.for(["session", "transaction"] as const)("%s: a reader that stops early ends its statement", async (mode) => {
  const at = await pooled(mode);
  // Half a minute of rows, of which the first come at once.
  await database().read(
    "CREATE VIEW slow AS SELECT n AS id, repeat('x', 20000) || pg_sleep(0.01)::text AS body FROM generate_series(1, 3000) AS n",
  );
  onTestFinished(async () => void (await database().read("DROP VIEW slow")));
  const began = performance.now();
  await runTap(at, { config: { filter_tables: "public.slow" }, until: ({ type }) => type === "RECORD" });
  expect(performance.now() - began).toBeLessThan(10_000);
  const working =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()";
  await pause(200);
  expect(await database().read(working)).toEqual([["0"]]);
});

test("statement: refused, with what to set", async () => {
  const { thrown } = await runTap(await pooled("statement"));
  expect(thrown).toMatchObject({ code: "pooler_splits_transactions", hint: expect.stringContaining("pool_mode") });
});
