/** Where a sample's table begins: lines before it, rows of its header. */
import { type CellKind, isName, isNoName, isTyped, kindOf } from "./cell-kind.ts";
import type { SampleRow } from "./split.ts";

export interface HeaderChoice {
  /** Physical lines before the table. */
  readonly skip: number;
  readonly header: number;
  readonly evidence: { readonly skip: string; readonly header: string };
}

export interface HeaderGiven {
  skip?: number | undefined;
  header?: number | undefined;
}

/** More than that before a table, or as its header, and it is no longer a CSV file that begins oddly. */
const mostPreambleRows = 50;
const mostHeaderRows = 5;
const rowsLookedAt = 200;

export function chooseHeader(allRows: readonly SampleRow[], columns: number, given: HeaderGiven): HeaderChoice {
  const { rows, skip, why } = withoutPreamble(allRows, columns, given.skip);
  if (given.header !== undefined) return { skip, header: given.header, evidence: { skip: why, header: "as set" } };
  const { header, words } = headerRows(rows, columns);
  const [first, second] = rows;
  if (given.skip === undefined && header > 1 && first !== undefined && second !== undefined && isTitle(first, columns)) {
    const evidence = { skip: `${shownRows(1)} before the table, with a text that is no name`, header: words };
    return { skip: second.line - 1, header: header - 1, evidence };
  }
  return { skip, header, evidence: { skip: why, header: words } };
}

function withoutPreamble(rows: readonly SampleRow[], columns: number, given: number | undefined) {
  if (given !== undefined) return { rows: rows.filter(({ line }) => line > given), skip: given, why: "as set" };
  const separator = /^sep=.{1,3}$/i.test(rows[0]?.cells.join("") ?? "") || /^sep=/i.test(rows[0]?.cells[0] ?? "") ? 1 : 0;
  let count = separator;
  while (count < rows.length && count < mostPreambleRows && isPreamble(rows[count] as SampleRow, columns, rows)) count++;
  if (count >= rows.length || count === mostPreambleRows) count = separator;
  if (count === 0) return { rows, skip: 0, why: "the first row has as many cells as the others" };
  const skip = (rows[count]?.line ?? 1) - 1;
  const what = count === separator ? "line 1 names the delimiter" : `${shownRows(count)} before the table`;
  return { rows: rows.slice(count), skip, why: `${what}, ${count === separator ? "as Excel has it" : `with few of its ${columns} cells`}` };
}

/** Few cells, or nothing in any but one of them. A row that lacks a cell or two is a bad one, but part of the table. */
function isPreamble({ cells }: SampleRow, columns: number, rows: readonly SampleRow[]): boolean {
  if (columns === 1) return false;
  const isAlone = filled(cells) <= 1;
  if (cells.length * 2 <= columns || (columns >= 3 && isAlone)) return true;
  // Of two names one may be missing; where a row with both follows, that is the header.
  return isAlone && rows.find((row) => filled(row.cells) === columns)?.cells.every((cell) => isName(kindOf(cell))) === true;
}

const filled = (cells: readonly string[]): number => cells.filter((cell) => cell.trim() !== "").length;

const shownRows = (count: number): string => `${count} ${count === 1 ? "row" : "rows"}`;

/** A row of names has one for each column, and none of them is a sentence. */
const isTitle = ({ cells }: SampleRow, columns: number): boolean => cells.length !== columns || cells.some((cell) => cell.length > 50);

function headerRows(rows: readonly SampleRow[], columns: number): { header: number; words: string } {
  const [first, ...rest] = rows;
  if (first === undefined) return { header: 1, words: "the default; there are no rows" };
  const kinds = first.cells.map(kindOf);
  const typedInFirst = kinds.filter(isNoName).length;
  if (rest.length === 0) {
    return typedInFirst > 0
      ? { header: 0, words: `the only row has ${typedInFirst} cells that are no names` }
      : { header: 1, words: "the only row has names only" };
  }
  const columnKinds = Array.from({ length: columns }, (_, i) => kindOfColumn(rest, i));
  const typed = columnKinds.flatMap((kind, i) => (kind === undefined ? [] : [i]));
  const unlike = typed.filter((i) => kinds[i] !== columnKinds[i] && isName(kinds[i])).length;
  const alike = typed.filter((i) => kinds[i] === columnKinds[i]).length;
  if (unlike > 0 && unlike >= alike) {
    const header = 1 + furtherRows(rest, typed);
    const more = header === 1 ? "" : `, as in the ${header - 1} ${header === 2 ? "row" : "rows"} below it`;
    return { header, words: `${unlike} of ${typed.length} columns with numbers, dates and such have a name in row 1${more}` };
  }
  if (alike > 0) {
    if (isSeries(first.cells.filter((_, i) => kinds[i] === "number"))) {
      return { header: 1, words: "the numbers in row 1 follow one another, as names of columns do" };
    }
    return { header: 0, words: `in ${alike} of ${typed.length} columns row 1 has a number, a date or such, as the rows below` };
  }
  return headerOfTexts(first, rest);
}

/** All columns are texts: a name is not repeated beside itself, and seldom below. */
function headerOfTexts(first: SampleRow, rest: readonly SampleRow[]): { header: number; words: string } {
  const below = rest.slice(0, rowsLookedAt);
  const again = first.cells.filter((cell, i) => cell !== "" && below.filter(({ cells }) => cells[i] === cell).length > 1).length;
  if (again * 2 > first.cells.length) return { header: 0, words: `${again} cells of row 1 stand in their column more than once again` };
  return { header: 1, words: "the default; all columns are texts, and nothing speaks against it" };
}

/** The kind of most filled cells below what may be further header rows, when it is one that names don't have. */
function kindOfColumn(rows: readonly SampleRow[], column: number): CellKind | undefined {
  const counts = new Map<CellKind, number>();
  let filled = 0;
  for (const { cells } of rows.slice(Math.min(mostHeaderRows - 1, rows.length >> 1), rowsLookedAt)) {
    const kind = kindOf(cells[column] ?? "");
    if (kind === "empty") continue;
    filled++;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  for (const [kind, count] of counts) if (isTyped(kind) && count >= filled * 0.6) return kind;
  return;
}

/** Rows below the first in which the typed columns still have names: a second row of names, units, groups. */
function furtherRows(rest: readonly SampleRow[], typed: readonly number[]): number {
  if (typed.length < 2) return 0;
  let count = 0;
  for (const { cells } of rest.slice(0, Math.min(mostHeaderRows - 1, rest.length - 1))) {
    const kinds = cells.map(kindOf);
    const names = typed.filter((i) => isName(kinds[i])).length;
    if (names * 2 <= typed.length || kinds.some(isNoName)) break;
    count++;
  }
  return count;
}

function isSeries(cells: readonly string[]): boolean {
  if (cells.length < 3 || !cells.every((cell) => /^\d{1,4}$/.test(cell))) return false;
  const step = Number(cells[1]) - Number(cells[0]);
  return step !== 0 && cells.every((cell, i) => i === 0 || Number(cell) - Number(cells[i - 1]) === step);
}
