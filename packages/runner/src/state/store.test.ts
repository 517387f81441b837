import { spawn } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { testDatabase } from "@tapline/testing/postgres";
import { describe, expect, onTestFinished, test } from "vitest";
import { describeStore, longAgo, type StoreFixture } from "../../test/store-contract.ts";
import type { Backend } from "./backend.ts";
import { claimStateId } from "./claim.ts";
import { openFileBackend } from "./file-store.ts";
import { openPostgresBackend } from "./postgres-store.ts";
import { openSqliteBackend } from "./sqlite-store.ts";
import type { PreviousRun, Store } from "./store.ts";
import { storeOver } from "./store-over.ts";

const stateId = "dev:tap-a-to-target-b";
const key = (runId: string) => ({ runId, stateId });

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const places: Record<string, () => Promise<StoreFixture> | StoreFixture> = {
  sqlite() {
    const folder = makeFolder();
    return {
      open: async () => openSqliteBackend(folder),
      setRunner(runner) {
        using database = new DatabaseSync(join(folder, ".tapline", "tapline.db"));
        database.prepare("UPDATE runs SET runner = ?").run(JSON.stringify(runner));
      },
      expireLeases() {
        using database = new DatabaseSync(join(folder, ".tapline", "tapline.db"));
        database.prepare("UPDATE runs SET lease_until = ?").run(longAgo);
      },
    };
  },
  file() {
    const path = join(makeFolder(), "deep", "state.json");
    const change = (fields: object): void => {
      const content = JSON.parse(readFileSync(path, "utf8"));
      writeFileSync(path, JSON.stringify({ ...content, runs: content.runs.map((run: object) => ({ ...run, ...fields })) }));
    };
    return {
      open: async () => openFileBackend(path),
      setRunner: (runner) => change({ runner }),
      expireLeases: () => change({ leaseUntil: longAgo }),
    };
  },
  async postgres() {
    const { host, port, user, password, database, read } = await testDatabase();
    const url = `postgresql://${user}:${password}@${host}:${port}/${database}`;
    return {
      open: () => openPostgresBackend({ url, schema: 'states "of" ours' }),
      setRunner: async (runner) => void (await read(`UPDATE "states ""of"" ours".runs SET runner = '${JSON.stringify(runner)}'`)),
      expireLeases: async () => void (await read(`UPDATE "states ""of"" ours".runs SET lease_until = '${longAgo}'`)),
    };
  },
};

const claim = (store: Store, runId: string, warnings: string[] = []): Promise<PreviousRun | null> =>
  claimStateId({ store, runId, stateId, grace: { tapMs: 100, targetMs: 300 }, warn: (message) => warnings.push(message) });

for (const [name, place] of Object.entries(places)) describeStore(name, place);

test("two stores have two ids", async () => {
  const folders = [makeFolder(), makeFolder()];
  const [a, b] = folders.map((folder) => openSqliteBackend(folder)) as [Backend, Backend];
  expect(a.id).not.toBe(b.id);
  await Promise.all([a[Symbol.asyncDispose](), b[Symbol.asyncDispose]()]);
});

test("a SQLite file of the first form is brought to the present one with all it has", async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, ".tapline"));
  const database = new DatabaseSync(join(folder, ".tapline", "tapline.db"));
  database.exec(`
    CREATE TABLE state (state_id TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at TEXT NOT NULL, run_id TEXT NOT NULL) STRICT;
    CREATE TABLE runs (
      run_id TEXT PRIMARY KEY, state_id TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,
      started_at TEXT NOT NULL, ended_at TEXT, runner TEXT NOT NULL, children TEXT NOT NULL,
      counts TEXT, error TEXT, state_before TEXT, state_after TEXT
    ) STRICT;
    CREATE INDEX runs_by_state ON runs (state_id, started_at);
    CREATE INDEX runs_open ON runs (state_id) WHERE status = 'running';
    INSERT INTO state VALUES ('${stateId}', '{"a":1}', '2026-01-01', 'r1');
    INSERT INTO runs VALUES ('r0', '${stateId}', 'state_set', 'done', '2026-01-01', NULL, '{}', '[]', NULL, NULL, NULL, NULL);
    INSERT INTO runs VALUES ('r1', '${stateId}', 'run', 'failed', '2026-01-01', NULL, '{}', '[]', NULL, NULL, NULL, NULL);
    PRAGMA user_version = 1;`);
  database.close();
  await using store = storeOver(openSqliteBackend(folder), 1000);
  expect(await store.state(stateId)).toMatchObject({ value: '{"a":1}', runId: "r1" });
  await expect(claim(store, "r2")).resolves.toMatchObject({ runId: "r1", status: "failed" });
  expect((await store.history(stateId)).map(({ kind }) => kind)).toEqual(["run", "run", "set"]);
  expect(store.id).toMatch(/^[0-9a-f]{32}$/);
});

