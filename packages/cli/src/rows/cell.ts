/** A cell of an answer, which is the JSON text of a value, as text for people and for CSV. Pure. */

/** null for NULL. Text without its quotes; numbers, true, false and nested values as their JSON. */
export function textOf(cell: string): string | null {
  if (cell === "null") return null;
  return cell.startsWith('"') ? (JSON.parse(cell) as string) : cell;
}

export const isNumber = (cell: string): boolean => /^-?\d/.test(cell);
