/** A DuckDB table, and a Parquet file -> Singer lines, compared with DuckDB's own COPY of them to JSON lines. All write to /dev/null. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measure, type Program } from "./measure.ts";
import { publishedPlugin } from "./published-plugin.ts";
import { compare, interleave, type Result } from "./result.ts";
import { invoicesFile } from "./seed-data.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const limit = fileURLToPath(new URL("programs/duckdb-limit.js", import.meta.url));

export async function duckdbOut(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const csv = invoicesFile(join(root, ".cache/bench"), rows);
  const folder = mkdtempSync(join(tmpdir(), "bench-duckdb-out-"));
  const [database, parquet] = [join(folder, "invoices.duckdb"), join(folder, "invoices.parquet")];
  const tap = publishedPlugin("tap-duckdb");
  const withConfig = (name: string, config: unknown): Program => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(config));
    return [tap, "--config", path];
  };
  try {
    await measure([[limit, "load", csv, database]], folder);
    await measure([[limit, "table-parquet", parquet, database]], folder);
    const ofTable = withConfig("table", { filepath: database });
    const ofParquet = withConfig("parquet", { files: [{ entity: "invoices", path: parquet }] });
    const costs = await interleave(
      {
        "copy of the table": () => measure([[limit, "table-ndjson", csv, database]], folder),
        table: () => measure([ofTable], folder),
        "copy of the file": () => measure([[limit, "parquet-ndjson", parquet]], folder),
        parquet: () => measure([ofParquet], folder),
      },
      rounds,
      log,
    );
    const copy = (step: string): readonly [string, number] => ["DuckDB's COPY to JSON", costs.wall(step)];
    return [
      compare("tap-duckdb of a table, wall", costs.wall("table"), "s", copy("copy of the table"), 1.5),
      compare("tap-duckdb of a table, peak memory", costs.peak("table", "tap-duckdb.js"), "MB", ["bar", 700], 1),
      compare("tap-duckdb of a Parquet file, wall", costs.wall("parquet"), "s", copy("copy of the file"), 1.5),
      compare("tap-duckdb of a Parquet file, peak memory", costs.peak("parquet", "tap-duckdb.js"), "MB", ["bar", 700], 1),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
