/**
 * Whether a table is still what it was, as far as its rows go. A log of changes tells no values that ALTER TABLE gave to rows: those of a
 * column with a default, of one with another type, or of one that was renamed. Such a table must be read again. Pure.
 */
import type { LogColumn } from "./table-facts.ts";

export type ColumnMarks = Readonly<Record<string, string>>;

/** What a bookmark keeps of each column: number, type and modifier, as in "2 25 -1", and for one that is not read "unread" after them. */
export function columnMarks(columns: readonly LogColumn[], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    columns.map((column) => [column.name, names.includes(column.name) ? columnMark(column) : `${columnMark(column)} ${unread}`]),
  );
}

const unread = "unread";

function columnMark({ number, type, modifier }: Pick<LogColumn, "number" | "type" | "modifier">): string {
  return `${number} ${type} ${modifier}`;
}

/** Whether the mark is of a column of this type. */
export function isOfType(mark: string | undefined, { type, modifier }: Pick<LogColumn, "type" | "modifier">): boolean {
  const [, ofType, ofModifier] = mark?.split(" ") ?? [];
  return ofType === String(type) && ofModifier === String(modifier);
}

/**
 * Why the rows may have values that the log did not tell; undefined where they can't. `before`: the marks of the columns as they were.
 * `now`: the table's columns. `names`: those of them that are read.
 */
export function changeOfRows(before: ColumnMarks, now: readonly LogColumn[], names: readonly string[]): string | undefined {
  const oldNames = new Map(Object.entries(before).map(([name, mark]) => [mark.split(" ")[0], name]));
  for (const column of now) {
    if (!names.includes(column.name)) continue;
    const said = JSON.stringify(column.name);
    const oldName = oldNames.get(String(column.number));
    if (oldName !== undefined && oldName !== column.name) return `column ${JSON.stringify(oldName)} is now ${said}`;
    if (oldName === undefined) {
      // Without a default, rows that were there before have NULL, and so have the loaded ones.
      if (column.hasDefault) return `column ${said} is new and has a default, which older rows may have too`;
      if (before[column.name] !== undefined) return `column ${said} was dropped and made again`;
      continue;
    }
    const mark = before[column.name];
    if (!isOfType(mark, column)) return `column ${said} has another type`;
    if (mark?.endsWith(unread)) return `column ${said} was not read before`;
  }
  return undefined;
}
