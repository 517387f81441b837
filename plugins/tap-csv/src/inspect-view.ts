/** An inspection as text for a terminal. */
import { layOut, layOutWithText, shorten, wrap } from "@tapline/protocol/text";
import { formatNumber } from "@tapline/sdk";
import type { Inspection } from "./inspection.ts";

const widestCell = 24;

/** `columns`: how many characters fit in a line; undefined: the output is no terminal. */
export function viewOf(inspection: Inspection, columns?: number): string {
  const { file, bytes, rows, notes, warnings } = inspection;
  const size = bytes === null ? "" : ` (${formatNumber(bytes)} bytes)`;
  const text = (rows: readonly string[][]): string[] =>
    layOutWithText(
      rows.map((row) => row.map(visible)),
      columns,
      "  ",
    );
  const line = (sentence: string): string[] => wrap(`  ${visible(sentence)}`, columns, 4);
  const parts = [
    [`${visible(file)}${size}`],
    ...(inspection.sheets === undefined ? [] : [["Sheets", ...text(inspection.sheets.map(sheetLine))]]),
    ["How it is read", ...text(decided(inspection))],
    ["Columns", ...text(columnRows(inspection)), ...notes.flatMap((note) => line(`Note: ${note}.`))],
    ...(warnings.length === 0 ? [] : [["To check", ...warnings.flatMap((warning) => line(`${warning}.`))]]),
    [
      rowsTitle(rows),
      ...rows.examples.flatMap((example) => [
        ...line(`${inspection.sheets === undefined ? "line" : "row"} ${example.line}: ${example.reason}`),
        `      ${cut(JSON.stringify(example.raw), (columns ?? 160) - 6)}`,
      ]),
    ],
    ...(inspection.sample.length === 0 ? [] : [["Sample", ...sample(inspection, columns)]]),
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

const columnRows = ({ columns: all }: Inspection): string[][] =>
  all.map(({ name, type, format, why }) => [cut(name, 40), format === undefined ? type : `${type}, ${format}`, why]);

function rowsTitle({ read, misfits, is_all: isAll, examples }: Inspection["rows"]): string {
  const which = isAll ? "" : `of the first ${formatNumber(read + misfits)}, `;
  const some = examples.length < misfits ? `, the first ${examples.length} of them:` : misfits > 0 ? ":" : "";
  return `Rows: ${which}${formatNumber(read)} fit, ${formatNumber(misfits)} ${misfits === 1 ? "does" : "do"} not${some}`;
}

function sample({ columns: all, sample: rows }: Inspection, columns: number | undefined): string[] {
  const cells = [all.map(({ name }) => name), ...rows].map((row) => row.map((cell) => cut(cell, widestCell)));
  const width = columns === undefined ? undefined : columns - 2;
  return layOut(cells, { width, dropsColumns: true }).map((line) => `  ${line}`);
}

const cut = (text: string, width: number): string => shorten(visible(text.slice(0, width * 2)), width);

/** Control characters would move the terminal's cursor. */
const visible = (text: string): string => text.replace(/\p{Cc}/gu, "·");
