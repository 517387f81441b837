/** Our programs compared with others for the same work: upsert by key into a new table, which must have the same rows at the end. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { intoDuckdb } from "./peers/into-duckdb.ts";
import { intoPostgres } from "./peers/into-postgres.ts";
import { writeSources } from "./peers/sources.ts";
import type { Result } from "./result.ts";

export async function besidePeers(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-peers-"));
  try {
    const sources = writeSources(rows, folder);
    return [...(await intoPostgres(sources, rounds, log)), ...(await intoDuckdb(sources, rounds, log))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
