/** What the tests of this target share: a separate database file, batches from rows, and reading back what is there. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { type JsonSchema, type LoadMethod, type Row, type RowBatch, rowBatch, TaplineError, type TargetStream } from "@tapline/sdk";
import { onTestFinished } from "vitest";

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "target-duckdb-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function batch(rows: Row[], options: { firstLine?: number; chunkRows?: number; stream?: string } = {}): RowBatch {
  return rowBatch(options.stream ?? "s", rows, options);
}

export function stream(properties: Record<string, JsonSchema>, keys: string[] = [], loadMethod?: LoadMethod, name = "s"): TargetStream {
  return { name, schema: { properties }, keys, loadMethod: loadMethod ?? (keys.length > 0 ? "upsert" : "append-only") };
}

/** Runs statements on a file nobody else has open; the rows of the last one, every value as DuckDB prints it. */
export async function read(path: string, ...statements: string[]): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    let rows: unknown[][] = [];
    for (const sql of ["SET TimeZone='UTC'", ...statements]) rows = await (await connection.run(sql)).getRowsJson();
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

export async function failure(run: () => unknown): Promise<TaplineError> {
  try {
    await run();
  } catch (error) {
    if (error instanceof TaplineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
