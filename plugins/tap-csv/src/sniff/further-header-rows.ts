/** Counts the rows of a header below its first row: units such as `kg`, or names below groups. */
import { isName, isNotName, kindOf } from "./cell-kind.ts";
import { maxHeaderRows, maxRowsChecked } from "./column-kind.ts";
import { year } from "./number-names.ts";
import type { SampleRow } from "./split.ts";
import { areUnits } from "./units.ts";

/** Counts header rows below the first: units such as `kg`, or names below groups. `isDoubtful`: one more row may be such a row. */
export function furtherRows(
  first: SampleRow,
  rest: readonly SampleRow[],
  typed: readonly number[],
): { count: number; isDoubtful: boolean } {
  if (typed.length < 2) return { count: 0, isDoubtful: false };
  let count = 0;
  let above = first;
  for (const row of rest.slice(0, Math.min(maxHeaderRows - 1, rest.length - 1))) {
    const kinds = row.cells.map(kindOf);
    if (areGroups(above) && areYearsOver(rest.slice(count + 1), row, typed)) return { count: count + 1, isDoubtful: false };
    const names = typed.filter((i) => isName(kinds[i])).length;
    if (names * 2 <= typed.length || kinds.some(isNotName)) break;
    if (!areUnits(row.cells) && !areGroups(above)) return { count, isDoubtful: true };
    count++;
    above = row;
  }
  return { count, isDoubtful: false };
}

/** Whether the row has years as names, such as `Item,2023,2024,2023,2024`, over values that are no years. */
function areYearsOver(below: readonly SampleRow[], row: SampleRow, typed: readonly number[]): boolean {
  const hasYears = ({ cells }: SampleRow): boolean => typed.some((i) => year.test(cells[i]?.trim() ?? ""));
  const areAll = row.cells.every((cell, i) => (typed.includes(i) ? year.test(cell.trim()) : !isNotName(kindOf(cell))));
  return areAll && !below.slice(0, maxRowsChecked).some(hasYears);
}

/** Whether names span several columns: they are repeated side by side, or the cells after them are empty. */
function areGroups({ cells }: SampleRow): boolean {
  return cells.some((cell, i) => i > 0 && (cell.trim() === "" || cell.trim() === cells[i - 1]?.trim()));
}
