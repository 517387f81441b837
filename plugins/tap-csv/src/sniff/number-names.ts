/** Decides whether numbers in the first row are names, such as years or product codes, or values like those below. */
import { isName, kindOf } from "./cell-kind.ts";
import type { SampleRow } from "./split.ts";

const maxRowsChecked = 200;

/**
 * `columns`: those where the first row and the rows below have numbers. `namesOverValues`: how many other columns have a name over
 * values. Undefined when the numbers are values beyond doubt.
 */
export function numbersAsNames(
  first: SampleRow,
  rest: readonly SampleRow[],
  columns: readonly number[],
  namesOverValues: number,
): { header: number; words: string; doubt?: string } | undefined {
  const heads = columns.map((i) => first.cells[i]?.trim() ?? "");
  const values = columns.map((i) => numbersIn(rest, i));
  const areCodes = heads.every((head) => /^\d+$/.test(head)) && new Set(heads).size === heads.length;
  const hasName = first.cells.some((cell, i) => !columns.includes(i) && (cell.trim() === "" || isName(kindOf(cell))));
  const misfits = heads.filter((head, i) => isMisfit(head, values[i] ?? [])).length;
  const asData = (why: string) => ({
    header: 0,
    words: `${why}, but row 1 is read as a row`,
    doubt: `${why}, but the row was read as data; if it is the header, set header to 1`,
  });
  const asNames = (why: string, isDoubtful: boolean) => ({
    header: 1,
    words: `${why}, so they are names`,
    ...(isDoubtful ? { doubt: `${why}, so the row was taken for the header; if it is data, set header to 0` } : {}),
  });
  if (areYears(heads) && !values.some((below) => areYears(below.map(String), true))) {
    if (hasName) return asNames("the numbers in row 1 are years, unlike the values below", heads.length === 1 && namesOverValues === 0);
    if (isSeries(heads)) return asNames("the numbers in row 1 are a series of years, unlike the values below", true);
  }
  if (namesOverValues > 0 && misfits > 0)
    return asNames("row 1 has names over values, and numbers that do not fit the values below", misfits < heads.length);
  if (hasName && areCodes && misfits === heads.length) {
    const why = "the numbers in row 1 do not fit the values below";
    if (values.every((below) => below.length >= 3)) return asNames(why, true);
    if (heads.length > 1) return asData(why);
  }
  if (namesOverValues > 0) return asData("row 1 has a name over values");
  if (isSeries(heads)) {
    const isCounted = first.cells[0]?.trim() === "" && (heads[0] === "0" || heads[0] === "1");
    return isCounted ? asNames("the numbers in row 1 count the columns", true) : asData("the numbers in row 1 form a series");
  }
  if (hasName && heads.length > 1 && areYears(heads) && areConsecutive(heads)) return asData("the numbers in row 1 are consecutive years");
  return undefined;
}

function numbersIn(rows: readonly SampleRow[], column: number): string[] {
  return rows.slice(0, maxRowsChecked).flatMap(({ cells }) => {
    const cell = cells[column]?.trim() ?? "";
    return kindOf(cell) === "number" ? [cell] : [];
  });
}

export const year = /^(?:1[89]|20|21)\d\d$/;

/** `isMost`: whether most of them are, else whether all are and no one is repeated. */
function areYears(cells: readonly string[], isMost = false): boolean {
  const years = cells.filter((cell) => year.test(cell)).length;
  if (isMost) return years * 2 > cells.length;
  return years === cells.length && new Set(cells).size === cells.length;
}

/** Whether the number is of another size than the values, or is whole where all values have a fraction. */
function isMisfit(head: string, values: readonly string[]): boolean {
  const sizes = values.map(sizeOf).filter((size) => size > 0);
  const size = sizeOf(head);
  if (sizes.length === 0 || size === 0) return false;
  const hasFraction = (cell: string): boolean => /[.,]\d{1,2}\D*$/.test(cell);
  if (size > 10 * Math.max(...sizes) || size * 10 < Math.min(...sizes)) return true;
  return values.length >= 3 && !hasFraction(head) && values.every(hasFraction);
}

/** Good enough to compare magnitudes. */
export function sizeOf(cell: string): number {
  const digits = cell.replace(/[^\d.,]/g, "").replace(/[.,](?=\d{3}(?:\D|$))/g, "");
  return Number.parseFloat(digits.replace(",", ".")) || 0;
}

function isSeries(cells: readonly string[]): boolean {
  if (cells.length < 3 || !cells.every((cell) => /^\d{1,4}$/.test(cell))) return false;
  const step = Number(cells[1]) - Number(cells[0]);
  return step !== 0 && hasStep(cells, step);
}

const areConsecutive = (cells: readonly string[]): boolean => hasStep(cells, 1) || hasStep(cells, -1);

const hasStep = (cells: readonly string[], step: number): boolean =>
  cells.every((cell, i) => i === 0 || Number(cell) - Number(cells[i - 1]) === step);
