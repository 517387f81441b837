/** Finds the rows before a table: titles, names with values, lines that name the delimiter. */
import { isName, isNotName, kindOf } from "./cell-kind.ts";
import { kindOfColumn } from "./column-kind.ts";
import type { SampleRow } from "./split.ts";

/** With more rows before the table, the file is probably not CSV. */
const maxPreambleRows = 50;

/** The rows from the header on. `given`: the setting `skip`. `names`: columns that the config names. */
export function withoutPreamble(rows: readonly SampleRow[], columns: number, given: number | undefined, names: ReadonlySet<string>) {
  if (given !== undefined) return { rows: rows.filter(({ line }) => line > given), skip: given, why: "set in the config" };
  const from = (count: number, why: string) => ({ rows: rows.slice(count), skip: count === 0 ? 0 : (rows[count]?.line ?? 1) - 1, why });
  const named = names.size === 0 ? -1 : rows.slice(0, maxPreambleRows).findIndex((row) => nameIn(row, names) !== undefined);
  if (named > 0) return from(named, `${shownRows(named)} before the one that has the column names of the config`);
  const separator = /^sep=.{1,3}$/i.test(rows[0]?.cells.join("") ?? "") || /^sep=/i.test(rows[0]?.cells[0] ?? "") ? 1 : 0;
  let count = separator;
  while (count < rows.length && count < maxPreambleRows && isPreamble(rows[count] as SampleRow, columns, rows)) count++;
  if (count >= rows.length || count === maxPreambleRows) count = separator;
  const preface = prefaceRows(rows.slice(separator), columns);
  if (preface > 0 && separator + preface > count) {
    return from(
      separator + preface,
      `${shownRows(preface)} before the table, with names and values that do not fill its ${columns} columns`,
    );
  }
  if (count === 0) return { rows, skip: 0, why: "the first row has as many cells as the others" };
  const what = count === separator ? "line 1 names the delimiter" : `${shownRows(count)} before the table`;
  return from(count, `${what}, ${count === separator ? "as Excel writes it" : `with fewer cells than its ${columns} columns`}`);
}

/** Rows with at most half the cells, or with a single filled cell. A row that lacks only a cell or two is a bad row of the table. */
function isPreamble({ cells }: SampleRow, columns: number, rows: readonly SampleRow[]): boolean {
  if (columns === 1) return false;
  const isAlone = filled(cells) <= 1;
  if (cells.length * 2 <= columns || (columns >= 3 && isAlone)) return true;
  // With two columns one name may be missing; but if a row with both names follows, that is the header.
  return isAlone && rows.find((row) => filled(row.cells) === columns)?.cells.every((cell) => isName(kindOf(cell))) === true;
}

/**
 * How many rows before the header are names with values, such as `Customer:,Alpha Ltd,`, titles, or delimiters alone. The header is the
 * first row with a name for each column; it must be over values of other kinds, unless the names before it end in colons.
 */
function prefaceRows(rows: readonly SampleRow[], columns: number): number {
  if (columns < 2) return 0;
  const isLabel = ({ cells }: SampleRow): boolean => cells[0]?.trim().endsWith(":") === true;
  const at = rows.findIndex((row) => !isLabel(row) && row.cells.length === columns && filled(row.cells) === columns);
  const header = rows[at];
  if (header === undefined || at > maxPreambleRows || !header.cells.every((cell) => isName(kindOf(cell)))) return 0;
  const before = rows.slice(0, at);
  if (!before.every((row) => isLabel(row) || isStart(row.cells, columns))) return 0;
  const isOverValues = header.cells.some((_, i) => isNotName(kindOfColumn(rows.slice(at + 1), i) ?? "empty"));
  return isOverValues || before.filter((row) => filled(row.cells) > 1).every(isLabel) ? at : 0;
}

/** Whether the cells are filled from the first on, and not all of them. */
function isStart(cells: readonly string[], columns: number): boolean {
  const count = filled(cells);
  return count < columns && cells.slice(0, count).every((cell) => cell.trim() !== "");
}

export const filled = (cells: readonly string[]): number => cells.filter((cell) => cell.trim() !== "").length;

export const shownRows = (count: number): string => `${count} ${count === 1 ? "row" : "rows"}`;

export const nameIn = ({ cells }: SampleRow, names: ReadonlySet<string>): string | undefined =>
  cells.map((cell) => cell.trim()).find((cell) => names.has(cell));
