/**
 * CSV -> Singer lines, or files of BATCH messages -> PostgreSQL, compared with psql's \copy of the same rows and key (without psql: the same COPY by
 * pg-copy-streams), in interleaved rounds on a durable server. Fails if the tables differ.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type PostgresAddress, startPostgres } from "@tapline/testing/postgres";
import pg from "pg";
import { type Cost, measure, type Program } from "./measure.ts";
import { publishedPlugin } from "./published-plugin.ts";
import { Costs, compare, describeCost, interleave, type Result } from "./result.ts";
import { invoiceColumns, invoicesFile } from "./seed-data.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const rawCopy = fileURLToPath(new URL("programs/postgres-copy.js", import.meta.url));

export function csvToPostgres(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  return withSteps(rows, log, async ({ steps, loadLarge, reset }) => {
    const costs = await interleave(steps, rounds, log);
    await reset("plain", "ours", "often");
    const long = new Costs();
    const cost = await loadLarge();
    log(`five times the rows: ${describeCost(cost)}`);
    long.add("load", cost);
    const peak = costs.peak("load", "target-postgres.js");
    return [
      compare("CSV to PostgreSQL, first load, wall", costs.wall("load"), "s", ["COPY, then the key", costs.wall("copy")], 1.1),
      compare("CSV files to PostgreSQL, first load, wall", costs.wall("files"), "s", ["COPY, then the key", costs.wall("copy")], 1.3),
      compare(
        "CSV to PostgreSQL, upsert with half updates, wall",
        costs.wall("upsert"),
        "s",
        ["COPY and ON CONFLICT", costs.wall("plainUpsert")],
        1.3,
      ),
      compare("CSV to PostgreSQL, a commit every 10,000 rows, wall", costs.wall("commits"), "s", ["one commit", costs.wall("load")], 3),
      compare("target-postgres, peak memory", Math.max(peak, costs.peak("upsert", "target-postgres.js")), "MB", ["bar", 250], 1),
      compare("target-postgres, peak at five times the rows", long.peak("load", "target-postgres.js"), "MB", ["its peak", peak], 1.1),
    ];
  });
}

/** Many rows, which the database's own reader takes from files of BATCH messages, and the same pipe over records. */
export function filesToPostgres(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  return withSteps(rows, log, async ({ steps: { copy, files, load } }) => {
    const costs = await interleave({ copy, files, load }, rounds, log);
    return [
      compare("CSV files to PostgreSQL, first load, wall", costs.wall("files"), "s", ["COPY, then the key", costs.wall("copy")], 0.95),
      compare("CSV files to PostgreSQL, first load, wall", costs.wall("files"), "s", ["over records", costs.wall("load")], 1),
    ];
  });
}

/** What one benchmark may do, each in a server and a folder that it has for itself. */
async function withSteps(rows: number, log: (line: string) => void, work: (place: ReturnType<typeof stepsIn>) => Promise<Result[]>) {
  const folder = mkdtempSync(join(tmpdir(), "bench-postgres-"));
  await using server = await startPostgres({ isDurable: true, settings: { max_wal_size: "4GB", shared_buffers: "256MB" } });
  const client = new pg.Client({ ...server.address, database: "postgres" });
  await client.connect();
  try {
    return await work(stepsIn({ rows, folder, address: server.address, client, log }));
  } finally {
    await client.end();
    rmSync(folder, { recursive: true });
  }
}

interface Place {
  rows: number;
  folder: string;
  address: PostgresAddress;
  client: pg.Client;
  log: (line: string) => void;
}

