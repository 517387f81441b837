/** Whether a target holds what the source has, by checksums over all columns. */
import { createHash } from "node:crypto";
import { duckdbRows } from "../duckdb.ts";
import { type Address, ask, tablesIn } from "./source.ts";

type Rows = (string | null)[][];
export type Query = (sql: string) => Promise<Rows>;

/** A table of the source, and how its rows are read on both sides. */
export interface ComparedTable {
  table: string;
  there(): Promise<Rows>;
  here(): Promise<Rows>;
}

/** The tables that the target does not hold exactly. */
export async function compareTables(tables: Iterable<ComparedTable>): Promise<{ wrong: string[]; rows: number }> {
  const wrong: string[] = [];
  let rows = 0;
  for (const { table, ...read } of tables) {
    const [there, here] = await Promise.all([read.there(), read.here().catch((error: Error) => error.message)]);
    rows += there.length;
    if (typeof here === "string") wrong.push(`${table}: ${here}`);
    else if (checksum(there) !== checksum(here))
      wrong.push(`${table}: ${there.length} rows in the source, ${here.length} in the target; ${firstDifference(there, here)}`);
  }
  return { wrong, rows };
}

/** The tables of a PostgreSQL database, by all columns that it has. */
export async function compareWithPostgres(source: Address, target: Query): Promise<{ wrong: string[]; rows: number }> {
  const tables = (await tablesIn(source, "public")).map(([table, names]) => {
    const sql = `SELECT ${names.map((name) => `"${name}"`).join(", ")} FROM public.${table}`;
    return { table, there: () => ask(source, sql), here: () => target(sql) };
  });
  return compareTables(tables);
}

const linesOf = (rows: Rows): string[] => rows.map((row) => JSON.stringify(row)).sort();
const checksum = (rows: Rows): string => createHash("sha256").update(linesOf(rows).join("\n")).digest("hex");

function firstDifference(there: Rows, here: Rows): string {
  const [a, b] = [linesOf(there), linesOf(here)];
  const [inHere, inThere] = [new Set(b), new Set(a)];
  const cut = (line: string | undefined): string => (line ?? "none").slice(0, 200);
  return `only in the source: ${cut(a.find((line) => !inHere.has(line)))}; only in the target: ${cut(b.find((line) => !inThere.has(line)))}`;
}

export async function rowsOfDuckdb(filepath: string, sql: string): Promise<Rows> {
  return (await duckdbRows(filepath, sql)).map((row) => Object.values(row));
}
