/** Finds where the table begins: how many lines are before it, and how many rows its header has. */
import { type CellKind, isName, isNotName, isTyped, kindOf } from "./cell-kind.ts";
import { numbersAsNames, year } from "./number-names.ts";
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

/** With more rows before the table or in the header, the file is probably not CSV. */
const maxPreambleRows = 50;
const maxHeaderRows = 5;
const maxRowsChecked = 200;

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

function withoutPreamble(rows: readonly SampleRow[], columns: number, given: number | undefined, names: ReadonlySet<string>) {
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

const filled = (cells: readonly string[]): number => cells.filter((cell) => cell.trim() !== "").length;

const shownRows = (count: number): string => `${count} ${count === 1 ? "row" : "rows"}`;

const nameIn = ({ cells }: SampleRow, names: ReadonlySet<string>): string | undefined =>
  cells.map((cell) => cell.trim()).find((cell) => names.has(cell));

/** A header has one name for each column, and none of them is a sentence. */
const isTitle = ({ cells }: SampleRow, columns: number): boolean => cells.length !== columns || cells.some((cell) => cell.length > 50);

interface HeaderRows {
  header: number;
  words: string;
  doubt?: string;
}

function headerRows(rows: readonly SampleRow[], columns: number, names: ReadonlySet<string>): HeaderRows {
  const [first, ...below] = rows;
  if (first === undefined) return { header: 1, words: "the default: there are no rows" };
  const rest = below.filter((row) => !isSame(row, first));
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

const isSame = (a: SampleRow, b: SampleRow): boolean =>
  a.cells.length === b.cells.length && a.cells.every((cell, i) => cell.trim() === b.cells[i]?.trim());

/** For columns of text: a column name rarely occurs again below. */
function headerOfTexts(first: SampleRow, rest: readonly SampleRow[]): HeaderRows {
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

/** Counts header rows below the first: units such as `kg`, or names below groups. `isDoubtful`: one more row may be such a row. */
function furtherRows(first: SampleRow, rest: readonly SampleRow[], typed: readonly number[]): { count: number; isDoubtful: boolean } {
  if (typed.length < 2) return { count: 0, isDoubtful: false };
  let count = 0;
  let above = first;
  for (const row of rest.slice(0, Math.min(maxHeaderRows - 1, rest.length - 1))) {
    const kinds = row.cells.map(kindOf);
    if (areGroups(above) && areYearsOver(rest.slice(count + 1), row, typed)) return { count: count + 1, isDoubtful: false };
    const names = typed.filter((i) => isName(kinds[i])).length;
    if (names * 2 <= typed.length || kinds.some(isNotName)) break;
    if (!areUnits(row) && !areGroups(above)) return { count, isDoubtful: true };
    count++;
    above = row;
  }
  return { count, isDoubtful: false };
}

const unit =
  /^([[(<{].*[\])>}]|%|[‰°][a-z]?|[a-zµμΩ°]{1,3}[²³23]?(\s?[/·*^]\s?[a-zµμ°]{1,4}[²³23]?)*|[kmgt]?wh|[kmgt]?hz|[hmk]?pa|mbar|min|sec|hours?|days?|years?|pcs|ppm|usd|eur|gbp|chf|jpy|[$€£¥]|(?:k|m|t|mio|tsd)\.? ?(?:€|\$|eur|usd)|[ymdhs]{1,4}([-/.: ][ymdhs]{1,4}){1,5}|string|text|int(eger)?|float|double|decimal|number|date(time)?|bool(ean)?|varchar|char|timestamp)$/iu;

/** Whether all cells that are not empty are units or types. */
const areUnits = ({ cells }: SampleRow): boolean =>
  filled(cells) > 0 && cells.every((cell) => cell.trim() === "" || unit.test(cell.trim()));

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
