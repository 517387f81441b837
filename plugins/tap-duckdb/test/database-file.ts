/** Database files of tests: each in a folder of its own, made and changed by DuckDB in this process, which lets go of it after each call. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { onTestFinished } from "vitest";

export interface DatabaseFile {
  path: string;
  execute(...statements: readonly string[]): Promise<unknown[][]>;
}

/** The caller deletes its folder. */
export function databaseFile(): DatabaseFile & { folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "tap-duckdb-test-"));
  const path = join(folder, "shop.duckdb");
  return { folder, path, execute: (...statements) => execute(path, ...statements) };
}

/** Deleted at the end of the test. */
export function testFile(): DatabaseFile & { folder: string } {
  const file = databaseFile();
  onTestFinished(() => rmSync(file.folder, { recursive: true, force: true }));
  return file;
}

/** The rows of the last statement. */
export async function execute(path: string, ...statements: readonly string[]): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    let rows: unknown[][] = [];
    for (const sql of statements) rows = (await connection.runAndReadAll(sql)).getRowsJson();
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
