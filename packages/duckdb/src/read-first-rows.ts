/** The first rows of a query that a person wrote, and how many there are, inside the transaction that is open. */
import type { FoundRows } from "@tapline/sql";
import { cellWriter } from "./cell-text.ts";
import { explainQuery, type Reading, readingStatement } from "./read-rows.ts";

/** The kind of the statement is all that keeps it from changing something. @throws as `readRows`; then the transaction is of no more use */
export async function readFirstRows(
  { api, connection, explain }: Pick<Reading, "api" | "connection" | "explain">,
  sql: string,
  most: number,
): Promise<FoundRows> {
  try {
    await readingStatement({ api, connection, allowed: [api.StatementType.SELECT] }, sql);
    // A result that is read to its end in parts would end like a whole one where it fails in the middle.
    const result = await connection.run(`SELECT * FROM (\n${sql}\n) LIMIT ${most}`);
    const writers = result.columnTypes().map((type) => cellWriter(api, type));
    const rows = (await result.getRows()).map((row) => row.map((value, index) => writers[index]?.(value) ?? "null"));
    const columns = result.columnNames();
    if (rows.length < most) return { columns, rows, count: rows.length };
    const [[count] = []] = await (await connection.run(`SELECT count(*) FROM (\n${sql}\n)`)).getRows();
    return { columns, rows, count: Number(count) };
  } catch (error) {
    throw explainQuery(error, explain);
  }
}
