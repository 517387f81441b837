/** A folder with meltano.yml and no tapline.yml: runs, jobs, mappings, commands, environments, variables and states, and nothing of Meltano's is written. */
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { makeFolder, start, tapline } from "./tapline.ts";

/** Notes what it was given, and sends its start date. */
const tap = `#!/usr/bin/env node
import { readFileSync, writeFileSync } from "node:fs";
const file = (name) => { const at = process.argv.indexOf(name); return at < 0 ? null : JSON.parse(readFileSync(process.argv[at + 1], "utf8")); };
const stream = { tap_stream_id: "orders", stream: "orders", schema: { type: "object", properties: { id: { type: "integer" }, email: { type: "string" }, note: { type: "string" } } }, key_properties: ["id"], metadata: [] };
if (process.argv.includes("--discover")) { console.log(JSON.stringify({ streams: [stream] })); process.exit(0); }
const names = Object.entries(process.env).filter(([name]) => /^(MELTANO|TAP_SHOP|LEVEL)/.test(name));
writeFileSync(process.env.NOTES, JSON.stringify({ config: file("--config"), catalog: file("--catalog"), state: file("--state"), env: Object.fromEntries(names) }));
console.log(JSON.stringify({ type: "SCHEMA", ...stream }));
console.log(JSON.stringify({ type: "RECORD", stream: "orders", record: { id: 1, email: "a@b", note: "n" } }));
console.log(JSON.stringify({ type: "STATE", value: { bookmarks: { orders: { at: 12345678901234567890n.toString() } } } }));
`;

const program = `#!/usr/bin/env node
import { appendFileSync } from "node:fs";
appendFileSync("calls.txt", JSON.stringify([process.argv.slice(2), process.env.MODELS_THREADS, process.env.MELTANO_UTILITY_NAME]) + "\\n");
`;

const project = `version: 1
default_environment: dev
include_paths: ["more/*.yml"]
env: { LEVEL: "file", NOTES: $MELTANO_PROJECT_ROOT/notes.json }
plugins:
  extractors:
  - name: tap-shop
    namespace: tap_shop
    executable: ./tap.mjs
    capabilities: [catalog, discover, state]
    settings:
    - { name: token, sensitive: true }
    - { name: start }
    - { name: size, kind: integer, value: 10 }
    - { name: options, kind: object }
    config: { token: $SHOP_TOKEN, start: "2024", unset: $NOWHERE, nested.deep: 1 }
    select: ["*.*", "!orders.note"]
  loaders:
  - name: target-jsonl
    namespace: target_jsonl
    config: { destination_path: output/$MELTANO_EXTRACT__LOAD_SCHEMA }
  mappers:
  - name: tapline-map
    namespace: tapline_map
    mappings:
    - { name: hide, config: { stream_maps: { orders: { email: null } } } }
environments:
- name: dev
- name: prod
  config: { plugins: { extractors: [{ name: tap-shop, config: { start: "2025" }, load_schema: shop_prod }] } }
  state_id_suffix: $BRANCH
`;

const more = `plugins:
  utilities:
  - name: models
    namespace: models
    executable: ./program.mjs
    config: { threads: 4 }
    settings: [{ name: threads, kind: integer }]
    commands: { build: 'build --select "a b"' }
jobs:
- { name: daily, tasks: [tap-shop hide target-jsonl models:build] }
schedules:
- { name: nightly, interval: "@daily", job: daily }
`;

function makeMeltano(states: Record<string, { completed: object; partial?: object }> = {}): string {
  const folder = makeFolder();
  for (const [name, text] of Object.entries({ "tap.mjs": tap, "program.mjs": program })) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  mkdirSync(join(folder, "more"));
  writeFileSync(join(folder, "meltano.yml"), project);
  writeFileSync(join(folder, "more/more.yml"), more);
  writeFileSync(join(folder, ".env"), "SHOP_TOKEN=from-env-file\nLEVEL=env-file\n");
  mkdirSync(join(folder, ".meltano"));
  // As Meltano 4 makes the table.
  const database = new DatabaseSync(join(folder, ".meltano/meltano.db"));
  database.exec(
    "CREATE TABLE state (state_id VARCHAR NOT NULL PRIMARY KEY, partial_state VARCHAR, completed_state VARCHAR, updated_at DATETIME)",
  );
  for (const [id, { completed, partial = {} }] of Object.entries(states))
    database.prepare("INSERT INTO state VALUES (?, ?, ?, NULL)").run(id, JSON.stringify(partial), JSON.stringify(completed));
  database.close();
  return folder;
}

