/**
 * Checksums of a loaded table that depend only on the values, not on the order of rows or the column types: decimals to six places,
 * dates as midnight, timestamps as instants, NULL different from the empty string.
 */
import { invoiceColumns } from "../seed-data.ts";

export interface Checksum {
  rows: number;
  keys: number;
  /** By column name, over each row's key and value. */
  columns: Record<string, string>;
}

const names = Object.keys(invoiceColumns) as (keyof typeof invoiceColumns)[];

/** The time zone of the session must be UTC, because it applies to timestamps without a zone. */
export function checksumQuery(table: string, sql: "postgres" | "duckdb"): string {
  const decimal = sql === "postgres" ? "numeric(38,6)" : "decimal(38,6)";
  const types = { integer: decimal, decimal, string: "text", date: "timestamp", timestamp: "timestamptz", boolean: "boolean" };
  const sums = names.map((name) => {
    const value = `coalesce(cast(cast(${name} AS ${types[invoiceColumns[name]]}) AS text), '\\N')`;
    const cell = `concat(cast(id AS bigint), ' ', ${value})`;
    return `cast(sum(${sql === "postgres" ? `cast(hashtextextended(${cell}, 0) AS numeric)` : `hash(${cell})`}) AS text) AS ${name}`;
  });
  return `SELECT cast(count(*) AS text) AS "rows", cast(count(DISTINCT id) AS text) AS "keys", ${sums.join(", ")} FROM ${table}`;
}

/** The one row of `checksumQuery`, whose columns are all text. */
export function checksumOf(row: Record<string, unknown>): Checksum {
  const columns = Object.fromEntries(names.map((name) => [name, String(row[name])]));
  return { rows: Number(row.rows), keys: Number(row.keys), columns };
}

/** @returns how a table differs from the expected one; undefined when it does not */
export function difference(found: Checksum, wanted: Checksum): string | undefined {
  if (found.rows < wanted.rows) return `${wanted.rows - found.rows} of ${wanted.rows} rows are missing`;
  if (found.keys < found.rows) return `${found.rows - found.keys} rows have the key of another`;
  if (found.rows > wanted.rows) return `${found.rows - wanted.rows} rows too many`;
  const differing = names.filter((name) => found.columns[name] !== wanted.columns[name]);
  return differing.length === 0 ? undefined : `values differ in ${differing.join(", ")}`;
}
