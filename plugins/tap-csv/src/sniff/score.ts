/**
 * Scores how well a dialect explains a sample: by rows with the same count of cells, and by cells that look like numbers, dates or
 * words. After van den Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type patterns" (2019), with
 * other measures.
 */
import { kindOf } from "./cell-kind.ts";
import type { SampleRow } from "./split.ts";

export interface Score {
  /** From 0 to 1. */
  readonly value: number;
  /** The most common count of cells in a row; the first one in a tie. */
  readonly columns: number;
  /** Rows with this count. */
  readonly fitting: number;
  /** The share of cells that look like values or words. */
  readonly meaning: number;
}

/** The score of one column: always possible, but it explains nothing about a delimiter. */
const oneColumn = 0.3;
/** The score of one column whose cells are in quotes, which nothing else explains. */
const quotedColumn = 0.6;
const maxCellsChecked = 500;

export function scoreOf(rows: readonly SampleRow[]): Score {
  const { columns, fitting } = mostCommonCount(rows);
  const meaning = meaningOf(rows, columns);
  if (rows.length === 0) return { value: 0, columns, fitting, meaning };
  const inQuotes = rows.reduce((sum, { quoted, strays }) => sum + (strays > 0 ? 0 : quoted.filter(Boolean).length), 0);
  const cells = rows.reduce((sum, row) => sum + row.cells.length, 0);
  const isQuoted = inQuotes >= cells * 0.8;
  if (columns === 1) return { value: isQuoted ? quotedColumn : oneColumn, columns, fitting, meaning };
  // Two tables in one file have two counts, but most rows have the same count as the row before.
  let alike = 0;
  for (let i = 1; i < rows.length; i++) if (rows[i]?.cells.length === rows[i - 1]?.cells.length) alike++;
  // If nearly all cells are in quotes, what is between them is the delimiter, whatever the count in a row.
  const evenness = Math.max(fitting / rows.length, rows.length === 1 ? 1 : alike / (rows.length - 1), isQuoted ? 0.8 : 0);
  // A first row of one cell may be a title, but more often the delimiter is wrong.
  const start = rows[0]?.cells.length === 1 ? 0.85 : 1;
  const strays = rows.filter((row) => row.strays > 0).length / rows.length;
  const value = evenness ** 2 * Math.sqrt(1 - 1 / columns) * (0.5 + 0.5 * meaning) * (1 - strays / 2) * start;
  return { value, columns, fitting, meaning };
}

function mostCommonCount(rows: readonly SampleRow[]): { columns: number; fitting: number } {
  const counts = new Map<number, number>();
  for (const { cells } of rows) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  let [columns, fitting] = [1, 0];
  for (const [count, times] of counts) if (times > fitting) [columns, fitting] = [count, times];
  return { columns, fitting };
}

const weights = { empty: 0.7, number: 1, date: 1, time: 1, timestamp: 1, boolean: 1, address: 1, word: 0.9, text: 0.4 } as const;

function meaningOf(rows: readonly SampleRow[], columns: number): number {
  // A column without a letter or digit explains nothing: every character that occurs twice in a row makes such columns.
  const isUsed = new Array<boolean>(columns).fill(false);
  let sum = 0;
  let cells = 0;
  for (const row of rows) {
    for (const [i, cell] of row.cells.entries()) {
      if (cell !== "" && i < columns && isUsed[i] === false && hasText(cell)) isUsed[i] = true;
      if (cells >= maxCellsChecked) continue;
      cells++;
      sum += row.quoted[i] === true ? 1 : weightOf(cell);
    }
  }
  return cells === 0 ? 0 : (sum / cells) * (isUsed.filter(Boolean).length / columns);
}

function weightOf(cell: string): number {
  // The delimiter of another dialect, or a single quote at one end, suggests a wrong dialect.
  if (/[;|\t]|^["'`]|["'`]$/.test(cell)) return 0;
  // Spaces around cells usually belong to the delimiter.
  return weights[kindOf(cell)] * (cell === cell.trim() ? 1 : 0.9);
}

const hasText = (cell: string): boolean => /[a-z0-9]/i.test(cell) || /[\p{L}\p{N}]/u.test(cell);