function stepsIn({ rows, folder, address, client, log }: Place) {
  const cache = join(root, ".cache/bench");
  const first = invoicesFile(cache, rows);
  // Made when it is needed: of many rows these are many gigabytes.
  const second = () => invoicesFile(cache, rows, rows / 2 + 1);
  const copy = copyProgram(address, log);
  const withConfig = (program: string, name: string, config: unknown): Program => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(config));
    return [program, "--config", path];
  };
  const files = join(folder, "files");
  const batchConfig = { encoding: { format: "csv" }, storage: { root: pathToFileURL(files).href } };
  const tapLine = (csv: string, name = "tap", settings = {}): Program =>
    withConfig(publishedPlugin("tap-csv"), name, { files: [{ entity: "invoices", path: csv, keys: ["id"] }], ...settings });
  const targetLine = (settings = {}, name = "target"): Program =>
    withConfig(publishedPlugin("target-postgres"), name, {
      ...address,
      database: "postgres",
      default_target_schema: "ours",
      ...settings,
    });
  const run = (...programs: Program[]): Promise<Cost> => measure(programs, folder, { PGPASSWORD: address.password });
  const reset = (...schemas: string[]) =>
    client.query(schemas.map((s) => `DROP SCHEMA IF EXISTS ${s} CASCADE; CREATE SCHEMA ${s};`).join(" "));
  const steps = {
    copy: async () => {
      await reset("plain");
      await client.query("CHECKPOINT");
      return run(
        copy(`CREATE TABLE plain.invoices (${columnList})`, "plain.invoices", first, "ALTER TABLE plain.invoices ADD PRIMARY KEY (id)"),
      );
    },
    files: async () => {
      await reset("ours");
      rmSync(files, { recursive: true, force: true });
      mkdirSync(files);
      await client.query("CHECKPOINT");
      const cost = await run(
        tapLine(first, "tap-files", { batch_config: batchConfig }),
        targetLine({ batch_folder: files }, "target-files"),
      );
      await expectEqualTables(client);
      return cost;
    },
    load: async () => {
      await reset("ours");
      await client.query("CHECKPOINT");
      return run(tapLine(first), targetLine());
    },
    commits: async () => {
      await reset("often");
      return run(tapLine(first), targetLine({ default_target_schema: "often", batch_size_rows: 10_000 }));
    },
    plainUpsert: async () => {
      await client.query("CHECKPOINT");
      return run(copy("CREATE TEMP TABLE fresh (LIKE plain.invoices)", "fresh", second(), plainUpsert));
    },
    upsert: async () => {
      await client.query("CHECKPOINT");
      const cost = await run(tapLine(second()), targetLine());
      await expectEqualTables(client);
      return cost;
    },
  };
  return { steps, reset, loadLarge: () => run(tapLine(invoicesFile(cache, rows * 5)), targetLine()) };
}

const types = {
  integer: "bigint",
  string: "text",
  decimal: "numeric",
  date: "date",
  timestamp: "timestamptz",
  boolean: "boolean",
} as const;
const names = Object.keys(invoiceColumns);
const columnList = Object.entries(invoiceColumns)
  .map(([name, type]) => `${name} ${types[type]}`)
  .join(", ");
const plainUpsert = `INSERT INTO plain.invoices SELECT * FROM fresh ON CONFLICT (id) DO UPDATE SET ${names
  .slice(1)
  .map((name) => `${name} = excluded.${name}`)
  .join(", ")}`;

/** The program for SQL, COPY of a file, and SQL in one transaction. */
function copyProgram({ host, port, user }: PostgresAddress, log: (line: string) => void) {
  let hasPsql = true;
  try {
    execFileSync("psql", ["--version"], { stdio: "ignore" });
  } catch {
    hasPsql = false;
  }
  log(`the limit is ${hasPsql ? "psql \\copy" : "COPY by pg-copy-streams (there is no psql)"}`);
  const url = `postgresql://${user}@${host}:${port}/postgres`;
  return (before: string, table: string, file: string, after: string): Program =>
    hasPsql
      ? [
          "psql",
          "-q",
          "-1",
          "-v",
          "ON_ERROR_STOP=1",
          "-d",
          url,
          "-c",
          before,
          "-c",
          `\\copy ${table} FROM '${file}' WITH (FORMAT csv, HEADER)`,
          "-c",
          after,
        ]
      : [rawCopy, url, before, table, file, after];
}

/** Compares all values of all rows, in any order. */
async function expectEqualTables(client: pg.Client): Promise<void> {
  const sums = await Promise.all(
    ["plain", "ours"].map(async (schema) => {
      const cells = Object.entries(invoiceColumns).map(([name, type]) => (type === "decimal" ? `${name}::numeric(38,6)` : name));
      const { rows } = await client.query(
        `SELECT count(*), sum(hashtextextended(ROW(${cells.join(", ")})::text, 0)::numeric) AS sum FROM ${schema}.invoices`,
      );
      return JSON.stringify(rows[0]);
    }),
  );
  if (sums[0] !== sums[1]) throw new Error(`the tables differ: ${sums.join(" and ")}`);
}
