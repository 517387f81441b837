/**
 * Whether a table is still what it was, as far as its rows go. A log of changes tells no values that ALTER TABLE gave to rows: those of a
 * column with a default, of one with another type, or of one that was renamed. Such a table must be read again. Pure.
 */
import type { MysqlColumn } from "../discover/tables.ts";

export type ColumnMarks = Readonly<Record<string, string>>;

type Marked = Pick<MysqlColumn, "name" | "typeName" | "charset" | "hasDefault">;

/** What a bookmark keeps of each column: its type and character set, and whether it is not read. */
export function columnMarks(columns: readonly Marked[], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    columns.map((column) => [column.name, names.includes(column.name) ? markOf(column) : `${markOf(column)} ${unread}`]),
  );
}

const unread = "(unread)";

const markOf = ({ typeName, charset }: Marked): string => (charset === undefined ? typeName : `${typeName} ${charset}`);

/**
 * Why the rows may have values that the log did not tell; undefined where they can't. `before`: the marks of the columns as they were.
 * `now`: the table's columns. `names`: those of them that are read.
 */
export function changeOfRows(before: ColumnMarks, now: readonly Marked[], names: readonly string[]): string | undefined {
  const isGone = Object.keys(before).some((name) => !now.some((column) => column.name === name));
  for (const column of now) {
    if (!names.includes(column.name)) continue;
    const said = JSON.stringify(column.name);
    const mark = before[column.name];
    if (mark === undefined) {
      // The server does not tell whether a column was renamed, or one dropped and another one added.
      if (isGone) return `column ${said} is new while another one is gone, so it may have been renamed`;
      // Without a default, rows that were there before have NULL, and so have the loaded ones.
      if (column.hasDefault) return `column ${said} is new and has a default, which older rows have too`;
      continue;
    }
    if (mark === `${markOf(column)} ${unread}`) return `column ${said} was not read before`;
    if (mark !== markOf(column)) return `column ${said} has another type`;
  }
  return undefined;
}
