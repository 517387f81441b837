/** CSV -> Singer lines -> DuckDB, compared with DuckDB's CSV reader, in interleaved rounds over the same file. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cost, measure, type Program } from "./measure.ts";
import { publishedPlugin } from "./published-plugin.ts";
import { Costs, compare, describeCost, interleave, type Result } from "./result.ts";
import { invoicesFile } from "./seed-data.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const limit = fileURLToPath(new URL("programs/duckdb-limit.js", import.meta.url));

export async function csvToDuckdb(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const [small, large] = [rows, rows * 5].map((count) => invoicesFile(join(root, ".cache/bench"), count)) as [string, string];
  const folder = mkdtempSync(join(tmpdir(), "bench-duckdb-"));
  const withConfig = (program: string, name: string, config: unknown): Program => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(config));
    return [program, "--config", path];
  };
  const tapLine = (csv: string): Program =>
    withConfig(publishedPlugin("tap-csv"), "tap", { files: [{ entity: "invoices", path: csv, keys: ["id"] }] });
  const targetLine = (method: string): Program =>
    withConfig(publishedPlugin("target-duckdb"), method, { filepath: join(folder, "ours.duckdb"), load_method: method });
  const fresh = (...programs: Program[]): Promise<Cost> => {
    for (const name of ["ours.duckdb", "limit.duckdb"]) rmSync(join(folder, name), { force: true });
    return measure(programs, folder);
  };
  try {
    const costs = await interleave(
      {
        load: () => fresh([limit, "load", small, join(folder, "limit.duckdb")]),
        append: () => fresh(tapLine(small), targetLine("append-only")),
        upsert: () => fresh(tapLine(small), targetLine("upsert")),
      },
      rounds,
      log,
    );
    const long = new Costs();
    const cost = await fresh(tapLine(large), targetLine("upsert"));
    log(`five times the rows: ${describeCost(cost)}`);
    long.add("upsert", cost);
    const [tapPeak, targetPeak] = [costs.peak("upsert", "tap-csv.js"), costs.peak("upsert", "target-duckdb.js")];
    const load = ["typed read_csv", costs.wall("load")] as const;
    return [
      compare("CSV to DuckDB, append, wall", costs.wall("append"), "s", load, 8),
      compare("CSV to DuckDB, upsert, wall", costs.wall("upsert"), "s", load, 8),
      compare("target-duckdb, peak memory", targetPeak, "MB", ["memory_limit + 300 MB", 512 + 300], 1),
      compare("tap-csv, peak at five times the rows", long.peak("upsert", "tap-csv.js"), "MB", ["its peak", tapPeak], 1.1),
      compare("target-duckdb, peak at five times the rows", long.peak("upsert", "target-duckdb.js"), "MB", ["its peak", targetPeak], 1.1),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
