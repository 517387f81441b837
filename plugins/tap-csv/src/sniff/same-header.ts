/** Whether a row has the names of a header: where files were joined, the header of each of them is a row of the whole. */

/** In another case too, except where a single cell decides: it may be a value. */
export function isSameHeader(row: readonly string[] | undefined, header: readonly string[] | undefined): boolean {
  if (row === undefined || header === undefined || row.length !== header.length) return false;
  return row.every((cell, i) => nameKey(cell, row.length) === nameKey(header[i] as string, row.length));
}

/** `columns`: how many cells the header has. */
export const nameKey = (cell: string, columns: number): string => (columns === 1 ? cell.trim() : cell.trim().toLowerCase());
