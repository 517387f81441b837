/**
 * What a side of the sales example holds, by sums that this file alone defines: of each row a text, of that an MD5, of those a sum. PostgreSQL and
 * DuckDB compute them with functions of their own, so they agree only where the values are equal, and nothing of tapline takes part.
 */
import { type DatabaseAddress, queryPostgres } from "@tapline/testing/postgres";
import { duckdbRows } from "../duckdb.ts";

/** Columns by table, each as a form that both databases write alike. */
const tables: Readonly<Record<string, Readonly<Record<string, Form>>>> = {
  customers: {
    customer_id: "text",
    name: "text",
    email: "text",
    country: "text",
    credit_limit: "text",
    attributes: "json",
    updated_at: "instant",
  },
  products: { sku: "text", title: "text", price: "text", weight_kg: "double", tags: "list", checksum: "bytes", sold_until: "text" },
  orders: {
    ...{ order_id: "text", customer_id: "text", status: "text", placed_at: "instant", ship_by: "instant", pickup: "text" },
    ...{ total: "text", note: "text", updated_at: "instant" },
  },
  order_lines: {
    ...{ order_id: "text", line: "text", sku: "text", quantity: "text", unit_price: "text", discount: "double", is_gift: "flag" },
    updated_at: "instant",
  },
};

type Form = "text" | "instant" | "double" | "flag" | "bytes" | "json" | "list";

const inPostgres: Readonly<Record<Form, (column: string) => string>> = {
  text: (column) => `${column}::text`,
  instant: (column) => `((extract(epoch FROM ${column}) * 1000000)::bigint)::text`,
  double: (column) => `encode(float8send(${column}), 'hex')`,
  flag: (column) => `CASE ${column} WHEN true THEN 'yes' WHEN false THEN 'no' END`,
  bytes: (column) => `upper(encode(${column}, 'hex'))`,
  json: (column) =>
    `concat_ws('/', ${column} ->> 'tier', ${column} ->> 'memo', ${column} -> 'tags' ->> 1, (${column} ->> 'rate')::float8 * 8)`,
  list: (column) => `array_to_string(${column}, '/')`,
};

const inDuckdb: Readonly<Record<Form, (column: string) => string>> = {
  text: (column) => `${column}::VARCHAR`,
  instant: (column) => `epoch_us(${column})::VARCHAR`,
  double: (column) =>
    `lower(lpad(to_hex(CASE WHEN ${column} IS NULL THEN NULL ELSE ('0b' || ${column}::BIT::VARCHAR)::UBIGINT END), 16, '0'))`,
  flag: (column) => `CASE ${column} WHEN true THEN 'yes' WHEN false THEN 'no' END`,
  bytes: (column) => `hex(${column})`,
  json: (column) =>
    `CASE WHEN ${column} IS NULL THEN '' ELSE concat_ws('/', ${column} ->> '$.tier', ${column} ->> '$.memo', ${column} ->> '$.tags[1]', ((${column} ->> '$.rate')::DOUBLE * 8)::BIGINT::VARCHAR) END`,
  list: (column) => `array_to_string(CAST(${column} AS VARCHAR[]), '/')`,
};

const rowText = (columns: Readonly<Record<string, Form>>, forms: typeof inPostgres): string =>
  Object.entries(columns)
    .map(([name, form]) => `coalesce(${forms[form](`"${name}"`)}, '∅')`)
    .join(" || '|' || ");

/** Rows and the sum, by table. */
export type Sums = Record<string, string>;

export async function sumsInPostgres(database: DatabaseAddress, schema = "sales"): Promise<Sums> {
  const found: Sums = {};
  for (const [table, columns] of Object.entries(tables)) {
    const hash = `('x' || substr(md5(${rowText(columns, inPostgres)}), 1, 15))::bit(60)::bigint`;
    const [[count, sum] = []] = await queryPostgres(database, [`SELECT count(*), sum(${hash}) FROM ${schema}.${table}`]);
    found[table] = `${count} rows, ${sum}`;
  }
  return found;
}

/** Rows that are marked as deleted are not there. */
export async function sumsInDuckdb(path: string, schema = "sales"): Promise<Sums> {
  const found: Sums = {};
  for (const [table, columns] of Object.entries(tables)) {
    const hash = `('0x' || substr(md5(${rowText(columns, inDuckdb)}), 1, 15))::BIGINT`;
    const [row] = await duckdbRows(
      path,
      `SELECT count(*) AS count, sum(${hash}) AS sum FROM ${schema}.${table} WHERE _sdc_deleted_at IS NULL`,
    );
    found[table] = `${row?.count} rows, ${row?.sum}`;
  }
  return found;
}
