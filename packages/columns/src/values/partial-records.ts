/**
 * Rows of RECORDs with `unchanged`: the row of their key keeps what it has in some columns. Such a row lands with the names of those columns
 * in one more column, as text in which each can be searched for. Pure.
 */

/** A chunk has such rows, and they land where there is no column for the names. Thrown before any row of its chunk counts. */
export class PartialRowsArrived extends Error {}

/**
 * @example unchangedText(["a", "b,c"]) // ",a,b%2Cc,"
 */
export function unchangedText(columnNames: readonly string[]): string {
  return `,${columnNames.map(encodeURIComponent).join(",")},`;
}

/** What the text holds where it names the column. */
export function unchangedMark(columnName: string): string {
  return unchangedText([columnName]);
}

/** The names in the text. */
export function unchangedColumns(text: string): string[] {
  return text.slice(1, -1).split(",").map(decodeURIComponent);
}
