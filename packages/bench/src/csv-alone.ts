/** tap-csv without a target: CPU compared with DuckDB's reader and writer, memory, the time to discover a large file, and a peer. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BenchmarkOptions } from "./benchmark-options.ts";
import { type Cost, measure, type Program } from "./measure.ts";
import { tapCsvProgram } from "./peers/environments.ts";
import { publishedPlugin } from "./published-plugin.ts";
import { Costs, compare, describeCost, interleave, type Result } from "./result.ts";
import { invoicesFile } from "./seed-data.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const limit = fileURLToPath(new URL("programs/duckdb-limit.js", import.meta.url));

export async function csvAlone(rows: number, rounds: number, log: (line: string) => void, options: BenchmarkOptions): Promise<Result[]> {
  const files = [rows, rows * 5].map((count) => invoicesFile(join(root, ".cache/bench"), count));
  const [usual, large] = files as [string, string];
  const folder = mkdtempSync(join(tmpdir(), "bench-csv-"));
  const run = (...program: Program): Promise<Cost> => measure([program], folder);
  const tapLine = (csv: string): Program => {
    const path = join(folder, "tap.json");
    writeFileSync(path, JSON.stringify({ files: [{ entity: "invoices", path: csv, keys: ["id"] }] }));
    return [publishedPlugin("tap-csv"), "--config", path];
  };
  try {
    const costs = await interleave(
      {
        ndjson: () => run(limit, "ndjson", usual),
        tap: () => run(...tapLine(usual)),
        "large ndjson": () => run(limit, "ndjson", large),
        large: () => run(...tapLine(large)),
      },
      rounds,
      log,
    );
    const once = new Costs();
    const measureOnce = async (step: string, program: Program): Promise<void> => {
      const cost = await run(...program);
      log(`${step}: ${describeCost(cost)}`);
      once.add(step, cost);
    };
    await measureOnce("discover", [...tapLine(large), "--discover"]);
    const peak = costs.peak("tap", "tap-csv.js");
    return [
      compare("tap-csv, CPU", costs.cpu("tap", "tap-csv.js"), "s", ["DuckDB COPY to NDJSON", costs.cpu("ndjson", "duckdb-limit.js")], 0.4),
      compare(
        "tap-csv on five times the rows, CPU",
        costs.cpu("large", "tap-csv.js"),
        "s",
        ["DuckDB COPY to NDJSON", costs.cpu("large ndjson", "duckdb-limit.js")],
        0.4,
      ),
      compare("tap-csv, peak memory", peak, "MB", ["bar", 150], 1),
      compare("tap-csv, peak at five times the rows", costs.peak("large", "tap-csv.js"), "MB", ["its peak", peak], 1.1),
      compare("tap-csv, dialect and types of that file, wall", once.wall("discover"), "s", ["bar", 1], 1),
      await besidePeer(costs.wall("tap"), options.peerTapCsv, usual, measureOnce, once),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** MeltanoLabs' tap-csv is not in a registry, so it needs the path of a checkout. */
async function besidePeer(
  ours: number,
  checkout: string | undefined,
  csv: string,
  measureOnce: (step: string, program: Program) => Promise<void>,
  once: Costs,
): Promise<Result> {
  const name = "tap-csv, wall";
  const beside = "MeltanoLabs tap-csv";
  if (checkout === undefined) return { name, beside, verdict: "not run", reason: "give the path of a checkout with --peer-tap-csv DIR" };
  const program = tapCsvProgram(checkout);
  await measureOnce("peer", program(csv));
  return compare(name, ours, "s", [beside, once.wall("peer")], 1 / 30);
}
