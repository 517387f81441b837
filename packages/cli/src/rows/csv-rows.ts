/** Rows as CSV by RFC 4180. NULL is an empty field, and an empty text is `""`, as PostgreSQL writes them. Pure. */
import { textOf } from "./cell.ts";
import type { RowFormat } from "./row-format.ts";
import { visibleCsv } from "./visible.ts";

export function csvRows(isTerminal: boolean): RowFormat {
  const line = (fields: readonly (string | null)[]): string => {
    const text = fields.map((field) => (field === null ? "" : quoted(field))).join(",");
    return isTerminal ? `${visibleCsv(text)}\n` : `${text}\r\n`;
  };
  return { start: (columns) => line(columns.map(({ name }) => name)), row: (cells) => line(cells.map(textOf)), end: () => "" };
}

function quoted(text: string): string {
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
