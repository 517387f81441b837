/** The rows of a stream as another program reads them: each file that the manifest lists, with DuckDB, by the types that the file has. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Row } from "@tapline/protocol";
import { duckdbValue } from "@tapline/testing/duckdb-value";

interface Listed {
  streams: { stream: string; columns: { name: string }[]; files: { path: string; rows: number }[] }[];
}

/** Null where the manifest does not list the stream. */
export async function readStream(stream: string, folder: string): Promise<Row[] | null> {
  const path = join(folder, "_tapline_manifest.json");
  if (!existsSync(path)) return null;
  const { streams } = JSON.parse(readFileSync(path, "utf8")) as Listed;
  const entry = streams.find((each) => each.stream === stream);
  if (entry === undefined) return null;
  const nothing = Object.fromEntries(entry.columns.map(({ name }) => [name, null]));
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const rows: Row[] = [];
    for (const file of entry.files) {
      const own = await rowsOf(connection, join(folder, file.path));
      if (own.length !== file.rows) throw new Error(`the manifest says ${file.rows} rows of ${file.path}, which has ${own.length}`);
      rows.push(...own.map((row) => ({ ...nothing, ...row })));
    }
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function rowsOf(connection: DuckDBConnection, path: string): Promise<Row[]> {
  const source = `read_parquet('${path.replaceAll("'", "''")}', hive_partitioning = false)`;
  const described = await (await connection.run(`DESCRIBE SELECT * FROM ${source}`)).getRows();
  const types = described.map(([name, type]) => [String(name), String(type)] as const);
  const rows = await (await connection.run(`SELECT COLUMNS(*)::VARCHAR FROM ${source}`)).getRows();
  return rows.map((row) => Object.fromEntries(types.map(([name, type], index) => [name, duckdbValue(row[index] as string | null, type)])));
}