test("a store from before the last commits were kept has none, in a file and in PostgreSQL", async () => {
  const path = join(makeFolder(), "state.json");
  await using file = storeOver(openFileBackend(path), 1000);
  await file.change([{ ...key("r1"), kind: "set", value: "{}", lastCommits: { "": "r0" } }]);
  const content = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...content, runs: content.runs.map(({ lastCommits: _, ...run }: { lastCommits: object }) => run) }));
  expect((await claim(file, "r2"))?.lastCommits).toEqual({});
  const { host, port, user, password, database, read } = await testDatabase();
  const place = { url: `postgresql://${user}:${password}@${host}:${port}/${database}`, schema: "tapline" };
  const open = async (): Promise<Store> => storeOver(await openPostgresBackend(place), 1000);
  await using first = await open();
  await first.change([{ ...key("r1"), kind: "set", value: "{}" }]);
  await read("ALTER TABLE tapline.runs DROP COLUMN last_commits", "DROP TABLE tapline.facts", "UPDATE tapline.store SET form = 1");
  await using second = await open();
  expect(second.id).toBe(first.id);
  expect((await claim(second, "r2"))?.lastCommits).toEqual({});
});

describe("a newer form is not touched", () => {
  test("in SQLite", async () => {
    const folder = makeFolder();
    await openSqliteBackend(folder)[Symbol.asyncDispose]();
    using database = new DatabaseSync(join(folder, ".tapline", "tapline.db"));
    database.exec("PRAGMA user_version = 99");
    expect(() => openSqliteBackend(folder)).toThrow(expect.objectContaining({ code: "store_too_new" }));
  });

  test("in a file, and what is no file of states is not overwritten", async () => {
    const path = join(makeFolder(), "state.json");
    writeFileSync(path, '{"form":99,"id":"a","states":[],"runs":[]}');
    expect(() => openFileBackend(path)).toThrow(expect.objectContaining({ code: "store_too_new" }));
    writeFileSync(path, '{"bookmarks":{}}');
    expect(() => openFileBackend(path)).toThrow(expect.objectContaining({ code: "store_unusable" }));
    expect(readFileSync(path, "utf8")).toBe('{"bookmarks":{}}');
  });

  test("in PostgreSQL", async () => {
    const { host, port, user, password, database, read } = await testDatabase();
    const place = { url: `postgresql://${user}:${password}@${host}:${port}/${database}`, schema: "tapline" };
    await (await openPostgresBackend(place))[Symbol.asyncDispose]();
    await read("UPDATE tapline.store SET form = 99");
    await expect(openPostgresBackend(place)).rejects.toMatchObject({ code: "store_too_new" });
  });
});

