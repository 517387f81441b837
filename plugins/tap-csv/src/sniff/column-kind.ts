/** What kind of value most cells of a column have. */
import { type CellKind, isTyped, kindOf } from "./cell-kind.ts";
import type { SampleRow } from "./split.ts";

/** With more rows in the header, the file is probably not CSV. */
export const maxHeaderRows = 5;
export const maxRowsChecked = 200;

/** The kind of most filled cells below the possible header rows, if it is the kind of a value. */
export function kindOfColumn(rows: readonly SampleRow[], column: number): CellKind | undefined {
  const counts = new Map<CellKind, number>();
  let filled = 0;
  for (const { cells } of rows.slice(Math.min(maxHeaderRows - 1, rows.length >> 1), maxRowsChecked)) {
    const kind = kindOf(cells[column] ?? "");
    if (kind === "empty") continue;
    filled++;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  for (const [kind, count] of counts) if (isTyped(kind) && count >= filled * 0.6) return kind;
  return;
}
