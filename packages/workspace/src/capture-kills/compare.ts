/** Whether a target holds what the source has, by checksums over all columns. */
import { createHash } from "node:crypto";
import { duckdbRows } from "../duckdb.ts";
import { type Address, ask, tablesIn } from "../source-faults/source.ts";

export type Query = (sql: string) => Promise<(string | null)[][]>;

/** The tables that the target does not hold exactly, by a checksum over all columns that the source has. */
export async function compare(source: Address, target: Query): Promise<{ wrong: string[]; rows: number }> {
  const wrong: string[] = [];
  let rows = 0;
  for (const [table, names] of await tablesIn(source, "public")) {
    const columns = names.map((name) => `"${name}"`).join(", ");
    const sql = `SELECT ${columns} FROM public.${table}`;
    const [there, here] = await Promise.all([ask(source, sql), target(sql).catch((error: Error) => error.message)]);
    rows += there.length;
    if (typeof here === "string") wrong.push(`${table}: ${here}`);
    else if (checksum(there) !== checksum(here))
      wrong.push(`${table}: ${there.length} rows in the source, ${here.length} in the target; ${firstDifference(there, here)}`);
  }
  return { wrong, rows };
}

const linesOf = (rows: (string | null)[][]): string[] => rows.map((row) => JSON.stringify(row)).sort();
const checksum = (rows: (string | null)[][]): string => createHash("sha256").update(linesOf(rows).join("\n")).digest("hex");

function firstDifference(there: (string | null)[][], here: (string | null)[][]): string {
  const [a, b] = [linesOf(there), linesOf(here)];
  const [inHere, inThere] = [new Set(b), new Set(a)];
  const cut = (line: string | undefined): string => (line ?? "none").slice(0, 200);
  return `only in the source: ${cut(a.find((line) => !inHere.has(line)))}; only in the target: ${cut(b.find((line) => !inThere.has(line)))}`;
}

export async function rowsOfDuckdb(filepath: string, sql: string): Promise<(string | null)[][]> {
  return (await duckdbRows(filepath, sql)).map((row) => Object.values(row));
}
