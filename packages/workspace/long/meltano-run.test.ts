/**
 * A Meltano project, run by Meltano itself (PyPI) and unchanged by tapline, side by side: a tap, a mapping and a target from PyPI, PostgreSQL on both
 * ends. Same rows, same states, over two runs with changes between them; a state of Meltano taken over, and one given back. Time and CPU of both.
 * Covers: packages/runner/src/project/meltano, packages/runner/src/state/meltano, packages/runner/src/plugins/meltano-plugin.ts, packages/runner/src/pipe-run, packages/workspace/long/meltano-run.test.ts
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, type TestContext, test } from "vitest";
import { bin } from "../src/command.ts";
import { type PostgresDatabase, postgresDatabase } from "../src/faults/database.ts";
import { suiteServer } from "../src/faults/suite-server.ts";
import { pythonProgram } from "../src/python.ts";
import bars from "./meltano-run.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const postgres = suiteServer();
const id = "dev:tap-shop-to-target-postgres";
const words = ["run", "tap-shop", "hide", "target-postgres"];

const project = `version: 1
default_environment: dev
send_anonymous_usage_stats: false
env: { LOADED_INTO: $SCHEMA_OF_TEST }
plugins:
  extractors:
  - name: tap-postgres
    namespace: tap_postgres
    pip_url: meltanolabs-tap-postgres==0.10.0
    executable: tap-postgres
    capabilities: [about, catalog, discover, state]
    settings:
    - { name: host }
    - { name: port, kind: integer }
    - { name: user }
    - { name: password, sensitive: true }
    - { name: database }
    - { name: filter_schemas, kind: array }
  - name: tap-shop
    inherit_from: tap-postgres
    config: { host: $PGHOST, port: $PGPORT, user: $PGUSER, password: $PGPASSWORD, database: $PGDATABASE, filter_schemas: [shop] }
    select: ["shop-orders.*", "shop-customers.*", "!shop-customers.note"]
    metadata:
      shop-orders: { replication-method: INCREMENTAL, replication-key: updated }
      shop-customers: { replication-method: FULL_TABLE }
  loaders:
  - name: target-postgres
    namespace: target_postgres
    pip_url: meltanolabs-target-postgres==0.6.1
    executable: target-postgres
    capabilities: [about]
    settings:
    - { name: host }
    - { name: port, kind: integer }
    - { name: user }
    - { name: password, sensitive: true }
    - { name: database }
    - { name: default_target_schema, value: $MELTANO_EXTRACT__LOAD_SCHEMA }
    - { name: add_record_metadata, kind: boolean, value: false }
    config: { host: $PGHOST, port: $PGPORT, user: $PGUSER, password: $PGPASSWORD, database: $PGDATABASE, default_target_schema: $LOADED_INTO }
  mappers:
  - name: map-transformer
    namespace: map_transformer
    pip_url: meltano-map-transform==0.12.3
    executable: meltano-map-transform
    mappings:
    - name: hide
      config: { stream_maps: { shop-customers: { email: md5(email) } } }
environments:
- name: dev
jobs:
- { name: nightly, tasks: [tap-shop hide target-postgres] }
`;

interface Run {
  seconds: number;
  /** User and system, of all processes. */
  cpu: number;
  out: string;
}

