/** An inspection as text for a terminal. */
import { formatNumber } from "@tapline/sdk";
import type { Inspection } from "./inspection.ts";

const widestCell = 24;
const widestLine = 160;

export function viewOf(inspection: Inspection): string {
  const { file, bytes, rows, notes, warnings } = inspection;
  const size = bytes === null ? "" : ` (${formatNumber(bytes)} bytes)`;
  const parts = [
    [`${file}${size}`],
    ...(inspection.sheets === undefined ? [] : [["Sheets", ...indented(inspection.sheets.map(sheetLine))]]),
    ["How it is read", ...indented(decided(inspection))],
    ["Columns", ...indented(columns(inspection)), ...notes.map((note) => `  Note: ${note}.`)],
    ...(warnings.length === 0 ? [] : [["To check", ...warnings.map((warning) => `  ${warning}.`)]]),
    [
      rowsTitle(rows),
      ...rows.examples.map(
        ({ line, reason, raw }) => `  ${inspection.sheets === undefined ? "line" : "row"} ${line}: ${reason}\n      ${JSON.stringify(raw)}`,
      ),
    ],
    ...(inspection.sample.length === 0 ? [] : [["Sample", ...indented(sample(inspection))]]),
  ];
  return `${parts.map((lines) => lines.join("\n")).join("\n\n")}\n\n`;
}

function decided({ decided: settings, line_ends: ends, sheets }: Inspection): string[][] {
  const rows = Object.entries(settings).map(([name, { value, why }]) => [name, JSON.stringify(value), why]);
  const kinds = Object.entries({ CRLF: ends.crlf, LF: ends.lf, CR: ends.cr }).filter(([, count]) => count > 0);
  if (sheets !== undefined) return rows;
  const counts = kinds.map(([name, count]) => `${formatNumber(count)} lines end in ${name}`).join(", ");
  return [...rows, ["line ends", kinds.map(([name]) => name).join(" + ") || "none", counts === "" ? "" : `${counts} (in the sample)`]];
}

type Sheet = NonNullable<Inspection["sheets"]>[number];

function sheetLine({ name, is_hidden: isHidden, has_cells: hasCells, is_read: isRead }: Sheet): string[] {
  const notes = [...(isRead ? ["is read"] : []), ...(isHidden ? ["hidden"] : []), ...(hasCells ? [] : ["no cells"])];
  return [JSON.stringify(cut(name, 40)), notes.join(", ")];
}

const columns = ({ columns: all }: Inspection): string[][] =>
  all.map(({ name, type, format, why }) => [cut(name, 40), format === undefined ? type : `${type}, ${format}`, why]);

function rowsTitle({ read, misfits, is_all: isAll, examples }: Inspection["rows"]): string {
  const which = isAll ? "" : `of the first ${formatNumber(read + misfits)}, `;
  const some = examples.length < misfits ? `, the first ${examples.length} of them:` : misfits > 0 ? ":" : "";
  return `Rows: ${which}${formatNumber(read)} fit, ${formatNumber(misfits)} ${misfits === 1 ? "does" : "do"} not${some}`;
}

const sample = ({ columns: all, sample: rows }: Inspection): string[][] =>
  [all.map(({ name }) => name), ...rows].map((row) => row.map((cell) => cut(cell, widestCell)));

/** Aligns cells in columns; the last column is not padded. */
function indented(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, [...cell].length);
  const pad = (cell: string, width: number): string => cell + " ".repeat(width - [...cell].length);
  const lines = rows.map((row) => `  ${row.map((cell, i) => (i === row.length - 1 ? cell : pad(cell, widths[i] as number))).join("  ")}`);
  return lines.map((line) => cut(line.trimEnd(), widestLine));
}

/** Control characters would move the terminal's cursor. */
function cut(text: string, width: number): string {
  const characters = [...text.slice(0, width * 2).replace(/\p{Cc}/gu, "·")];
  return characters.length > width ? `${characters.slice(0, width - 1).join("")}…` : characters.join("");
}
