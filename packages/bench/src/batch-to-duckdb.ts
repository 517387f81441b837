/** CSV -> files of BATCH messages -> DuckDB, compared with DuckDB's CSV reader that writes the same columns, and with the same pipe over records. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Cost, measure, type Program } from "./measure.ts";
import { publishedPlugin } from "./published-plugin.ts";
import { compare, interleave, type Result } from "./result.ts";
import { invoicesFile } from "./seed-data.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const limit = fileURLToPath(new URL("programs/duckdb-limit.js", import.meta.url));

export async function batchToDuckdb(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const csv = invoicesFile(join(root, ".cache/bench"), rows);
  const folder = mkdtempSync(join(tmpdir(), "bench-batch-"));
  const files = join(folder, "files");
  const withConfig = (program: string, name: string, config: unknown): Program => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(config));
    return [publishedPlugin(program), "--config", path];
  };
  const source = { files: [{ entity: "invoices", path: csv }] };
  const batchConfig = { encoding: { format: "csv" }, storage: { root: pathToFileURL(files).href } };
  const target = (name: string, more: object = {}): Program =>
    withConfig("target-duckdb", name, { filepath: join(folder, "ours.duckdb"), ...more });
  const fresh = (...programs: Program[]): Promise<Cost> => {
    for (const name of ["ours.duckdb", "limit.duckdb"]) rmSync(join(folder, name), { force: true });
    rmSync(files, { recursive: true, force: true });
    mkdirSync(files);
    return measure(programs, folder);
  };
  try {
    const costs = await interleave(
      {
        load: () => fresh([limit, "load-all", csv, join(folder, "limit.duckdb")]),
        files: () =>
          fresh(withConfig("tap-csv", "tap-files", { ...source, batch_config: batchConfig }), target("files", { batch_folder: files })),
        records: () => fresh(withConfig("tap-csv", "tap", source), target("records")),
      },
      rounds,
      log,
    );
    return [
      compare("CSV files to DuckDB, append, wall", costs.wall("files"), "s", ["read_csv into the same columns", costs.wall("load")], 1.15),
      compare("CSV files to DuckDB, append, wall", costs.wall("files"), "s", ["over records", costs.wall("records")], 1),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
