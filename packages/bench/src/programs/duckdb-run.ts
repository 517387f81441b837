/** Runs one statement in a DuckDB file with one thread, and prints its rows. Usage: duckdb-run.js DATABASE SQL */
import { DuckDBInstance } from "@duckdb/node-api";

const [database = ":memory:", sql = ""] = process.argv.slice(2);
const instance = await DuckDBInstance.create(database, { access_mode: "READ_ONLY", threads: "1" });
const connection = await instance.connect();
console.log((await connection.runAndReadAll(sql)).getRows());
connection.closeSync();
instance.closeSync();
