/**
 * Tables that others alter, drop, rename or empty while a run of tap-postgres is under way, after its snapshot and before their turn. Each
 * is loaded right or named in an error; none is loaded with less, and the tables beside them are loaded. The next run loads all as they are.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { run } from "./command.ts";
import { duckdbRows } from "./duckdb.ts";
import { root } from "./repository.ts";

interface Change {
  /** What happens to the table `t`. */
  sql: (t: string) => string;
  /** Part of the error that names the table; undefined where the table is loaded. */
  error?: RegExp;
  /** How many rows have which `v` after the next run. Default: all have what they had. */
  later?: readonly string[];
}

const isRewritten = /was emptied or rewritten/;

const changes: Record<string, Change> = {
  add_column: { sql: (t) => `ALTER TABLE ${t} ADD COLUMN more int DEFAULT 7` },
  add_random_column: { sql: (t) => `ALTER TABLE ${t} ADD COLUMN more float8 DEFAULT random()`, error: isRewritten },
  drop_column: { sql: (t) => `ALTER TABLE ${t} DROP COLUMN v`, error: /column .*v.* does not exist/, later: ["500 old"] },
  rename_column: { sql: (t) => `ALTER TABLE ${t} RENAME COLUMN v TO w`, error: /column .*v.* does not exist/, later: ["500 old"] },
  widen: { sql: (t) => `ALTER TABLE ${t} ALTER COLUMN v TYPE text` },
  retype: { sql: (t) => `ALTER TABLE ${t} ALTER COLUMN v TYPE int USING length(v)`, error: isRewritten, later: ["500 3"] },
  drop_zone: { sql: (t) => `ALTER TABLE ${t} ALTER COLUMN at TYPE timestamp` },
  truncate: { sql: (t) => `TRUNCATE ${t}`, error: isRewritten, later: [] },
  drop_table: { sql: (t) => `DROP TABLE ${t}`, error: /does not exist/, later: ["500 old"] },
  rename_table: { sql: (t) => `ALTER TABLE ${t} RENAME TO z_${t}`, error: /does not exist/, later: ["500 old"] },
  make_again: {
    sql: (t) =>
      `DROP TABLE ${t}; CREATE TABLE ${t} (id int PRIMARY KEY, v varchar(10), at timestamptz); INSERT INTO ${t} VALUES (1, 'again')`,
    error: isRewritten,
    later: ["1 again"],
  },
  untouched: { sql: () => "SELECT 1" },
};

/** The tap waits in this view, which comes first, for as long as another session holds the lock. */
const gate = "CREATE VIEW a_gate AS SELECT 1 AS id FROM pg_advisory_xact_lock_shared(7)";

test("each is loaded right or named, and the next run loads it as it is", async () => {
  const database = await testDatabase();
  for (const t of Object.keys(changes))
    await database.read(
      `CREATE TABLE ${t} (id int PRIMARY KEY, v varchar(10), at timestamptz)`,
      `INSERT INTO ${t} SELECT n, 'old', '2024-01-01 00:00:00.5Z' FROM generate_series(1, 500) AS n`,
    );
  await database.read(gate);
  const { load, query, rows } = project(database);
  expect(await load()).toEqual({ code: 0, output: expect.any(String) });
  for (const t of Object.keys(changes)) await database.read(`UPDATE ${t} SET v = 'new'`);

  const loading = load();
  await passGate(
    database,
    loading,
    Object.entries(changes).map(([t, { sql }]) => sql(t)),
  );
  const { code, output } = await loading;
  expect(code).not.toBe(0);
  for (const [t, { error }] of Object.entries(changes)) {
    expect([t, await rows(t)]).toEqual([t, [{ v: error === undefined ? "new" : "old", at: "2024-01-01 00:00:00.5", rows: "500" }]]);
    const said = output.split("\n").find((line) => line.includes(`stream "public-${t}" failed`));
    expect([t, said]).toEqual([t, error === undefined ? undefined : expect.stringMatching(error)]);
  }

  expect(await load()).toEqual({ code: 0, output: expect.any(String) });
  for (const [t, { later }] of Object.entries(changes)) {
    const left = (await rows(t)).map(({ v, rows }) => `${rows} ${v}`);
    expect([t, left]).toEqual([t, later === undefined ? ["500 new"] : later]);
  }
  // A view with a key that the project gives it is no longer than it is.
  expect(await query("SELECT id FROM main.a_gate")).toEqual([{ id: "1" }]);
});

function project({ host, port, user, password, database }: TestDatabase) {
  const folder = mkdtempSync(join(tmpdir(), "tapline-changing-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const filepath = join(folder, "loaded.duckdb");
  const plugin = (name: string, config: object) => ({ executable: join(root, `plugins/${name}/bin/${name}.js`), config });
  const plugins = {
    "tap-postgres": {
      ...plugin("tap-postgres", { host, port, user, password, database }),
      metadata: { "public-a_gate": { "table-key-properties": ["id"] } },
    },
    "target-duckdb": plugin("target-duckdb", { filepath, default_target_schema: "main", hard_delete: true }),
  };
  writeFileSync(
    join(folder, "tapline.yml"),
    JSON.stringify({ plugins, jobs: { all: { steps: ["tap-postgres target-duckdb"], retry: { attempts: 1 } } } }),
  );
  return {
    async load() {
      const { code, stdout, stderr } = await run("tapline", ["run", "all", "--refresh-catalog"], { cwd: folder });
      return { code, output: stdout + stderr };
    },
    query: (sql: string) => duckdbRows(filepath, sql),
    rows: (table: string) =>
      duckdbRows(filepath, `SELECT v, "at"::timestamp AS "at", count(*) AS rows FROM main.${table} GROUP BY ALL ORDER BY ALL`),
  };
}

/** Runs the statements while the run waits at the gate, and then lets it pass. */
async function passGate(database: TestDatabase, loading: Promise<unknown>, statements: readonly string[]): Promise<void> {
  const isWaiting = `EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`;
  const changed = database.read(
    "SELECT pg_advisory_lock(7)",
    `DO $$ BEGIN FOR n IN 1..600 LOOP IF ${isWaiting} THEN RETURN; END IF; PERFORM pg_sleep(0.1); END LOOP; RAISE 'no run came to the gate'; END $$`,
    ...statements,
  );
  await Promise.all([changed, loading]);
}