const notesIn = (folder: string) => JSON.parse(readFileSync(join(folder, "notes.json"), "utf8"));

test("run, job, mapping, command and state as Meltano has them", async () => {
  const partial = { singer_state: { bookmarks: { orders: { n: 2 } } } };
  const completed = { singer_state: { bookmarks: { orders: { n: 1 }, users: { n: 3 } } } };
  const folder = makeMeltano({ "dev:tap-shop-to-target-jsonl": { completed, partial } });
  const before = picture(join(folder, ".meltano"));
  const ran = await start(folder, ["run", "daily"], "", { LEVEL: "process", TAP_SHOP_OPTIONS: '{"a": 1}', TAP_SHOP__SELECT: '["orders"]' })
    .answer;
  expect([ran.code, ran.code === 0 ? "" : ran.err]).toEqual([0, ""]);
  const { config, catalog, state, env } = notesIn(folder);
  expect(config).toEqual({ token: "from-env-file", start: "2024", size: 10, nested: { deep: 1 }, options: { a: 1 } });
  expect(state).toEqual({ bookmarks: { orders: { n: 2 }, users: { n: 3 } } });
  expect(catalog.streams[0].metadata.find(({ breadcrumb }: { breadcrumb: string[] }) => breadcrumb[1] === "note").metadata.selected).toBe(
    true,
  );
  expect(env).toMatchObject({
    LEVEL: "file",
    MELTANO_ENVIRONMENT: "dev",
    MELTANO_EXTRACTOR_NAME: "tap-shop",
    MELTANO_EXTRACT_START: "2024",
    TAP_SHOP_SIZE: "10",
  });
  const rows = readFileSync(join(folder, "output/tap_shop/orders.jsonl"), "utf8");
  expect(JSON.parse(rows)).toMatchObject({ id: 1, note: "n" });
  expect(rows).not.toContain("email");
  expect(readFileSync(join(folder, "calls.txt"), "utf8")).toBe(`${JSON.stringify([["build", "--select", "a b"], "4", "models"])}\n`);
  expect((await tapline(folder, ["state", "get", "dev:tap-shop-to-target-jsonl"])).out).toContain("12345678901234567890");
  expect(picture(join(folder, ".meltano"))).toEqual(before);
});

test("an environment, words of several steps, and a suffix of state ids", async () => {
  const folder = makeMeltano();
  const { code, err } = await start(folder, ["run", "tap-shop", "target-jsonl", "models:build", "--environment", "prod"], "", {
    BRANCH: "b1",
  }).answer;
  expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
  expect(notesIn(folder).config).toMatchObject({ start: "2025" });
  expect(existsSync(join(folder, "output/shop_prod/orders.jsonl"))).toBe(true);
  expect((await start(folder, ["state", "list", "--environment", "prod", "--json"], "", { BRANCH: "b1" }).answer).out).toContain(
    "prod:tap-shop-to-target-jsonl:b1",
  );
  expect(readFileSync(join(folder, "calls.txt"), "utf8").split("\n")).toHaveLength(2);
});

test("a run of Meltano that is at work refuses ours, and its state is taken over when it has ended", async () => {
  const id = "dev:tap-shop-to-target-jsonl";
  const folder = makeMeltano({ [id]: { completed: { singer_state: { bookmarks: { orders: { n: 1 } } } } } });
  const database = new DatabaseSync(join(folder, ".meltano/meltano.db"));
  // As Meltano 4 makes the table.
  database.exec(
    "CREATE TABLE runs (id INTEGER PRIMARY KEY, job_name VARCHAR, state VARCHAR(7), started_at DATETIME, ended_at DATETIME, payload VARCHAR, payload_flags INTEGER, run_id CHAR(32), trigger VARCHAR, last_heartbeat_at DATETIME)",
  );
  const at = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000).toISOString().replace("T", " ").replace("Z", "000");
  const begin = database.prepare("INSERT INTO runs (job_name, state, run_id, started_at, last_heartbeat_at) VALUES (?, ?, ?, ?, ?)");
  begin.run(id, "RUNNING", "01a231c6", at(3600), at(20));
  begin.run(id, "SUCCESS", "01a231c5", at(7200), at(7100));
  const refused = await tapline(folder, ["run", "tap-shop", "target-jsonl"]);
  expect([refused.code, refused.err]).toEqual([
    3,
    expect.stringMatching(/is already running: run 01a231c6, by Meltano, which gives it up at /),
  ]);
  expect(existsSync(join(folder, "notes.json"))).toBe(false);
  expect((await tapline(folder, ["state", "list"])).out).not.toContain(id);
  expect((await tapline(folder, ["run", "tap-shop", "target-jsonl", "--state-id-suffix", "beside"])).code).toBe(0);
  // It ended, with another state.
  database.exec("UPDATE runs SET state = 'SUCCESS'");
  database.exec(`UPDATE state SET completed_state = '{"singer_state": {"bookmarks": {"orders": {"n": 2}}}}'`);
  expect((await tapline(folder, ["run", "tap-shop", "target-jsonl"])).code).toBe(0);
  expect(notesIn(folder).state).toEqual({ bookmarks: { orders: { n: 2 } } });
  // It was killed: without a heartbeat for five minutes, Meltano gives it up too.
  begin.run(id, "RUNNING", "01a231c7", at(3600), at(301));
  database.close();
  expect((await tapline(folder, ["run", "tap-shop", "target-jsonl"])).code).toBe(0);
});

