/** The checksum of a table in a DuckDB file. */
import { DuckDBInstance } from "@duckdb/node-api";
import { type Checksum, checksumOf, checksumQuery } from "./peers/checksum.ts";

/** @param table a table, or an expression for one */
export async function duckdbChecksum(file: string, table: string): Promise<Checksum> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const [row] = (await connection.runAndReadAll(checksumQuery(table, "duckdb"))).getRowObjectsJson();
    return checksumOf(row ?? {});
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
