/**
 * CSV -> Singer lines -> DuckDB, compared with DuckDB's CSV reader, in interleaved rounds over the same files: the first one fills a table,
 * half of the second one updates it. Fails if the tables differ.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { duckdbChecksum } from "./duckdb-checksum.ts";
import { type Cost, measure, type Program } from "./measure.ts";
import { difference } from "./peers/checksum.ts";
import { publishedPlugin } from "./published-plugin.ts";
import { Costs, compare, describeCost, interleave, type Result } from "./result.ts";
import { invoicesFile } from "./seed-data.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const limit = fileURLToPath(new URL("programs/duckdb-limit.js", import.meta.url));

export async function csvToDuckdb(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const cache = join(root, ".cache/bench");
  const [first, second, large] = [invoicesFile(cache, rows), invoicesFile(cache, rows, rows / 2 + 1), invoicesFile(cache, rows * 5)];
  const folder = mkdtempSync(join(tmpdir(), "bench-duckdb-"));
  const withConfig = (program: string, name: string, config: unknown): Program => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(config));
    return [program, "--config", path];
  };
  const tapLine = (csv: string): Program =>
    withConfig(publishedPlugin("tap-csv"), "tap", { files: [{ entity: "invoices", path: csv, keys: ["id"] }] });
  const targetLine = (method: string, settings = {}): Program =>
    withConfig(publishedPlugin("target-duckdb"), method, { filepath: ours, load_method: method, ...settings });
  const [ours, plain] = [join(folder, "ours.duckdb"), join(folder, "plain.duckdb")];
  const run = (...programs: Program[]): Promise<Cost> => measure(programs, folder);
  const fresh = (file: string, ...programs: Program[]): Promise<Cost> => {
    rmSync(file, { force: true });
    return run(...programs);
  };
  const expectEqualTables = async (): Promise<void> => {
    const differs = difference(await duckdbChecksum(ours, "main.invoices"), await duckdbChecksum(plain, "main.invoices"));
    if (differs !== undefined) throw new Error(`the table of target-duckdb differs from DuckDB's own: ${differs}`);
  };
  try {
    const costs = await interleave(
      {
        load: () => fresh(plain, [limit, "load", first, plain]),
        append: async () => {
          const cost = await fresh(ours, tapLine(first), targetLine("append-only"));
          await expectEqualTables();
          return cost;
        },
        commits: () => fresh(ours, tapLine(first), targetLine("append-only", { batch_size_rows: 10_000 })),
        first: () => fresh(ours, tapLine(first), targetLine("upsert")),
        plainUpsert: () => run([limit, "upsert", second, plain]),
        upsert: async () => {
          const cost = await run(tapLine(second), targetLine("upsert"));
          await expectEqualTables();
          return cost;
        },
      },
      rounds,
      log,
    );
    const long = new Costs();
    const cost = await fresh(ours, tapLine(large), targetLine("upsert"));
    log(`five times the rows: ${describeCost(cost)}`);
    long.add("upsert", cost);
    const [tapPeak, targetPeak] = [costs.peak("first", "tap-csv.js"), costs.peak("first", "target-duckdb.js")];
    const load = ["typed read_csv", costs.wall("load")] as const;
    return [
      compare("CSV to DuckDB, append, wall", costs.wall("append"), "s", load, 1.4),
      compare("CSV to DuckDB, first load with a key, wall", costs.wall("first"), "s", load, 1.4),
      compare(
        "CSV to DuckDB, upsert with half updates, wall",
        costs.wall("upsert"),
        "s",
        ["append, then DELETE", costs.wall("plainUpsert")],
        1.5,
      ),
      compare("CSV to DuckDB, a commit every 10,000 rows, wall", costs.wall("commits"), "s", ["one commit", costs.wall("append")], 3),
      compare("target-duckdb, peak memory", targetPeak, "MB", ["memory_limit + 300 MB", 512 + 300], 1),
      compare("tap-csv, peak at five times the rows", long.peak("upsert", "tap-csv.js"), "MB", ["its peak", tapPeak], 1.1),
      compare("target-duckdb, peak at five times the rows", long.peak("upsert", "target-duckdb.js"), "MB", ["its peak", targetPeak], 1.1),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
