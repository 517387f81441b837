/** CSV -> Singer lines -> DuckDB, beside DuckDB's own reader, in interleaved rounds over the same file. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cost, measure, type Program } from "./measure.ts";
import { invoicesFile } from "./seed-data.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const limit = fileURLToPath(new URL("programs/duckdb-limit.js", import.meta.url));
const tap = join(root, "plugins/tap-csv/bin/tap-csv.js");
const target = join(root, "plugins/target-duckdb/bin/target-duckdb.js");

/** One row of the result: the best of the rounds. `ratio` is against `limit`; a bar that is missed makes the run fail. */
export interface Result {
  name: string;
  value: number;
  unit: "s" | "MB";
  limit: string;
  ratio: number;
  bar: string;
  holds: boolean;
}

export async function csvToDuckdb(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const [small, large] = [invoicesFile(join(root, ".cache/bench"), rows), invoicesFile(join(root, ".cache/bench"), rows * 5)];
  const folder = mkdtempSync(join(tmpdir(), "bench-duckdb-"));
  const tapLine = (csv: string): Program => {
    const config = join(folder, "tap.json");
    writeFileSync(config, JSON.stringify({ files: [{ entity: "invoices", path: csv, keys: ["id"] }] }));
    return [tap, "--config", config];
  };
  const targetLine = (method: string): Program => {
    const config = join(folder, `target-${method}.json`);
    writeFileSync(config, JSON.stringify({ filepath: join(folder, "ours.duckdb"), load_method: method }));
    return [target, "--config", config];
  };
  const fresh = async (programs: readonly Program[]): Promise<Cost> => {
    for (const name of ["ours.duckdb", "limit.duckdb"]) rmSync(join(folder, name), { force: true });
    return measure(programs, folder);
  };
  try {
    const steps: Record<string, () => Promise<Cost>> = {
      ndjson: () => fresh([[limit, "ndjson", small]]),
      tap: () => fresh([tapLine(small)]),
      load: () => fresh([[limit, "load", small, join(folder, "limit.duckdb")]]),
      append: () => fresh([tapLine(small), targetLine("append-only")]),
      upsert: () => fresh([tapLine(small), targetLine("upsert")]),
    };
    const costs: Record<string, Cost[]> = {};
    for (let round = 1; round <= rounds; round++) {
      for (const [name, step] of Object.entries(steps)) {
        const cost = await step();
        costs[name] = [...(costs[name] ?? []), cost];
        log(`round ${round}: ${name} ${cost.wallSeconds.toFixed(2)} s, ${describe(cost)}`);
      }
    }
    const long = await fresh([tapLine(large), targetLine("upsert")]);
    log(`five times the rows: ${long.wallSeconds.toFixed(2)} s, ${describe(long)}`);

    const wall = (name: string) => Math.min(...(costs[name] ?? []).map((c) => c.wallSeconds));
    const cpu = (name: string, program: string) =>
      Math.min(...(costs[name] ?? []).map((c) => c.processes[program]?.cpuSeconds ?? Number.NaN));
    const peak = (cost: Cost | undefined, program: string) => cost?.processes[program]?.peakMb ?? Number.NaN;
    const peaks = (name: string, program: string) => Math.max(...(costs[name] ?? []).map((c) => peak(c, program)));
    const against = (name: string, value: number, unit: "s" | "MB", limitName: string, limitValue: number, most: number): Result => {
      const ratio = value / limitValue;
      return {
        name,
        value,
        unit,
        limit: `${limitName} ${limitValue.toFixed(unit === "s" ? 2 : 0)} ${unit}`,
        ratio,
        bar: `at most ${most}x`,
        holds: ratio <= most,
      };
    };
    const [tapPeak, targetPeak] = [peaks("upsert", "tap-csv.js"), peaks("upsert", "target-duckdb.js")];
    return [
      against("tap-csv, CPU", cpu("tap", "tap-csv.js"), "s", "DuckDB COPY to NDJSON", cpu("ndjson", "duckdb-limit.js"), 1),
      against("CSV to DuckDB, append, wall", wall("append"), "s", "typed read_csv", wall("load"), 8),
      against("CSV to DuckDB, upsert, wall", wall("upsert"), "s", "typed read_csv", wall("load"), 8),
      against("tap-csv, peak memory", tapPeak, "MB", "bar", 150, 1),
      against("target-duckdb, peak memory", targetPeak, "MB", "memory_limit + 300 MB", 512 + 300, 1),
      against("tap-csv, peak at five times the rows", peak(long, "tap-csv.js"), "MB", "its peak", tapPeak, 1.1),
      against("target-duckdb, peak at five times the rows", peak(long, "target-duckdb.js"), "MB", "its peak", targetPeak, 1.1),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function describe(cost: Cost): string {
  return Object.entries(cost.processes)
    .map(([name, p]) => `${name} ${p.cpuSeconds.toFixed(2)} CPU s ${p.peakMb.toFixed(0)} MB`)
    .join(", ");
}
