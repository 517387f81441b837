/** Finds where the table begins: how many lines are before it, and how many rows its header has. */
import { type CellKind, isName, isNotName, isTyped, kindOf } from "./cell-kind.ts";
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

/** With more rows before the table or in the header, the file is probably not CSV. */
const maxPreambleRows = 50;
const maxHeaderRows = 5;
const maxRowsChecked = 200;

export function chooseHeader(allRows: readonly SampleRow[], columns: number, given: HeaderGiven): HeaderChoice {
  const { rows, skip, why } = withoutPreamble(allRows, columns, given.skip);
  if (given.header !== undefined) return { skip, header: given.header, evidence: { skip: why, header: "set in the config" } };
  const { header, words } = headerRows(rows, columns);
  const [first, second] = rows;
  if (given.skip === undefined && header > 1 && first !== undefined && second !== undefined && isTitle(first, columns)) {
    const evidence = { skip: `${shownRows(1)} before the table, with a text that is not a column name`, header: words };
    return { skip: second.line - 1, header: header - 1, evidence };
  }
  return { skip, header, evidence: { skip: why, header: words } };
}

function withoutPreamble(rows: readonly SampleRow[], columns: number, given: number | undefined) {
  if (given !== undefined) return { rows: rows.filter(({ line }) => line > given), skip: given, why: "set in the config" };
  const separator = /^sep=.{1,3}$/i.test(rows[0]?.cells.join("") ?? "") || /^sep=/i.test(rows[0]?.cells[0] ?? "") ? 1 : 0;
  let count = separator;
  while (count < rows.length && count < maxPreambleRows && isPreamble(rows[count] as SampleRow, columns, rows)) count++;
  if (count >= rows.length || count === maxPreambleRows) count = separator;
  if (count === 0) return { rows, skip: 0, why: "the first row has as many cells as the others" };
  const skip = (rows[count]?.line ?? 1) - 1;
  const what = count === separator ? "line 1 names the delimiter" : `${shownRows(count)} before the table`;
  return {
    rows: rows.slice(count),
    skip,
    why: `${what}, ${count === separator ? "as Excel writes it" : `with fewer cells than its ${columns} columns`}`,
  };
}

/** Rows with at most half the cells, or with a single filled cell. A row that lacks only a cell or two is a bad row of the table. */
function isPreamble({ cells }: SampleRow, columns: number, rows: readonly SampleRow[]): boolean {
  if (columns === 1) return false;
  const isAlone = filled(cells) <= 1;
  if (cells.length * 2 <= columns || (columns >= 3 && isAlone)) return true;
  // With two columns one name may be missing; but if a row with both names follows, that is the header.
  return isAlone && rows.find((row) => filled(row.cells) === columns)?.cells.every((cell) => isName(kindOf(cell))) === true;
}

const filled = (cells: readonly string[]): number => cells.filter((cell) => cell.trim() !== "").length;

const shownRows = (count: number): string => `${count} ${count === 1 ? "row" : "rows"}`;

/** A header has one name for each column, and none of them is a sentence. */
const isTitle = ({ cells }: SampleRow, columns: number): boolean => cells.length !== columns || cells.some((cell) => cell.length > 50);

function headerRows(rows: readonly SampleRow[], columns: number): { header: number; words: string } {
  const [first, ...rest] = rows;
  if (first === undefined) return { header: 1, words: "the default: there are no rows" };
  const kinds = first.cells.map(kindOf);
  const typedInFirst = kinds.filter(isNotName).length;
  if (rest.length === 0) {
    return typedInFirst > 0
      ? { header: 0, words: `the only row has ${typedInFirst} cells that can't be names` }
      : { header: 1, words: "all cells of the only row can be names" };
  }
  const columnKinds = Array.from({ length: columns }, (_, i) => kindOfColumn(rest, i));
  const typed = columnKinds.flatMap((kind, i) => (kind === undefined ? [] : [i]));
  const unlike = typed.filter((i) => kinds[i] !== columnKinds[i] && isName(kinds[i])).length;
  const alike = typed.filter((i) => kinds[i] === columnKinds[i]).length;
  if (unlike > 0 && unlike >= alike) {
    const header = 1 + furtherRows(rest, typed);
    const more = header === 1 ? "" : `, and in the ${header - 1} ${header === 2 ? "row" : "rows"} below it`;
    return { header, words: `${unlike} of ${typed.length} columns with numbers, dates or similar values have a name in row 1${more}` };
  }
  if (alike > 0) {
    if (isSeries(first.cells.filter((_, i) => kinds[i] === "number"))) {
      return { header: 1, words: "the numbers in row 1 form a series, such as years, so they are names" };
    }
    return { header: 0, words: `in ${alike} of ${typed.length} columns row 1 has a value such as a number or a date, like the rows below` };
  }
  return headerOfTexts(first, rest);
}

/** For columns of text: a column name rarely occurs again below. */
function headerOfTexts(first: SampleRow, rest: readonly SampleRow[]): { header: number; words: string } {
  const below = rest.slice(0, maxRowsChecked);
  const again = first.cells.filter((cell, i) => cell !== "" && below.filter(({ cells }) => cells[i] === cell).length > 1).length;
  if (again * 2 > first.cells.length) return { header: 0, words: `${again} cells of row 1 occur at least twice more in their column` };
  return { header: 1, words: "the default: all columns are text" };
}

/** The kind of most filled cells below the possible header rows, if it is the kind of a value. */
function kindOfColumn(rows: readonly SampleRow[], column: number): CellKind | undefined {
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

/** Counts header rows below the first: rows where the typed columns still have names, such as units or groups. */
function furtherRows(rest: readonly SampleRow[], typed: readonly number[]): number {
  if (typed.length < 2) return 0;
  let count = 0;
  for (const { cells } of rest.slice(0, Math.min(maxHeaderRows - 1, rest.length - 1))) {
    const kinds = cells.map(kindOf);
    const names = typed.filter((i) => isName(kinds[i])).length;
    if (names * 2 <= typed.length || kinds.some(isNotName)) break;
    count++;
  }
  return count;
}

function isSeries(cells: readonly string[]): boolean {
  if (cells.length < 3 || !cells.every((cell) => /^\d{1,4}$/.test(cell))) return false;
  const step = Number(cells[1]) - Number(cells[0]);
  return step !== 0 && cells.every((cell, i) => i === 0 || Number(cell) - Number(cells[i - 1]) === step);
}