describe("a file", () => {
  test("that is a link stays one, and keeps the rights it was given", async () => {
    const folder = makeFolder();
    const [real, link] = [join(folder, "real.json"), join(folder, "state.json")];
    await openFileBackend(real)[Symbol.asyncDispose]();
    expect(statSync(real).mode & 0o777).toBe(0o600);
    chmodSync(real, 0o660);
    symlinkSync(real, link);
    await using store = storeOver(openFileBackend(link), 1000);
    await store.change([{ ...key("r1"), kind: "set", value: "{}" }]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o660);
    expect(readFileSync(real, "utf8")).toContain(stateId);
  });

  test("whose disk is full keeps what it had", async () => {
    const path = join(makeFolder(), "state.json");
    const script = `
      import { openFileBackend } from "${new URL("../../dist/state/file-store.js", import.meta.url)}";
      import { storeOver } from "${new URL("../../dist/state/store-over.js", import.meta.url)}";
      process.on("SIGXFSZ", () => {});
      const store = storeOver(openFileBackend(${JSON.stringify(path)}), 1000);
      const set = (runId, value) => store.change([{ stateId: "${stateId}", runId, kind: "set", value }]);
      await set("r1", '{"a":1}');
      console.log(await set("r2", JSON.stringify({ a: "x".repeat(9000) })).then(() => "kept", ({ code }) => code));
      console.log((await store.state("${stateId}")).value);`;
    const child = spawn("bash", ["-c", 'ulimit -f 8; exec "$@"', "bash", process.execPath, "--input-type=module", "-e", script]);
    expect(await text(child.stdout)).toBe('store_unusable\n{"a":1}\n');
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe("PostgreSQL", () => {
  test("many that come first at once make one store", async () => {
    const { host, port, user, password, database } = await testDatabase();
    const place = { url: `postgresql://${user}:${password}@${host}:${port}/${database}`, schema: "tapline" };
    const backends = await Promise.all(Array.from({ length: 8 }, () => openPostgresBackend(place)));
    expect(new Set(backends.map(({ id }) => id)).size).toBe(1);
    await Promise.all(backends.map((backend) => backend[Symbol.asyncDispose]()));
  });

  test("a server whose default is another isolation sees what was kept meanwhile", async () => {
    const { host, port, user, password, database, read } = await testDatabase();
    await read(`ALTER DATABASE ${database} SET default_transaction_isolation = 'repeatable read'`);
    const url = `postgresql://${user}:${password}@${host}:${port}/${database}`;
    const open = async () => storeOver(await openPostgresBackend({ url, schema: "tapline" }), 60_000);
    await using first = await open();
    await using second = await open();
    const outcomes = await Promise.all([first, second].map((store, at) => store.claim(key(`r${at}`))));
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(["busy", "claimed"]);
  });

  test("a connection that is cut between and during two saves is made again", async () => {
    const { host, port, user, password, database, read } = await testDatabase();
    const url = `postgresql://${user}:${password}@${host}:${port}/${database}`;
    await using store = storeOver(await openPostgresBackend({ url, schema: "tapline" }), 60_000);
    const cut = () =>
      read("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tapline' AND datname = current_database()");
    await claim(store, "r1");
    await cut();
    await store.saveState(key("r1"), '{"a":1}');
    const saves = Promise.all([1, 2, 3, 4].map((a) => store.saveState(key("r1"), `{"a":${a}}`)));
    await cut();
    await saves;
    expect(await store.state(stateId)).toMatchObject({ value: '{"a":4}' });
  });

  test("a server that is not there is named without the password", async () => {
    const place = openPostgresBackend({ url: "postgresql://me:hunter2@127.0.0.1:1/states", schema: "tapline" });
    const error = await place.catch((caught: Error) => caught);
    expect(error).toMatchObject({ code: "store_unreachable", recovery: "retry" });
    expect(String((error as Error).message)).toContain("PostgreSQL at 127.0.0.1:1/states");
    expect(String((error as Error).message)).not.toContain("hunter2");
  });

  test("a role that may use the tables but make none can keep states", async () => {
    const { host, port, user, password, database, read } = await testDatabase();
    const at = (who: string) => ({ url: `postgresql://${who}@${host}:${port}/${database}`, schema: "tapline" });
    await (await openPostgresBackend(at(`${user}:${password}`)))[Symbol.asyncDispose]();
    const role = `keeper_${database}`;
    await read(
      `CREATE ROLE ${role} LOGIN PASSWORD 'k'`,
      `GRANT USAGE ON SCHEMA tapline TO ${role}`,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA tapline TO ${role}`,
    );
    const store = storeOver(await openPostgresBackend(at(`${role}:k`)), 60_000);
    await claim(store, "r1");
    await store.saveState(key("r1"), "{}");
    await store[Symbol.asyncDispose]();
    await read(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`);
  });
});
