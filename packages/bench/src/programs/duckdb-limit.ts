/**
 * Reads the same file with DuckDB alone, with all types given: `load` makes a table from it, `ndjson` writes it as JSON lines to
 * /dev/null. Usage: duckdb-limit.js load|ndjson FILE [DATABASE]
 */
import { DuckDBInstance } from "@duckdb/node-api";
import { invoiceColumns } from "../seed-data.ts";

const [what, file = "", database = ":memory:"] = process.argv.slice(2);
const types = {
  integer: "BIGINT",
  string: "VARCHAR",
  decimal: "DECIMAL(18,6)",
  date: "DATE",
  timestamp: "TIMESTAMPTZ",
  boolean: "BOOLEAN",
} as const;
const columns = Object.entries(invoiceColumns).map(([name, type]) => `'${name}': '${types[type]}'`);
const source = `read_csv('${file.replaceAll("'", "''")}', header = true, auto_detect = false, quote = '"', escape = '"', columns = {${columns.join(", ")}})`;

const instance = await DuckDBInstance.create(database);
const connection = await instance.connect();
await connection.run(what === "load" ? `CREATE TABLE invoices AS FROM ${source}` : `COPY (FROM ${source}) TO '/dev/null' (FORMAT json)`);
connection.closeSync();
instance.closeSync();
