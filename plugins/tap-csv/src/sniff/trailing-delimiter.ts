/** Recognizes files in which a delimiter ends every row: the empty cell after it is not a column. */
import type { SampleRow } from "./split.ts";

/**
 * The rows without the empty cell after the last delimiter; undefined when a delimiter does not end every row, or when the header has a
 * name for that cell. `given`: the setting.
 */
export function withoutLastCells(rows: readonly SampleRow[], given: boolean | undefined): SampleRow[] | undefined {
  if (given === false) return undefined;
  const usual = usualCount(rows);
  const full = rows.filter(({ cells }) => cells.length === usual);
  if (usual < 2 || (full.length < 2 && given !== true) || !full.every(endsEmpty)) return undefined;
  return rows.map((row) => (row.cells.length === usual ? withoutLastCell(row) : row));
}

export const withoutLastCell = (row: SampleRow): SampleRow => ({ ...row, cells: row.cells.slice(0, -1), quoted: row.quoted.slice(0, -1) });

export const endsEmpty = ({ cells, quoted }: SampleRow): boolean => cells.at(-1)?.trim() === "" && quoted.at(-1) === false;

/** The count of cells that most rows have. */
export function usualCount(rows: readonly SampleRow[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of rows) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  let [usual, most] = [0, 0];
  // Of two counts that are as frequent, the header has the smaller one.
  for (const [count, times] of counts) if (times > most || (times === most && count > usual)) [usual, most] = [count, times];
  return usual;
}