test("its jobs and schedules are listed", async () => {
  const folder = makeMeltano();
  expect((await tapline(folder, ["list", "jobs"])).out).toBe("daily  tap-shop hide target-jsonl, models build --select 'a b'\n");
  expect((await tapline(folder, ["list", "schedules"])).out).toBe("nightly  0 0 * * * (UTC)  daily in dev\n");
  const listed = JSON.parse((await tapline(folder, ["list", "schedules", "--json"])).out);
  expect(listed).toEqual([{ name: "nightly", cron: "0 0 * * *", timezone: "UTC", job: "daily", environment: "dev" }]);
});

test("a plugin of npm takes the place of a Python one with its settings, also those of an environment", async () => {
  const folder = makeFolder();
  const yml = `plugins:
  loaders:
  - { name: target-duckdb, namespace: duck, pip_url: target-duckdb, settings: [{ name: path }], config: { path: a.duckdb } }
  - { name: target-jsonl, namespace: jsonl, pip_url: target-jsonl, config: { destination_path: out, do_timestamp_file: false } }
  - { name: target-lines, inherit_from: target-jsonl, config: { do_timestamp_file: true } }
environments:
- { name: prod, config: { plugins: { loaders: [{ name: target-duckdb, config: { path: prod.duckdb } }] } } }
`;
  writeFileSync(join(folder, "meltano.yml"), yml);
  const report = async (): Promise<Record<string, unknown>> =>
    JSON.parse((await tapline(folder, ["import", "meltano", "--npm", "all", "--dry-run", "--json"])).out);
  // A timestamp in the file's name is what ours has not.
  expect(await report()).toMatchObject({
    replaced: [{ plugin: "target-duckdb" }],
    offers: [{ plugin: "target-jsonl", unknown: ["do_timestamp_file"] }],
  });
  writeFileSync(join(folder, "meltano.yml"), yml.replace("do_timestamp_file: true", "destination_path: lines"));
  const { text } = await report();
  expect(parse(text as string)).toMatchObject({
    plugins: {
      "target-duckdb": { executable: "target-duckdb", config: { filepath: "a.duckdb" } },
      "target-jsonl": { executable: "target-jsonl", config: { destination_path: "out" } },
      "target-lines": { inherit_from: "target-jsonl", config: { destination_path: "lines" } },
    },
    environments: { prod: { plugins: { "target-duckdb": { config: { filepath: "prod.duckdb" } } } } },
  });
  expect(text).not.toMatch(/ path:|do_timestamp_file|pip:/);
});

test("what would change the project is refused, and says how to go on", async () => {
  const folder = makeMeltano();
  const { code, err } = await tapline(folder, ["config", "set", "tap-shop", "start", "2026"]);
  expect(code).toBe(2);
  expect(err).toMatch(/read from meltano\.yml[\s\S]*tapline import meltano/);
  expect(readFileSync(join(folder, "meltano.yml"), "utf8")).toBe(project);
});

function picture(folder: string): unknown {
  return (readdirSync(folder, { recursive: true }) as string[]).sort().map((name) => {
    const path = join(folder, name);
    return [name, statSync(path).isFile() ? createHash("sha256").update(readFileSync(path)).digest("hex") : "folder"];
  });
}
