/** The rows of a table with their values as they are, for tests. */
import { exactNumber, parseExact, type Row } from "@tapline/protocol";
import type { TestDatabase } from "@tapline/testing/postgres";

/** Null where there is no such table. */
export async function readTable({ read }: Pick<TestDatabase, "read">, schema: string, table: string): Promise<Row[] | null> {
  const columns = await read(
    `SELECT column_name, data_type FROM information_schema.columns
      WHERE table_schema = ${text(schema)} AND table_name = ${text(table)} ORDER BY ordinal_position`,
  );
  if (columns.length === 0) return null;
  const rows = await read(`SELECT * FROM ${quote(schema)}.${quote(table)}`);
  return rows.map((row) => Object.fromEntries(columns.map(([name, type], index) => [name, value(row[index] ?? null, String(type))])));
}

const text = (name: string): string => `'${name.replaceAll("'", "''")}'`;
const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function value(text: string | null, type: string): unknown {
  if (text === null) return null;
  if (type === "boolean") return text === "t";
  if (type === "jsonb") return parseExact(text);
  if (type === "timestamp with time zone") return `${text.replace(" ", "T")}:00`;
  if (type === "bytea") return Buffer.from(text.slice("\\x".length), "hex").toString("base64");
  if (!/^(smallint|integer|bigint|numeric|real|double precision)$/.test(type)) return text;
  return /^-?(NaN|Infinity)$/.test(text) ? Number(text) : exactNumber(text);
}
