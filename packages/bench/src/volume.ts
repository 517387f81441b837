/**
 * Loads of odd sizes into DuckDB and PostgreSQL, each beside the same shape with a fifth of its rows (or streams): time in proportion, memory
 * within what the targets say they take.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startPostgres } from "@tapline/testing/postgres";
import { type Cost, measure, type Program } from "./measure.ts";
import type { Shape } from "./programs/shaped-lines.ts";
import { publishedPlugin } from "./published-plugin.ts";
import { compare, describeCost, type Result } from "./result.ts";

const tap = fileURLToPath(new URL("programs/shaped-lines.js", import.meta.url));

/** `grows`: what is five times as many in the larger load. */
interface Volume extends Shape {
  grows: "rows" | "streams";
}

function volumes(rows: number): Record<string, Volume> {
  return {
    "tiny rows": { streams: 1, rows, columns: 1, text_bytes: 4, grows: "rows" },
    "100 columns": { streams: 1, rows: rows / 10, columns: 100, text_bytes: 10, grows: "rows" },
    "rows of 100 KB": { streams: 1, rows: rows / 500, columns: 2, text_bytes: 100_000, grows: "rows" },
    streams: { streams: rows / 5000, rows: 1000, columns: 4, text_bytes: 10, grows: "streams" },
  };
}

/** `rows`: tiny ones of the smaller load. The other shapes have a share of them. */
export async function volume(rows: number, _rounds: number, log: (line: string) => void): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-volume-"));
  await using server = await startPostgres({ isDurable: true, settings: { max_wal_size: "4GB", shared_buffers: "256MB" } });
  const filepath = join(folder, "volume.duckdb");
  /** The settings, and the memory that the documentation of the target allows. */
  const targets: Record<string, { config: object; memory: [string, number] }> = {
    "target-duckdb": { config: { filepath }, memory: ["memory_limit + 600 MB", 512 + 600] },
    "target-postgres": { config: { ...server.address, database: "postgres" }, memory: ["bar", 250] },
  };
  const program = (file: string, name: string, config: object): Program => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(config));
    return [file, "--config", path];
  };
  const results: Result[] = [];
  try {
    for (const [target, { config, memory }] of Object.entries(targets)) {
      const load = async (shape: Shape, schema: string): Promise<Cost> => {
        rmSync(filepath, { force: true });
        const into = { ...config, default_target_schema: schema, load_method: "append-only" };
        return measure([program(tap, "tap", shape), program(publishedPlugin(target), "target", into)], folder);
      };
      let schemas = 0;
      for (const [name, { grows, ...shape }] of Object.entries(volumes(rows))) {
        const small = await load(shape, `v${schemas++}`);
        const large = await load({ ...shape, [grows]: shape[grows] * 5 }, `v${schemas++}`);
        for (const cost of [small, large]) log(`${name} into ${target}: ${describeCost(cost)}`);
        const peak = large.processes[`${target}.js`]?.peakMb ?? Number.NaN;
        const more = `${(shape.streams * shape.rows * 5).toLocaleString("en")} rows`;
        results.push(
          compare(`${target}, ${name}: ${more}, wall`, large.wallSeconds, "s", ["5 times a fifth", small.wallSeconds * 5], 1.15),
          compare(`${target}, ${name}: peak memory`, peak, "MB", memory, 1),
        );
      }
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
