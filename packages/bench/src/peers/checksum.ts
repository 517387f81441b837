/**
 * What a loaded table holds, as sums that no order of rows and no choice of column types changes, as long as the values are the
 * same: decimals to six places, dates as midnight, timestamps as instants, NULL told from the empty string.
 */
import { invoiceColumns } from "../seed-data.ts";

export interface Checksum {
  rows: number;
  keys: number;
  /** By column name, over each row's key and value. */
  columns: Record<string, string>;
}

const names = Object.keys(invoiceColumns) as (keyof typeof invoiceColumns)[];

/** Session time zone must be UTC: it is what a timestamp without a zone is read in. */
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

/** @returns how a table is not what it should be; undefined when it is */
export function difference(found: Checksum, wanted: Checksum): string | undefined {
  if (found.rows < wanted.rows) return `${wanted.rows - found.rows} of ${wanted.rows} rows are missing`;
  if (found.keys < found.rows) return `${found.rows - found.keys} rows have the key of another`;
  if (found.rows > wanted.rows) return `${found.rows - wanted.rows} rows too many`;
  const differing = names.filter((name) => found.columns[name] !== wanted.columns[name]);
  return differing.length === 0 ? undefined : `values differ in ${differing.join(", ")}`;
}
