/**
 * Singer lines -> Parquet files, compared with DuckDB's COPY of the same lines to one Parquet file, in interleaved rounds. Fails if the rows
 * differ. target-parquet also checks each record and adds the columns of its metadata.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { measure, type Program } from "./measure.ts";
import { publishedPlugin } from "./published-plugin.ts";
import { Costs, compare, describeCost, interleave, type Result } from "./result.ts";
import { invoiceColumns, invoicesFile } from "./seed-data.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const limit = fileURLToPath(new URL("programs/duckdb-limit.js", import.meta.url));

export async function linesToParquet(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const cache = join(root, ".cache/bench");
  const [lines, long] = [linesFile(cache, rows), linesFile(cache, rows * 4)];
  const folder = mkdtempSync(join(tmpdir(), "bench-parquet-"));
  const [lake, plain] = [join(folder, "lake"), join(folder, "plain.parquet")];
  const config = join(folder, "target.json");
  writeFileSync(config, JSON.stringify({ destination_path: lake, load_method: "append-only" }));
  const load = (file: string) => {
    rmSync(lake, { recursive: true, force: true });
    const target: Program = [publishedPlugin("target-parquet"), "--config", config];
    return measure([["cat", file], target], folder);
  };
  try {
    const costs = await interleave(
      {
        copy: () => measure([[limit, "parquet", lines, plain]], folder),
        load: async () => {
          const cost = await load(lines);
          await expectEqualRows(lake, plain);
          return cost;
        },
      },
      rounds,
      log,
    );
    const more = new Costs();
    const cost = await load(long);
    log(`four times the rows: ${describeCost(cost)}`);
    more.add("load", cost);
    const program = "target-parquet.js";
    const peak = costs.peak("load", program);
    return [
      compare("lines to Parquet, wall", costs.wall("load"), "s", ["COPY (read_json) TO parquet", costs.wall("copy")], 1.5),
      compare("target-parquet, peak at four times the rows", more.peak("load", program), "MB", ["its peak", peak], 1.1),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What tap-csv sends of the invoices. */
export function linesFile(cache: string, rows: number): string {
  const path = join(cache, `invoices-${rows}.lines`);
  if (existsSync(path)) return path;
  const config = `${path}.json`;
  writeFileSync(config, JSON.stringify({ files: [{ entity: "invoices", path: invoicesFile(cache, rows), keys: ["id"] }] }));
  const out = openSync(`${path}.part`, "w");
  execFileSync(process.execPath, [publishedPlugin("tap-csv"), "--config", config], { stdio: ["ignore", out, "ignore"] });
  renameSync(`${path}.part`, path);
  return path;
}

/** @throws Error where a column differs */
async function expectEqualRows(lake: string, plain: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const decimals = Object.entries(invoiceColumns).flatMap(([name, type]) => (type === "decimal" ? [name] : []));
  const list = Object.keys(invoiceColumns).map((name) => {
    const value = decimals.includes(name) ? `${name}::DECIMAL(38,6)` : name;
    return `bit_xor(hash(id, ${value}::VARCHAR))::VARCHAR`;
  });
  const sums = async (source: string): Promise<string> => {
    const rows = await (await connection.run(`SELECT count(*)::VARCHAR, ${list.join(", ")} FROM read_parquet('${source}')`)).getRows();
    return JSON.stringify(rows);
  };
  const [ours, theirs] = [await sums(`${lake}/invoices/*.parquet`), await sums(plain)];
  connection.closeSync();
  instance.closeSync();
  if (ours !== theirs) throw new Error(`the rows of target-parquet differ from DuckDB's own: ${ours} and ${theirs}`);
}
