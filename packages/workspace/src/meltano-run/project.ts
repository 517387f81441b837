/** The Meltano project of the suite `meltano-run`: Python plugins from PyPI, with what teams use: select, metadata, env, .env, a mapping, a job, environments. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestDatabase } from "@tapline/testing/postgres";
import { pythonProgram } from "@tapline/testing/python";
import { root } from "../repository.ts";

/** Meltano with the drivers of its other state stores. */
export const meltanoVersion = "4.4.1";
export const meltanoProgram = (): string =>
  pythonProgram(join(root, ".cache/venv/meltano-run"), [`meltano[s3,psycopg2]==${meltanoVersion}`], "meltano");

export const ids = { files: "dev:tap-postgres-to-target-jsonl", tables: "dev:tap-postgres-to-target-postgres" };

const settingsOf = (...names: string[]): string => names.map((name) => `{ name: ${name} }`).join(", ");

const projectFile = `version: 1
default_environment: dev
send_anonymous_usage_stats: false
env: { SHOP_SCHEMA: shop, FILES: output }
plugins:
  extractors:
  - name: tap-postgres
    namespace: tap_postgres
    pip_url: meltanolabs-tap-postgres==0.10.0
    executable: tap-postgres
    capabilities: [about, catalog, discover, state]
    settings: [${settingsOf("host", "user", "database")}, { name: port, kind: integer }, { name: password, sensitive: true }, { name: filter_schemas, kind: array }]
    config: { host: $SHOP_HOST, user: postgres, filter_schemas: [$SHOP_SCHEMA] }
    select: [shop-orders.*, "!shop-orders.note", shop-items.*]
    metadata:
      shop-orders: { replication-method: INCREMENTAL, replication-key: updated }
      shop-items: { replication-method: FULL_TABLE }
  loaders:
  - name: target-jsonl
    namespace: target_jsonl
    pip_url: target-jsonl==0.1.4
    settings: [${settingsOf("destination_path")}, { name: do_timestamp_file, kind: boolean }]
    config: { destination_path: $MELTANO_PROJECT_ROOT/$FILES, do_timestamp_file: false }
  - name: target-postgres
    namespace: target_postgres
    pip_url: meltanolabs-target-postgres==0.8.1
    executable: target-postgres
    settings: [${settingsOf("host", "user", "database", "default_target_schema")}, { name: port, kind: integer }, { name: password, sensitive: true }]
    config: { host: $SHOP_HOST, user: postgres, default_target_schema: loaded_by_$MELTANO_EXTRACT__LOAD_SCHEMA }
  mappers:
  - name: meltano-map-transformer
    namespace: meltano_map_transformer
    pip_url: meltano-map-transform==0.12.3
    executable: meltano-map-transform
    mappings:
    - name: hide-emails
      config: { stream_maps: { shop-orders: { email: md5(email) } } }
environments:
- name: dev
- name: prod
  state_id_suffix: $BRANCH
jobs:
- { name: nightly, tasks: [tap-postgres hide-emails target-jsonl, tap-postgres target-postgres] }
schedules:
- { name: each-night, interval: "@daily", job: nightly }
`;

/** A folder in which Meltano has installed the plugins, which copies share. */
export function installProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-meltano-run-"));
  writeFileSync(join(folder, "meltano.yml"), projectFile);
  execFileSync(meltanoProgram(), ["install"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  return folder;
}

/** A copy that reads `source` and writes `warehouse`. `more` is added to meltano.yml, `env` to .env. */
export function copyProject(
  installed: string,
  source: TestDatabase,
  warehouse: TestDatabase,
  { more = "", env = {} }: { more?: string; env?: Record<string, string> } = {},
): string {
  const folder = mkdtempSync(join(installed, "copy-"));
  writeFileSync(join(folder, "meltano.yml"), `${projectFile}${more}`);
  const variables = {
    SHOP_HOST: source.host,
    ...Object.fromEntries(
      Object.entries({ TAP: source, TARGET: warehouse }).flatMap(([kind, { port, password, database }]) => [
        [`${kind}_POSTGRES_PORT`, String(port)],
        [`${kind}_POSTGRES_PASSWORD`, password],
        [`${kind}_POSTGRES_DATABASE`, database],
      ]),
    ),
    ...env,
  };
  writeFileSync(
    join(folder, ".env"),
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
  mkdirSync(join(folder, "output"));
  mkdirSync(join(folder, ".meltano"));
  for (const kind of ["extractors", "loaders", "mappers"]) symlinkSync(join(installed, ".meltano", kind), join(folder, ".meltano", kind));
  return folder;
}

/** A copy of a project as it is now, with what Meltano and tapline keep. */
export function cloneOf(folder: string): string {
  const copy = `${folder}-clone`;
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** A table of 120 orders, and one of 3 items. */
export async function makeShop({ read }: TestDatabase): Promise<void> {
  await read(
    "CREATE SCHEMA shop",
    "CREATE TABLE shop.orders (id int PRIMARY KEY, email text, note text, amount numeric(12,2), updated timestamptz NOT NULL)",
    "CREATE TABLE shop.items (id int PRIMARY KEY, name text)",
    "INSERT INTO shop.items VALUES (1, 'cup'), (2, 'häfen'), (3, NULL)",
  );
  await addOrders({ read }, 1, 120);
}

export async function addOrders({ read }: Pick<TestDatabase, "read">, from: number, to: number): Promise<void> {
  await read(
    `INSERT INTO shop.orders SELECT i, 'p' || i || '@example.org', 'n' || i, i * 1.25, timestamptz '2026-01-01' + i * interval '1 minute' FROM generate_series(${from}, ${to}) i`,
  );
}

/** An order that is there gets another amount and the newest time. */
export async function changeOrder({ read }: TestDatabase, id: number, minute: number): Promise<void> {
  await read(
    `UPDATE shop.orders SET amount = amount + 1000, updated = timestamptz '2026-01-01' + ${minute} * interval '1 minute' WHERE id = ${id}`,
  );
}

/** The lines of a file that target-jsonl wrote, sorted. */
export function linesIn(folder: string, stream: string): string[] {
  return readFileSync(join(folder, "output", `${stream}.jsonl`), "utf8")
    .trimEnd()
    .split("\n")
    .sort();
}
