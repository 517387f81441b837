/** Our programs compared with others for the same work: upsert by key into a new table, which must have the same rows at the end. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { intoDuckdb } from "./peers/into-duckdb.ts";
import { intoPostgres } from "./peers/into-postgres.ts";
import { writeSources } from "./peers/sources.ts";
import type { Result } from "./result.ts";

/** With fewer rows the start of our two programs is most of their time. */
const manyRows = 1_000_000;

export async function besidePeers(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-peers-"));
  try {
    const sources = writeSources(rows, folder);
    const others = rows < manyRows ? 1 : 1 / 3;
    // Of dlt with pyarrow, whose loader is DuckDB's own.
    const pipes = rows < manyRows ? 1 : 1 / 1.9;
    return [...(await intoPostgres(sources, rounds, log, others)), ...(await intoDuckdb(sources, rounds, log, { targets: others, pipes }))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
