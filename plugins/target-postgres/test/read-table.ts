/** The rows of a table with their values as they are, for tests. */
import { exactNumber, parseExact, type Row } from "@tapline/protocol";
import type { TestDatabase } from "@tapline/testing/postgres";

/** Null where there is no such table. */
export async function readTable({ read }: TestDatabase, schema: string, table: string): Promise<Row[] | null> {
  const columns = await read(
    `SELECT column_name, data_type FROM information_schema.columns
      WHERE table_schema = '${schema}' AND table_name = '${table.replaceAll("'", "''")}' ORDER BY ordinal_position`,
  );
  if (columns.length === 0) return null;
  const rows = await read(`SELECT * FROM "${schema}"."${table.replaceAll('"', '""')}"`);
  return rows.map((row) => Object.fromEntries(columns.map(([name, type], index) => [name, value(row[index] ?? null, String(type))])));
}

function value(text: string | null, type: string): unknown {
  if (text === null) return null;
  if (type === "boolean") return text === "t";
  if (type === "jsonb") return parseExact(text);
  if (type === "timestamp with time zone") return `${text.replace(" ", "T")}:00`;
  return /^(bigint|numeric)$/.test(type) ? exactNumber(text) : text;
}
