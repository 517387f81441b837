/** The rows of a stream as another program reads them: by the manifest alone, with DuckDB. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { exactNumber, parseExact, type Row } from "@tapline/protocol";

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
  if (entry.files.length === 0) return [];
  const paths = entry.files.map((file) => `'${join(folder, file.path).replaceAll("'", "''")}'`).join(", ");
  const source = `read_parquet([${paths}], union_by_name = true, hive_partitioning = false)`;
  const described = await query(`DESCRIBE SELECT * FROM ${source}`);
  const types = described.map(([name, type]) => [String(name), String(type)] as const);
  const rows = await query(`SELECT COLUMNS(*)::VARCHAR FROM ${source}`);
  const listed = entry.files.reduce((sum, file) => sum + file.rows, 0);
  if (listed !== rows.length) throw new Error(`the manifest lists ${listed} rows and the files have ${rows.length}`);
  return rows.map((row) => Object.fromEntries(types.map(([name, type], index) => [name, value(row[index] as string | null, type)])));
}

async function query(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    return await (await connection.run(sql)).getRows();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function value(text: string | null, type: string): unknown {
  if (text === null) return null;
  if (type === "BOOLEAN") return text === "true";
  if (type === "JSON") return parseExact(text);
  if (type === "TIMESTAMP WITH TIME ZONE") return `${text}:00`;
  return /^(BIGINT|DOUBLE|DECIMAL)/.test(type) ? exactNumber(text) : text;
}
