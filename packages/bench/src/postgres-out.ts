/**
 * PostgreSQL -> Singer lines, compared with psql's COPY of the same table to CSV on one connection, and PostgreSQL to PostgreSQL compared
 * with one COPY piped into another; then beside other tools that read the same table. All write to /dev/null, or into the same server.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { startPostgres } from "@tapline/testing/postgres";
import { type Cost, measure, type Program } from "./measure.ts";
import { dltReadProgram, peerProgram, slingProgram, version } from "./peers/environments.ts";
import { publishedPlugin } from "./published-plugin.ts";
import { Costs, compare, describeCost, interleave, type Result } from "./result.ts";
import { invoiceColumns, invoicesFile } from "./seed-data.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const types = {
  integer: "bigint",
  string: "text",
  decimal: "numeric",
  date: "date",
  timestamp: "timestamptz",
  boolean: "boolean",
} as const;
const columns = Object.entries(invoiceColumns).map(([name, type]) => `${name} ${types[type]}`);

/** The table in a server, and programs that read it and write it. */
interface Source extends PeerTools {
  psql(...commands: string[]): Program;
  tap: Program;
  target: Program;
  /** The same with the settings that `tapline run` gives both: rows go in files, which the target deletes. */
  inFiles: [tap: Program, target: Program];
  /** That tap, for the first tenth of the rows. */
  tenthInFiles: Program;
  /** @throws Error where the table that the target wrote differs */
  expectEqual(): void;
}

