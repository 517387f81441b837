/**
 * `npm run bench [-- --only peers --rows N --rounds N --peer-tap-csv DIR]`: measures, prints a table, and writes docs/results/bench.json
 * and docs/reference/benchmarks.md; some run only by name (`--only postgres-to-postgres`). Fails when a bar is missed. With `--profile` it only prints where the time of each program goes.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { batchToDuckdb } from "./batch-to-duckdb.ts";
import type { BenchmarkOptions } from "./benchmark-options.ts";
import { besidePeers } from "./beside-peers.ts";
import { csvAlone } from "./csv-alone.ts";
import { csvToDuckdb } from "./csv-to-duckdb.ts";
import { csvToPostgres, filesToPostgres } from "./csv-to-postgres.ts";
import { duckdbOut } from "./duckdb-out.ts";
import { linesToParquet } from "./lines-to-parquet.ts";
import { mapsOnLoad } from "./maps-on-load.ts";
import { besideMeltano } from "./meltano.ts";
import { mysqlOut } from "./mysql-out.ts";
import { page, table } from "./page.ts";
import { picture } from "./picture.ts";
import { postgresLog } from "./postgres-log.ts";
import { postgresOut, postgresToPostgres } from "./postgres-out.ts";
import { profiled } from "./profile.ts";
import { restKit } from "./rest-kit.ts";
import type { Result } from "./result.ts";
import { runnerOnPipe } from "./runner.ts";
import { startUp } from "./start-up.ts";
import { verifyTables } from "./verify.ts";
import { volume } from "./volume.ts";

interface Benchmark {
  run: (rows: number, rounds: number, log: (line: string) => void, options: BenchmarkOptions) => Promise<Result[]>;
  /** The row count for results that are kept; other counts are for a quick look. */
  rows: number;
  /** Default: 3. */
  rounds?: number;
  /** It runs only where `--only` names it, because it needs many minutes and much disk. */
  onlyNamed?: boolean;
}
const benchmarks: Record<string, Benchmark> = {
  csv: { run: csvAlone, rows: 1_000_000 },
  duckdb: { run: csvToDuckdb, rows: 1_000_000 },
  batch: { run: batchToDuckdb, rows: 10_000_000 },
  postgres: { run: csvToPostgres, rows: 1_000_000 },
  "files-to-postgres": { run: filesToPostgres, rows: 10_000_000, rounds: 1, onlyNamed: true },
  parquet: { run: linesToParquet, rows: 1_000_000 },
  maps: { run: mapsOnLoad, rows: 1_000_000 },
  "tap-postgres": { run: postgresOut, rows: 1_000_000 },
  "postgres-to-postgres": { run: postgresToPostgres, rows: 10_000_000, rounds: 1, onlyNamed: true },
  log: { run: postgresLog, rows: 1_000_000 },
  "tap-mysql": { run: mysqlOut, rows: 1_000_000 },
  "tap-duckdb": { run: duckdbOut, rows: 1_000_000 },
  rest: { run: restKit, rows: 1_000_000 },
  // Few rows, because some peers need a millisecond for five rows; with even fewer, the start-up time would dominate.
  peers: { run: besidePeers, rows: 100_000 },
  "peers-many-rows": { run: besidePeers, rows: 1_000_000, rounds: 1, onlyNamed: true },
  start: { run: startUp, rows: 1000 },
  runner: { run: runnerOnPipe, rows: 10_000_000, rounds: 5 },
  meltano: { run: besideMeltano, rows: 100_000 },
  verify: { run: verifyTables, rows: 1_000_000 },
  "verify-many-rows": { run: verifyTables, rows: 10_000_000, rounds: 1, onlyNamed: true },
  volume: { run: volume, rows: 1_000_000, rounds: 1 },
};

const root = fileURLToPath(new URL("../../..", import.meta.url));
const resultFile = join(root, "docs/results/bench.json");
const { values } = parseArgs({
  options: {
    only: { type: "string" },
    rows: { type: "string" },
    rounds: { type: "string" },
    "peer-tap-csv": { type: "string" },
    profile: { type: "boolean", default: false },
  },
});
const options: BenchmarkOptions = { peerTapCsv: values["peer-tap-csv"] };
if (values.only !== undefined && benchmarks[values.only] === undefined)
  throw new Error(`--only must be ${Object.keys(benchmarks).join(" or ")}`);

for (const [name, benchmark] of Object.entries(benchmarks)) {
  if (values.only === undefined ? benchmark.onlyNamed === true : values.only !== name) continue;
  const rows = Number(values.rows ?? benchmark.rows);
  const log = (line: string): void => console.error(`${name}: ${line}`);
  if (values.profile) {
    await profiled(() => benchmark.run(rows, Number(values.rounds ?? 1), log, options), console.log);
    continue;
  }
  const rounds = Number(values.rounds ?? benchmark.rounds ?? 3);
  const results = await benchmark.run(rows, rounds, log, options);
  console.log(table(results));
  if (rows === benchmark.rows) keep(name, rows, rounds, results);
  if (results.some((result) => "holds" in result && !result.holds)) process.exitCode = 1;
}

function keep(name: string, rows: number, rounds: number, results: readonly Result[]): void {
  const old = existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, "utf8")) : {};
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const whole = { ...old, commit: commit(), machine, [name]: { measured_at: new Date().toISOString(), rows, rounds, results } };
  mkdirSync(join(root, "docs/results"), { recursive: true });
  writeFileSync(resultFile, `${JSON.stringify(whole, null, 2)}\n`);
  writeFileSync(join(root, "docs/reference/benchmarks.md"), page(whole));
  writeFileSync(join(root, "docs/reference/benchmarks.svg"), picture(whole));
}

function commit(): string {
  return execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
}
