/** Reads a DuckDB file from a separate process for tests: every value as DuckDB prints it. */
import { DuckDBInstance } from "@duckdb/node-api";

/** The rows of a query, with values as text and NULL as null. */
export async function duckdbRows(path: string, sql: string): Promise<Record<string, string | null>[]> {
  const instance = await DuckDBInstance.create(path, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(`SELECT COLUMNS(*)::VARCHAR FROM (${sql})`);
    return reader.getRowObjects() as Record<string, string | null>[];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Changes the file from a separate connection. */
export async function duckdbRun(path: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    await connection.run(sql);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
