/** Ours beside programs others made for the same work, on equal promises: upsert by key into a fresh table, the same rows in it at the end. */
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
