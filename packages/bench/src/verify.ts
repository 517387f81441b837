/**
 * tapline verify of a table in PostgreSQL and the same in DuckDB, compared with what each database takes by itself to count the rows and sum
 * the hash of the same text: the slower of the two is the limit. Each database has one worker, for the two sides work at a time. Start-up of
 * tapline and its plugins is counted.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { duckdbDigestDialect } from "@tapline/duckdb";
import { postgresDigestDialect } from "@tapline/postgres";
import { startPostgres } from "@tapline/testing/postgres";
import { type Cost, measure, type Program } from "./measure.ts";
import { publishedPlugin } from "./published-plugin.ts";
import { compare, interleave, type Result } from "./result.ts";
import { invoiceColumns, invoicesFile } from "./seed-data.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const limit = fileURLToPath(new URL("programs/duckdb-limit.js", import.meta.url));
const runner = fileURLToPath(new URL("programs/duckdb-run.js", import.meta.url));
const tapline = join(root, "packages/cli/bin/tapline.js");

const types = {
  integer: ["integer", "bigint", "BIGINT"],
  string: ["text", "text", "VARCHAR"],
  decimal: ["decimal", "numeric(18,6)", "DECIMAL(18,6)"],
  date: ["date", "date", "DATE"],
  timestamp: ["instant", "timestamp with time zone", "TIMESTAMP WITH TIME ZONE"],
  boolean: ["boolean", "boolean", "BOOLEAN"],
} as const;
const columns = Object.entries(invoiceColumns);

/** What the database would be asked by hand: the rows, and the sum of the hashes of their texts. */
function byHand(dialect: typeof duckdbDigestDialect, side: 1 | 2, table: string): string {
  const cells = columns.map(([name, type]) => {
    const text = dialect.text({ name, type: types[type][side] }, { kind: types[type][0] });
    return `coalesce(${types[type][0] === "text" ? dialect.withLength(text) : text}, '~')`;
  });
  return `SELECT count(*), sum(${dialect.checksum(dialect.join(cells))}) FROM ${table}`;
}

export async function verifyTables(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const csv = invoicesFile(join(root, ".cache/bench"), rows);
  const folder = mkdtempSync(join(tmpdir(), "bench-verify-"));
  await using server = await startPostgres({ settings: { max_wal_size: "4GB", shared_buffers: "512MB" } });
  const { host, port, user, password } = server.address;
  const database = join(folder, "invoices.duckdb");
  const psql = (...commands: string[]): Program => [
    ...(["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", `postgresql://${user}@${host}:${port}/postgres`] as const),
    ...commands.flatMap((sql) => ["-c", sql]),
  ];
  const run = (...programs: Program[]): Promise<Cost> => measure(programs, folder, { PGPASSWORD: password });
  const plugin = (name: string, config: unknown) => ({ kind: "target", executable: publishedPlugin(name), config });
  try {
    await run(
      psql(
        `CREATE TABLE invoices (${columns.map(([name, type]) => `${name} ${types[type][1]}`).join(", ")})`,
        `\\copy invoices FROM '${csv}' WITH (FORMAT csv, HEADER)`,
        "ALTER TABLE invoices ADD PRIMARY KEY (id)",
        "VACUUM (ANALYZE, FREEZE) invoices",
      ),
    );
    await run([limit, "load", csv, database]);
    const plugins = {
      prod: plugin("target-postgres", { host, port, user, password, database: "postgres", default_target_schema: "public" }),
      warehouse: plugin("target-duckdb", { filepath: database }),
    };
    writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }));
    const costs = await interleave(
      {
        postgres: () => run(psql("SET max_parallel_workers_per_gather = 0", byHand(postgresDigestDialect("UTF8"), 1, "invoices"))),
        duckdb: () => run([runner, database, byHand(duckdbDigestDialect, 2, "invoices")]),
        verify: () => run([tapline, "verify", "public.invoices@prod", "main.invoices@warehouse", "--workers", "1"]),
      },
      rounds,
      log,
    );
    const [slower, seconds] = (["postgres", "duckdb"] as const)
      .map((name) => [name, costs.wall(name)] as const)
      .sort((a, b) => b[1] - a[1])[0] ?? ["", 0];
    return [
      compare(
        "tapline verify of equal tables, wall",
        costs.wall("verify"),
        "s",
        [`count and sum of hashes by hand, ${slower}`, seconds],
        1.5,
      ),
      compare("tapline verify, peak memory of tapline", costs.peak("verify", "tapline.js"), "MB", ["bar", 150], 1),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