/** Runs a program through a shell that tells its CPU and that of its children. */
function timed(folder: string, env: Record<string, string>, program: string, ...args: string[]): Run {
  const started = performance.now();
  const script = 'log=$1; shift; "$@" > "$log" 2>&1; code=$?; times | tail -n 1; exit $code';
  const log = join(folder, "output.log");
  try {
    const told = execFileSync("bash", ["-c", script, "bash", log, program, ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      encoding: "utf8",
    });
    const cpu = [...told.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
      (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
      0,
    );
    return { seconds: (performance.now() - started) / 1000, cpu, out: execFileSync("cat", [log], { encoding: "utf8" }) };
  } catch (error) {
    throw new Error(
      `${program} ${args.join(" ")}: ${(error as Error).message}\n${execFileSync("tail", ["-c", "4000", log], { encoding: "utf8" })}`,
    );
  }
}

const folderOf = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "tapline-meltano-run-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

test("the same rows and the same state, and a state goes over and back", async ({ task }: TestContext) => {
  const meltano = pythonProgram("meltano", "meltano");
  const base = folderOf();
  writeFileSync(join(base, "meltano.yml"), project);
  await using database = await postgresDatabase(postgres());
  const { host, port, user, password, database: name } = database.config as Record<string, unknown>;
  const address = {
    PGHOST: String(host),
    PGPORT: String(port),
    PGUSER: String(user),
    PGPASSWORD: String(password),
    PGDATABASE: String(name),
  };
  const call = (folder: string, schema: string, program: string, ...args: string[]): Run =>
    timed(folder, { ...address, SCHEMA_OF_TEST: schema, NO_COLOR: "1" }, program, ...args);
  call(base, "none", meltano, "install");
  const copies = (["m", "t", "over"] as const).map((schema): [string, string] => [schema, folderOf()]);
  const [[, theirs], [, ours], [, over]] = copies as [[string, string], [string, string], [string, string]];
  for (const [, folder] of copies) cpSync(base, folder, { recursive: true });
  const tapline = (folder: string, schema: string, ...args: string[]): Run =>
    call(folder, schema, process.execPath, bin("tapline"), ...args);
  const stateOf = (run: Run): unknown => {
    const state = JSON.parse(run.out.slice(run.out.indexOf('{"')).split("\n")[0] as string);
    return state.singer_state ?? state;
  };
  const states = (): unknown[] => [
    stateOf(call(theirs, "m", meltano, "--log-level", "error", "state", "get", id, "--format", "compact")),
    stateOf(tapline(ours, "t", "state", "get", id)),
  ];

  await fill(database, 1, bars.rows);
  const runs: Record<"meltano" | "tapline", Run[]> = { meltano: [], tapline: [] };
  runs.meltano.push(call(theirs, "m", meltano, ...words));
  runs.tapline.push(tapline(ours, "t", ...words));
  expect(await rowsIn(database, "t")).toEqual(await rowsIn(database, "m"));
  expect(states()[1]).toEqual(states()[0]);

  // What only Meltano has run so far goes on by tapline, from Meltano's state: it reads nothing that was loaded.
  cpSync(join(theirs, ".meltano/meltano.db"), join(over, ".meltano/meltano.db"));
  await fill(database, bars.rows + 1, bars.rows + 100);
  runs.tapline.push(tapline(over, "over", ...words));
  const [[continued] = []] = await database.query('SELECT count(*) FROM "over"."shop-orders"');
  // The last row of a bookmark is read again.
  expect(Number(continued)).toBe(101);
  runs.meltano.push(call(theirs, "m", meltano, ...words));
  runs.tapline.push(tapline(ours, "t", ...words));
  expect(await rowsIn(database, "t")).toEqual(await rowsIn(database, "m"));
  expect(states()[1]).toEqual(states()[0]);

  // And back: Meltano continues from where tapline was.
  const exported = tapline(over, "over", "export", "meltano-state");
  writeFileSync(join(over, "states.json"), exported.out);
  call(over, "over", meltano, "state", "import", "states.json");
  const back = stateOf(call(over, "over", meltano, "--log-level", "error", "state", "get", id, "--format", "compact"));
  expect(back).toEqual(states()[0]);

  const shown = ({ seconds, cpu }: Run) => ({ seconds: Number(seconds.toFixed(2)), cpu: Number(cpu.toFixed(2)) });
  const total = (which: "meltano" | "tapline", at: number): number => runs[which][at]?.cpu ?? 0;
  task.meta.result = {
    rows: (await rowsIn(database, "t")).length,
    meltano: runs.meltano.map(shown),
    tapline: runs.tapline.map(shown),
    cpu_first_run: Number((total("tapline", 0) / total("meltano", 0)).toFixed(2)),
    cpu_second_run: Number((total("tapline", 2) / total("meltano", 1)).toFixed(2)),
  };
  expect(total("tapline", 2)).toBeLessThanOrEqual(total("meltano", 1) * bars.most_of_meltanos_cpu);
});

async function fill({ query }: PostgresDatabase, from: number, to: number): Promise<void> {
  await query(
    "CREATE SCHEMA IF NOT EXISTS shop",
    "CREATE TABLE IF NOT EXISTS shop.orders (id int PRIMARY KEY, amount numeric(12,2), updated timestamp)",
    "CREATE TABLE IF NOT EXISTS shop.customers (id int PRIMARY KEY, email text, note text)",
    `INSERT INTO shop.orders SELECT i, i * 1.25, timestamp '2026-01-01' + i * interval '1 minute' FROM generate_series(${from}, ${to}) AS i`,
    `INSERT INTO shop.customers SELECT i, 'c' || i || '@example.com', 'n' || i FROM generate_series(${from}, ${to}) AS i WHERE i % 10 = 0`,
  );
}

/** Every row of every table as text. */
async function rowsIn({ query }: PostgresDatabase, schema: string): Promise<string[]> {
  const tables = await query(`SELECT table_name FROM information_schema.tables WHERE table_schema = '${schema}' ORDER BY 1`);
  const rows: string[] = [];
  for (const [table] of tables)
    for (const [row] of await query(`SELECT row_to_json(r)::text FROM (SELECT * FROM "${schema}"."${table}" ORDER BY id) AS r`))
      rows.push(`${table} ${row}`);
  return rows;
}
