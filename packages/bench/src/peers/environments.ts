/** Installs the peers from PyPI, each in a separate virtual environment in `.cache/venv`, because their dependencies conflict. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Program } from "../measure.ts";

/** The packages of each environment. DuckDB has the version that reads the file back. */
const environments = {
  "pipelinewise-target-postgres": ["pipelinewise-target-postgres==2.1.2"],
  "meltanolabs-target-postgres": ["meltanolabs-target-postgres==0.8.1"],
  "meltanolabs-tap-postgres": ["meltanolabs-tap-postgres==0.10.0"],
  "pipelinewise-tap-mysql": ["pipelinewise-tap-mysql==1.6.0"],
  "target-duckdb": ["target-duckdb==0.8.0", "duckdb==1.5.5"],
  dlt: ["dlt[postgres,duckdb]==1.31.0", "sqlalchemy==2.0.58", "pyarrow==26.0.1", "duckdb==1.5.5"],
  "bench-meltano": ["meltano==4.4.1"],
  "bench-target-jsonl": ["target-jsonl==0.1.4"],
  sling: ["sling-linux-amd64==1.4.11"],
} as const;

export type Environment = keyof typeof environments;

const folder = fileURLToPath(new URL("../../../../.cache/venv", import.meta.url));

/** The path of a program in the environment, which is created or updated if needed. Throws when python3 or pip fail. */
export function peerProgram(environment: Environment, program: string): string {
  const home = join(folder, environment);
  const marker = join(home, "bench-requirements.txt");
  const wanted = environments[environment].join("\n");
  if (!existsSync(marker) || readFileSync(marker, "utf8") !== wanted) {
    rmSync(home, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    call("python3", "-m", "venv", home);
    call(join(home, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", ...environments[environment]);
    // Last, so that an interrupted install is repeated.
    writeFileSync(marker, wanted);
  }
  return join(home, "bin", program);
}

/** The binary of sling is in a Python package. */
export function slingProgram(): string {
  const python = peerProgram("sling", "python");
  const script = "import sling_linux_amd64 as s; print(list(s.__path__)[0])";
  const program = join(call(python, "-c", script).trim(), "bin/sling-linux-amd64");
  chmodSync(program, 0o755);
  return program;
}

const dltScript = fileURLToPath(new URL("../../peers/dlt_csv.py", import.meta.url));

/** Merges a CSV file into `invoices` of the dataset by `id`. The destination is a URL or the path of a DuckDB file. */
export const dltProgram = (csv: string, destination: string, dataset: string): Program => [
  peerProgram("dlt", "python"),
  dltScript,
  csv,
  destination,
  dataset,
];

const dltReadScript = fileURLToPath(new URL("../../peers/dlt_read_postgres.py", import.meta.url));

/** Extracts a table into files of a temporary folder, which is as far as dlt goes without a destination. */
export const dltReadProgram = (url: string, schema: string, table: string): Program => [
  peerProgram("dlt", "python"),
  dltReadScript,
  url,
  schema,
  table,
];

/** The tap of a checkout, as a program for a CSV file. */
export function tapCsvProgram(checkout: string): (csv: string) => Program {
  const home = join(folder, "tap-csv");
  if (!existsSync(join(home, "bin/tap-csv"))) {
    rmSync(home, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    call("python3", "-m", "venv", home);
    call(join(home, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", checkout);
  }
  return (csv) => {
    const config = join(home, "config.json");
    writeFileSync(config, JSON.stringify({ files: [{ entity: "invoices", path: csv, keys: ["id"] }] }));
    return [join(home, "bin/tap-csv"), "--config", config];
  };
}

export const version = (environment: Environment): string => (environments[environment][0].split("==") as [string, string])[1];

function call(program: string, ...args: string[]): string {
  try {
    return execFileSync(program, args, { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === "ENOENT") throw new Error(`${program} is missing`);
    throw new Error((stderr || message).trim().split("\n").at(-1));
  }
}
