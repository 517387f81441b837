/** Ranges as Excel writes them: `A3:F`, `$A$3:$F$100`, `B:D`, `A3`. Rows and columns count from 1. */

export interface SheetRange {
  readonly firstColumn?: number;
  readonly lastColumn?: number;
  readonly firstRow?: number;
  readonly lastRow?: number;
}

/** What a worksheet can hold at most: https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3 */
export const mostRows = 1_048_576;
export const mostColumns = 16_384;

const corner = String.raw`(?:\$?([A-Z]{1,3}))?(?:\$?([1-9]\d{0,6}))?`;
const rangePattern = new RegExp(`^${corner}(?::${corner})?$`, "i");

/** A single cell is where the table starts. Undefined when the text is no range. */
export function parseRange(text: string): SheetRange | undefined {
  const match = rangePattern.exec(text.trim());
  if (match === null || text.trim() === "") return undefined;
  const [, from, top, to, bottom] = match;
  const range: SheetRange = {
    ...(from === undefined ? {} : { firstColumn: columnNumber(from) }),
    ...(top === undefined ? {} : { firstRow: Number(top) }),
    ...(to === undefined ? {} : { lastColumn: columnNumber(to) }),
    ...(bottom === undefined ? {} : { lastRow: Number(bottom) }),
  };
  const { firstColumn = 1, lastColumn = mostColumns, firstRow = 1, lastRow = mostRows } = range;
  const isWithin = firstColumn <= lastColumn && lastColumn <= mostColumns && firstRow <= lastRow && lastRow <= mostRows;
  return isWithin && Object.keys(range).length > 0 ? range : undefined;
}

/** `A` is 1, `XFD` is 16,384. */
export function columnNumber(letters: string): number {
  let number = 0;
  for (let i = 0; i < letters.length; i++) number = number * 26 + ((letters.charCodeAt(i) & 0x1f) as number);
  return number;
}

export function columnLetters(column: number): string {
  let letters = "";
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  return letters;
}

export const cellName = (column: number, row: number): string => `${columnLetters(column)}${row}`;

export function rangeText({ firstColumn, lastColumn, firstRow, lastRow }: SheetRange): string {
  const letters = (column: number | undefined): string => (column === undefined ? "" : columnLetters(column));
  return `${letters(firstColumn)}${firstRow ?? ""}:${letters(lastColumn)}${lastRow ?? ""}`;
}
