/** The rows of a table with their values as they are, for tests. Reads a copy of the file, since a running target holds its lock. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Row } from "@tapline/protocol";
import { duckdbValue } from "@tapline/testing/duckdb-value";

/** Null where there is no such file or table. */
export async function readTable(path: string, table: string, schema = "main"): Promise<Row[] | null> {
  if (!existsSync(path)) return null;
  const folder = mkdtempSync(join(tmpdir(), "read-table-"));
  const copy = join(folder, "copy.duckdb");
  try {
    // What was committed is in the file or, until it is folded in, in the log beside it.
    copyFileSync(path, copy);
    if (existsSync(`${path}.wal`)) copyFileSync(`${path}.wal`, `${copy}.wal`);
    return await rowsOf(copy, schema, table);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function rowsOf(path: string, schema: string, table: string): Promise<Row[] | null> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const columns = await connection.runAndReadAll(
      "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = $1 AND table_name = $2 ORDER BY column_index",
      [schema, table],
    );
    if (columns.currentRowCount === 0) return null;
    const types = columns.getRows().map(([name, type]) => [String(name), String(type)] as const);
    const reader = await connection.runAndReadAll(`SELECT COLUMNS(*)::VARCHAR FROM ${quote(schema)}.${quote(table)}`);
    return reader
      .getRows()
      .map((row) => Object.fromEntries(types.map(([name, type], index) => [name, duckdbValue(row[index] as string | null, type)])));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
