/** A project whose job is back-filled while processes are killed: a source in PostgreSQL, and a target in PostgreSQL or DuckDB. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestDatabase } from "@tapline/testing/postgres";
import { bin } from "../command.ts";
import { duckdbRows } from "../duckdb.ts";

export type Way = "upsert" | "append" | "replace";

export interface BackfillProject {
  folder: string;
  /** The days of the range, of which the last one is not part. */
  from: string;
  to: string;
  /** Rows of orders and events as "id|time|v", sorted. */
  rowsOfSource(): Promise<string[]>;
  rowsOfTarget(): Promise<string[]>;
  sql(...statements: string[]): Promise<unknown>;
}

export interface ProjectOptions {
  database: TestDatabase;
  target: "postgres" | "duckdb";
  way: Way;
  days: number;
  rowsOfDay: number;
}

const begin = "2026-01-01";
const microseconds = (column: string): string => `(extract(epoch FROM ${column}) * 1000000)::bigint`;

/** Rows at each midnight and a microsecond before it are among them, and some after the range, which the job itself loads. */
export async function makeProject({ database, target, way, days, rowsOfDay }: ProjectOptions): Promise<BackfillProject> {
  const folder = mkdtempSync(join(tmpdir(), "tapline-backfill-"));
  const to = new Date(Date.parse(begin) + days * 86_400_000).toISOString().slice(0, 10);
  const [seconds, count] = [Math.floor(86_400 / rowsOfDay), (days + 1) * rowsOfDay];
  const time = (type: string): string =>
    `${type} '${begin}' + n * interval '${seconds} seconds' - CASE WHEN n % ${rowsOfDay} = 1 THEN interval '${seconds}.000001 seconds' ELSE interval '0' END`;
  await database.read(
    "DROP SCHEMA IF EXISTS copy CASCADE; DROP TABLE IF EXISTS orders, events",
    "CREATE TABLE orders (id integer PRIMARY KEY, seen_at timestamptz NOT NULL, v text)",
    "CREATE TABLE events (id integer NOT NULL, seen_at timestamp NOT NULL, v text)",
    `INSERT INTO orders SELECT n, ${time("timestamptz")}, 'v' || n FROM generate_series(0, ${count - 1}) AS n`,
    `INSERT INTO events SELECT n, ${time("timestamp")}, 'v' || n FROM generate_series(0, ${count - 1}) AS n`,
    "CREATE INDEX ON orders (seen_at); CREATE INDEX ON events (seen_at)",
    // A microsecond before the first midnight: it is in no partition, and the job does not load it either.
    `DELETE FROM orders WHERE seen_at < '${begin}'; DELETE FROM events WHERE seen_at < '${begin}'`,
  );
  const { host, port, user, password } = database;
  const address = { host, port, user, password, database: database.database };
  const duckdb = join(folder, "target.duckdb");
  const method = way === "append" ? { load_method: "append-only" } : {};
  const byTime = { "replication-method": "INCREMENTAL", "replication-key": "seen_at" };
  const streams = way === "upsert" ? ["public-orders"] : ["public-orders", "public-events"];
  const plugins = {
    "tap-postgres": {
      executable: bin("tap-postgres"),
      config: { ...address, filter_schemas: ["public"], start_date: to, late_rows: "scan" },
      select: streams.map((stream) => `${stream}.*`),
      metadata: Object.fromEntries(streams.map((stream) => [stream, byTime])),
    },
    target:
      target === "postgres"
        ? { executable: bin("target-postgres"), config: { ...address, default_target_schema: "copy", batch_size_rows: 50, ...method } }
        : { executable: bin("target-duckdb"), config: { filepath: duckdb, default_target_schema: "copy", ...method } },
  };
  // Two streams go over two pipes, each with a commit of its own.
  const step = { run: "tap-postgres target", parallel: streams.length };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins, jobs: { shop: [step] } }));
  const tables = way === "upsert" ? ["orders"] : ["orders", "events"];
  const list = (schema: string): string =>
    tables
      .map((table) => `SELECT '${table}|' || id || '|' || ${microseconds("seen_at")} || '|' || v FROM ${schema}.${table}`)
      .join(" UNION ALL ");
  const read = async (sql: string): Promise<string[]> => (await database.read(sql)).map(([line]) => String(line)).sort();
  const inDuckdb = tables
    .map((table) => `SELECT concat('${table}|', id, '|', epoch_us(seen_at), '|', v) AS line FROM copy.${table}`)
    .join(" UNION ALL ");
  return {
    folder,
    from: begin,
    to,
    rowsOfSource: () => read(list("public")),
    rowsOfTarget: async () =>
      target === "postgres" ? read(list("copy")) : (await duckdbRows(duckdb, inDuckdb)).map(({ line }) => String(line)).sort(),
    sql: (...statements) => database.read(...statements),
  };
}
