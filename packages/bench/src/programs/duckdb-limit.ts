/**
 * Reads the same file with DuckDB alone, with all types given: `load` makes a table from it, `load-all` one with the types and all the columns
 * that target-duckdb writes, `upsert` replaces rows of the table that `load` made (append, then delete the old rows of the new keys: the
 * fastest way in plain SQL), `ndjson` writes it as JSON lines to /dev/null, `parquet` writes a file of Singer lines as Parquet.
 * `table-ndjson` writes the table as JSON lines, `table-parquet` makes a Parquet file of it, and `parquet-ndjson` writes that as JSON lines.
 * Usage: duckdb-limit.js WHAT FILE [DATABASE], or duckdb-limit.js parquet LINES FILE
 */
import { DuckDBInstance } from "@duckdb/node-api";
import { invoiceColumns } from "../seed-data.ts";

const [what, file = "", place = ":memory:"] = process.argv.slice(2);
const database = what === "parquet" ? ":memory:" : place;
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

/** A decimal is read with 18 digits, which is the fastest way to one of 38. */
const values = Object.entries(invoiceColumns).map(([name, type]) => (type === "decimal" ? `${name}::DECIMAL(38,6) AS ${name}` : name));
const now = "now()::TIMESTAMPTZ";
const metadata = `${now} AS _sdc_extracted_at, ${now} AS _sdc_received_at, ${now} AS _sdc_batched_at, NULL::TIMESTAMPTZ AS _sdc_deleted_at,
  row_number() OVER () + 1700000000000000 AS _sdc_sequence, NULL::BIGINT AS _sdc_table_version, 1700000000000 AS _sdc_sync_started_at`;
const fresh = "SELECT id AS key FROM invoices WHERE rowid > getvariable('last')";
const text = (path: string): string => `'${path.replaceAll("'", "''")}'`;
const fields = Object.entries(invoiceColumns).map(([name, type]) => `${name} ${type === "decimal" ? "DECIMAL(38,6)" : types[type]}`);
const lines = `read_json(${text(file)}, format = 'newline_delimited', columns = {type: 'VARCHAR', record: 'STRUCT(${fields.join(", ")})'})`;
const statements: Record<string, readonly string[]> = {
  load: [`CREATE TABLE invoices AS FROM ${source}`],
  "load-all": [`CREATE TABLE invoices AS SELECT ${values.join(", ")}, ${metadata} FROM ${source}`],
  upsert: [
    "SET VARIABLE last = (SELECT max(rowid) FROM invoices)",
    "BEGIN",
    `INSERT INTO invoices FROM ${source}`,
    `DELETE FROM invoices USING (${fresh}) AS fresh WHERE invoices.rowid <= getvariable('last') AND invoices.id = fresh.key`,
    "COMMIT",
  ],
  parquet: [`COPY (SELECT unnest(record) FROM ${lines} WHERE type = 'RECORD') TO ${text(place)} (FORMAT parquet, COMPRESSION zstd)`],
  ndjson: [`COPY (FROM ${source}) TO '/dev/null' (FORMAT json)`],
  "table-ndjson": ["COPY invoices TO '/dev/null' (FORMAT json)"],
  "table-parquet": [`COPY invoices TO '${file.replaceAll("'", "''")}' (FORMAT parquet)`],
  "parquet-ndjson": [`COPY (FROM read_parquet('${file.replaceAll("'", "''")}')) TO '/dev/null' (FORMAT json)`],
};

const instance = await DuckDBInstance.create(database);
const connection = await instance.connect();
for (const statement of statements[what ?? ""] as readonly string[]) await connection.run(statement);
connection.closeSync();
instance.closeSync();
