/** Finds where the table begins: how many lines are before it, and how many rows its header has. */
import { isName, isNotName, kindOf } from "./cell-kind.ts";
import { kindOfColumn, maxHeaderRows, maxRowsChecked } from "./column-kind.ts";
import { furtherRows } from "./further-header-rows.ts";
import { numbersAsNames } from "./number-names.ts";
import { nameIn, shownRows, withoutPreamble } from "./preamble.ts";
import { isSameHeader } from "./same-header.ts";
import type { SampleRow } from "./split.ts";

export interface HeaderChoice {
  /** Physical lines before the table. */
  readonly skip: number;
  readonly header: number;
  readonly evidence: { readonly skip: string; readonly header: string };
  /** Set when the header may be another one; the user should look at it. */
  readonly doubt?: HeaderDoubt;
}

export interface HeaderDoubt {
  readonly line: number;
  /** What was found and done, and the setting that changes it. */
  readonly words: string;
}

export interface HeaderGiven {
  skip?: number | undefined;
  header?: number | undefined;
}

/** `names`: columns that the config names; a row that has one of them is the header. */
export function chooseHeader(
  allRows: readonly SampleRow[],
  columns: number,
  given: HeaderGiven,
  names: ReadonlySet<string> = new Set(),
): HeaderChoice {
  const { rows, skip, why } = withoutPreamble(allRows, columns, given.skip, names);
  if (given.header !== undefined) return { skip, header: given.header, evidence: { skip: why, header: "set in the config" } };
  const { header, words, doubt } = headerRows(rows, columns, names);
  const [first, second] = rows;
  const doubted = doubt === undefined || first === undefined ? {} : { doubt: { line: first.line, words: doubt } };
  if (given.skip === undefined && header > 1 && first !== undefined && second !== undefined && isTitle(first, columns)) {
    const evidence = { skip: `${shownRows(1)} before the table, with a text that is not a column name`, header: words };
    return { skip: second.line - 1, header: header - 1, evidence, ...doubted };
  }
  return { skip, header, evidence: { skip: why, header: words }, ...doubted };
}

/** A header has one name for each column, and none of them is a sentence. */
const isTitle = ({ cells }: SampleRow, columns: number): boolean => cells.length !== columns || cells.some((cell) => cell.length > 50);

interface HeaderRows {
  header: number;
  words: string;
  doubt?: string;
}

function headerRows(rows: readonly SampleRow[], columns: number, names: ReadonlySet<string>): HeaderRows {
  const [first] = rows;
  if (first === undefined) return { header: 1, words: "the default: there are no rows" };
  const rest = withoutRepetitions(rows);
  const kinds = first.cells.map(kindOf);
  const name = nameIn(first, names);
  if (name !== undefined) return { header: 1, words: `row 1 has the name ${JSON.stringify(name)}, which is in the config` };
  const typedInFirst = kinds.filter(isNotName).length;
  if (rest.length === 0) {
    return typedInFirst > 0
      ? { header: 0, words: `the only row has ${typedInFirst} cells that can't be names` }
      : { header: 1, words: "all cells of the only row can be names" };
  }
  const columnKinds = Array.from({ length: columns }, (_, i) => kindOfColumn(rest, i));
  const typed = columnKinds.flatMap((kind, i) => (kind === undefined ? [] : [i]));
  const unlike = typed.filter((i) => kinds[i] !== columnKinds[i] && isName(kinds[i])).length;
  const alike = typed.filter((i) => kinds[i] === columnKinds[i]);
  if (unlike > 0 && unlike >= alike.length) {
    const again = sameNamesBelow(rows);
    if (again > 0) {
      const words = `row 1 has names over values, and the ${again === 1 ? "row" : `${again} rows`} below it the same names in other quotes`;
      return { header: 1 + again, words, doubt: `${words}, so all of them were joined to one header; to use only row 1, set header to 1` };
    }
    const { count, isDoubtful } = furtherRows(first, rest, typed);
    const more = count === 0 ? "" : `, and in the ${count} ${count === 1 ? "row" : "rows"} below it`;
    const words = `${unlike} of ${typed.length} columns with numbers, dates or similar values have a name in row 1${more}`;
    const doubt = `the row below the header has texts over numbers or dates too, and was read as a row of data; if it belongs to the header, set header to ${count + 2}`;
    return { header: 1 + count, words, ...(isDoubtful ? { doubt } : {}) };
  }
  if (alike.length === 0) return headerOfTexts(first, rest);
  const numbers = alike.every((i) => kinds[i] === "number") ? numbersAsNames(first, rest, alike, unlike) : undefined;
  return (
    numbers ?? {
      header: 0,
      words: `in ${alike.length} of ${typed.length} columns row 1 has a value such as a number or a date, like the rows below`,
    }
  );
}

/** The rows below the first that repeat neither it nor the header rows below it. */
function withoutRepetitions(rows: readonly SampleRow[]): SampleRow[] {
  const isFirst = ({ cells }: SampleRow): boolean => isSameHeader(cells, rows[0]?.cells ?? []);
  const found: SampleRow[] = [];
  for (let at = 1; at < rows.length; at++) {
    if (!isFirst(rows[at] as SampleRow)) found.push(rows[at] as SampleRow);
    else for (let i = 1; i < maxHeaderRows && isSameHeader(rows[at + 1]?.cells, rows[i]?.cells); i++) at++;
  }
  return found;
}

/**
 * How many rows directly below the first have its names, where the last of them is in other quotes and no later row has them. A
 * program that joins files repeats the header byte for byte; the files of the Pollock benchmark have a header of several rows.
 */
function sameNamesBelow(rows: readonly SampleRow[]): number {
  const [first, ...below] = rows as [SampleRow, ...SampleRow[]];
  const isFirst = ({ cells }: SampleRow): boolean => isSameHeader(cells, first.cells);
  const again = below.findIndex((row) => !isFirst(row));
  const isQuotedOtherwise = below[again - 1]?.quoted.some((isQuoted, i) => isQuoted !== first.quoted[i]) === true;
  return again < maxHeaderRows && isQuotedOtherwise && !below.slice(again).some(isFirst) ? again : 0;
}

/** For columns of text: a column name rarely occurs again below. */
function headerOfTexts(first: SampleRow, rest: readonly SampleRow[]): HeaderRows {
  const below = rest.slice(0, maxRowsChecked);
  const again = first.cells.filter((cell, i) => cell !== "" && below.filter(({ cells }) => cells[i] === cell).length > 1).length;
  if (again * 2 > first.cells.length) return { header: 0, words: `${again} cells of row 1 occur at least twice more in their column` };
  return { header: 1, words: "the default: all columns are text" };
}
