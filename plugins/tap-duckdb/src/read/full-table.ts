/**
 * Reads a whole table, as a new version of it. The rows of a table have numbers, so a run that was stopped goes on after its last one, in
 * the same version, while the file is the same: where it has changed since, rows may have moved, and the table is read from its start.
 */
import { activate, type Chunk, checkpoint, type ReadContext, rowVersion } from "@tapline/sdk";
import { nextVersion } from "@tapline/sql-tap";
import type { SourceFile } from "../source-file.ts";
import { linesOfTable } from "./lines-of-table.ts";
import { TableLines } from "./table-lines.ts";
import type { TableReading } from "./table-reading.ts";

/** A read that has not come to its end: all rows before `next_row` were sent, with these columns. */
interface Progress {
  version: number;
  next_row: number;
  file: string;
  columns: string[];
}

export async function* readFullTable({ table, context, database, file }: TableReading): AsyncGenerator<Chunk> {
  const rows = new TableLines(linesOfTable(table, context), context, database);
  const resumed = table.place === undefined ? undefined : progressOf(context, file);
  const version = resumed?.version ?? nextVersion(context.state);
  if (resumed !== undefined) context.log("info", `resumes at row ${resumed.next_row}`);
  const where = resumed === undefined ? "" : `WHERE ${table.place} >= ${resumed.next_row}`;
  // The schema is that of all rows: those before the place were sent with it.
  const change = await rows.look("");
  if (change !== undefined) yield change;
  yield rowVersion(version);
  for await (const { lines, place } of rows.read(where, table.place)) {
    yield lines;
    if (place === undefined || !context.isStateDue()) continue;
    await file.expectUnchanged(context);
    const progress: Progress = { version, next_row: Number(place) + 1, file: file.print, columns: [...context.columns] };
    yield checkpoint({ ...progress });
  }
  await file.expectUnchanged(context);
  yield activate(version);
  yield checkpoint({ version });
}

/** Undefined also where other columns are selected now: the rows before the place would lack them. */
function progressOf({ state, columns }: ReadContext, { print }: SourceFile): Progress | undefined {
  const { version, next_row, file } = state;
  if (typeof version !== "number" || typeof next_row !== "number" || file !== print) return undefined;
  if (JSON.stringify(state.columns) !== JSON.stringify(columns)) return undefined;
  return Number.isSafeInteger(next_row) && next_row >= 0 ? { version, next_row, file, columns: [...columns] } : undefined;
}
