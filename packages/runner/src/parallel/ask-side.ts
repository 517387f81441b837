/** Asks the target of a side for rows. */
import type { Failure } from "../model/failure.ts";
import { askQuery, type QueryRequest } from "../query/ask-query.ts";

export interface SideQuery extends Pick<QueryRequest, "project" | "binFolders" | "stop" | "onEvent"> {
  target: string;
  run: { environment: string };
}

/** Texts as the database prints them; null: NULL. */
export async function rowsOf(
  { project, binFolders, stop, onEvent, target, run }: SideQuery,
  sql: string,
  limit?: number,
): Promise<{ rows: (string | null)[][]; columns: string[] } | { failure: Failure }> {
  const rows: (string | null)[][] = [];
  let columns: string[] = [];
  const end = await askQuery({
    ...{ project, target, stop, onEvent, environment: run.environment },
    ...(binFolders !== undefined && { binFolders }),
    query: { sql, ...(limit !== undefined && { limit }) },
    onColumns: (found) => {
      columns = found.map(({ name }) => name);
    },
    onRow: (cells) => void rows.push(cells.map(textOf)),
  });
  return "failure" in end ? end : { rows, columns };
}

export async function columnsOf(side: SideQuery, table: string): Promise<string[] | { failure: Failure }> {
  const found = await rowsOf(side, `SELECT * FROM ${table} WHERE false`);
  return "failure" in found ? found : found.columns;
}

/** Of a cell as JSON: numbers keep their digits. */
function textOf(cell: string): string | null {
  if (cell === "null") return null;
  return cell.startsWith('"') ? (JSON.parse(cell) as string) : cell;
}