async function withSource<T>(rows: number, log: (line: string) => void, work: (source: Source) => Promise<T>): Promise<T> {
  const csv = invoicesFile(join(root, ".cache/bench"), rows);
  const folder = mkdtempSync(join(tmpdir(), "bench-postgres-out-"));
  await using server = await startPostgres({ isDurable: true, settings: { max_wal_size: "4GB", shared_buffers: "512MB" } });
  const { host, port, user, password } = server.address;
  const url = `postgresql://${user}:${password}@${host}:${port}/postgres`;
  const env = { PGPASSWORD: password, SLING_DISABLE_TELEMETRY: "true", SLING_HOME_DIR: folder, BENCH_POSTGRES: `${url}?sslmode=disable` };
  const psql = (...commands: string[]): Program => [
    "psql",
    "-q",
    "-X",
    "-v",
    "ON_ERROR_STOP=1",
    "-d",
    `postgresql://${user}@${host}:${port}/postgres`,
    ...commands.flatMap((sql) => ["-c", sql]),
  ];
  const withConfig = (program: string, name: string, config: unknown, ...more: string[]): Program => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(config));
    return [program, "--config", path, ...more];
  };
  const connection = { host, port, user, password, database: "postgres" };
  const tap = withConfig(publishedPlugin("tap-postgres"), "tap", { ...connection, filter_schemas: ["source"] });
  const loading = { ...connection, default_target_schema: "ours", add_record_metadata: false };
  const target = withConfig(publishedPlugin("target-postgres"), "target", loading);
  const files = join(folder, "files");
  mkdirSync(files);
  const batchConfig = { encoding: { format: "pgcopy" }, storage: { root: pathToFileURL(files).href } };
  const reading = { ...connection, filter_schemas: ["source"], batch_config: batchConfig };
  const tenth = { "source-invoices": { custom_where_clauses: [`id <= ${rows / 10}`] } };
  const tenthInFiles = withConfig(publishedPlugin("tap-postgres"), "tap-tenth", { ...reading, stream_options: tenth });
  const inFiles: Source["inFiles"] = [
    withConfig(publishedPlugin("tap-postgres"), "tap-files", reading),
    withConfig(publishedPlugin("target-postgres"), "target-files", { ...loading, batch_folder: files }),
  ];
  const run = (...programs: Program[]): Promise<Cost> => measure(programs, folder, env);
  try {
    await run(
      psql(
        "CREATE SCHEMA source",
        `CREATE TABLE source.invoices (${columns.join(", ")})`,
        `\\copy source.invoices FROM '${csv}' WITH (FORMAT csv, HEADER)`,
        "ALTER TABLE source.invoices ADD PRIMARY KEY (id)",
        "VACUUM (ANALYZE, FREEZE) source.invoices",
      ),
    );
    return await work({
      run,
      psql,
      withConfig,
      connection,
      url,
      folder,
      log,
      tap,
      target,
      inFiles,
      tenthInFiles,
      expectEqual: () => expectEqual(psql, env),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function postgresOut(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  return withSource(rows, log, async (source) => {
    const { run, psql, tap } = source;
    const steps = { copy: () => run(psql("COPY source.invoices TO STDOUT WITH (FORMAT csv)")), tap: () => run(tap), ...copySteps(source) };
    const costs = await interleave(steps, rounds, log);
    return [
      compare("tap-postgres, wall", costs.wall("tap"), "s", ["psql COPY to CSV", costs.wall("copy")], 1.3),
      compare("tap-postgres, peak memory", costs.peak("tap", "tap-postgres.js"), "MB", ["bar", 200], 1),
      ...copyResults(costs),
      ...(await besidePeers(costs.wall("tap"), source)),
    ];
  });
}

/** The same table into the same server, with so many rows that memory which grew with them would show, beside a tenth of them. */
export function postgresToPostgres(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  return withSource(rows, log, async (source) => {
    const { run, psql, tenthInFiles, inFiles } = source;
    const tenth = async (): Promise<Cost> => {
      await run(psql("DROP SCHEMA IF EXISTS ours CASCADE", "CREATE SCHEMA ours"));
      return run(tenthInFiles, inFiles[1]);
    };
    const costs = await interleave({ tenth, ...copySteps(source) }, rounds, log);
    const growth = ["tap-postgres", "target-postgres"].map((program) => {
      const [small, whole] = [costs.peak("tenth", `${program}.js`), costs.peak("files", `${program}.js`)];
      return compare(`${program} in files, peak at ten times the rows`, whole, "MB", ["its peak", small], 1.1);
    });
    return [...copyResults(costs), ...growth];
  });
}

function copySteps({ run, psql, tap, target, inFiles, expectEqual: expectSame }: Source): Record<string, () => Promise<Cost>> {
  const load = async (...programs: Program[]): Promise<Cost> => {
    await run(psql("DROP SCHEMA IF EXISTS ours CASCADE", "CREATE SCHEMA ours", "CHECKPOINT"));
    const cost = await run(...programs);
    expectSame();
    return cost;
  };
  return {
    "copy pipe": async () => {
      await run(psql("DROP TABLE IF EXISTS source_copy", `CREATE TABLE source_copy (${columns.join(", ")})`, "CHECKPOINT"));
      return run(
        psql("COPY source.invoices TO STDOUT"),
        psql("COPY source_copy FROM STDIN", "ALTER TABLE source_copy ADD PRIMARY KEY (id)"),
      );
    },
    "tap and target": () => load(tap, target),
    files: () => load(...inFiles),
  };
}

function copyResults(costs: Costs): Result[] {
  const [step, pipe] = ["tap and target", "COPY into COPY, then the key"];
  return [
    compare("PostgreSQL to PostgreSQL, in files, wall", costs.wall("files"), "s", [pipe, costs.wall("copy pipe")], 1.5),
    compare("PostgreSQL to PostgreSQL, records alone, wall", costs.wall(step), "s", [pipe, costs.wall("copy pipe")], 2.5),
    compare("tap-postgres in files, peak memory", costs.peak("files", "tap-postgres.js"), "MB", ["bar", 200], 1),
    compare("target-postgres in files, peak memory", costs.peak("files", "target-postgres.js"), "MB", ["bar", 200], 1),
    compare("tap-postgres into target-postgres, peak memory", costs.peak(step, "tap-postgres.js"), "MB", ["bar", 200], 1),
    compare("target-postgres after tap-postgres, peak memory", costs.peak(step, "target-postgres.js"), "MB", ["bar", 200], 1),
  ];
}

interface PeerTools {
  run(...programs: Program[]): Promise<Cost>;
  withConfig(program: string, name: string, config: unknown, ...more: string[]): Program;
  connection: object;
  url: string;
  folder: string;
  log(line: string): void;
}

/** Each runs once: the slowest needs minutes. */
async function besidePeers(ours: number, { run, withConfig, connection, url, folder, log }: PeerTools): Promise<Result[]> {
  const peers: [name: string, bar: number, program: () => Program][] = [
    [
      `meltanolabs-tap-postgres ${version("meltanolabs-tap-postgres")}`,
      0.1,
      () => {
        const program = peerProgram("meltanolabs-tap-postgres", "tap-postgres");
        const line = withConfig(program, "meltanolabs", { ...connection, filter_schemas: ["source"] });
        return [...line, "--catalog", selectAll(line, folder)];
      },
    ],
    [
      `sling ${version("sling")}`,
      1,
      () => [slingProgram(), "run", "--src-conn", "BENCH_POSTGRES", "--src-stream", "source.invoices", "--stdout"],
    ],
    [`dlt ${version("dlt")}, extract with pyarrow`, 1, () => dltReadProgram(url, "source", "invoices")],
  ];
  const results: Result[] = [];
  for (const [beside, bar, program] of peers) {
    const once = new Costs();
    try {
      const cost = await run(program());
      log(`${beside}: ${describeCost(cost)}`);
      once.add("peer", cost);
      results.push(compare("tap-postgres, wall", ours, "s", [beside, once.wall("peer")], bar));
    } catch (error) {
      results.push({
        name: "tap-postgres, wall",
        beside,
        verdict: "not run",
        reason: (error as Error).message.trim().split("\n").at(-1)?.slice(0, 200) ?? "",
      });
    }
  }
  return results;
}

/** Compares all values of all rows, in any order. @throws Error */
function expectEqual(psql: (...commands: string[]) => Program, env: Record<string, string>): void {
  const names = Object.entries(invoiceColumns).map(([name, type]) => (type === "decimal" ? `trim_scale(${name})` : name));
  const sum = (table: string): string => {
    const [program, ...args] = psql(`SELECT count(*), sum(hashtextextended(ROW(${names.join(", ")})::text, 0)::numeric) FROM ${table}`);
    return execFileSync(program, ["-At", ...args], { encoding: "utf8", env: { ...process.env, ...env } });
  };
  const [before, after] = [sum("source.invoices"), sum("ours.invoices")];
  if (before !== after) throw new Error(`the tables differ: ${before} and ${after}`);
}

/** The path of the tap's catalog with all streams selected: by default this tap reads none. */
function selectAll([program, ...args]: Program, folder: string): string {
  const catalog = JSON.parse(execFileSync(program, [...args, "--discover"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  if (catalog.streams.length === 0) throw new Error("the peer found no table");
  for (const stream of catalog.streams)
    for (const { breadcrumb, metadata } of stream.metadata) if (breadcrumb.length === 0) metadata.selected = true;
  const path = join(folder, "peer-catalog.json");
  writeFileSync(path, JSON.stringify(catalog));
  return path;
}
