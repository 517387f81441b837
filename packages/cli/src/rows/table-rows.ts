/** Rows as tables for people: names, types, then one line for each row. Each table has at most 1,000 rows, so memory is bounded. Pure. */
import type { ResultColumn } from "@tapline/protocol";
import { type CellAlignment, layOut } from "@tapline/protocol/text";
import { isNumber, textOf } from "./cell.ts";
import type { RowFormat } from "./row-format.ts";
import { visible } from "./visible.ts";

export interface RowTableOptions {
  /** Columns of the terminal; undefined: nothing is cut. */
  width: number | undefined;
  /** Makes text look less important. */
  dim(text: string): string;
}

const mostRows = 1000;
const mostCharacters = 1024 * 1024;

export function tableRows({ width, dim }: RowTableOptions): RowFormat {
  let columns: readonly ResultColumn[] = [];
  let rows: (readonly string[])[] = [];
  let characters = 0;
  let hasPrinted = false;

  const flush = (): string => {
    // Without columns there is an error instead of an answer.
    if (columns.length === 0 || (rows.length === 0 && hasPrinted)) return "";
    const head = [columns.map(({ name }) => visible(name)), columns.map(({ type }) => visible(type))];
    const cells = rows.map((row) => row.map((cell) => shown(cell, width)));
    const align = columns.map((_, at): CellAlignment => (isNumeric(rows, at) ? "right" : "left"));
    const [names = "", types = "", ...lines] = layOut([...head, ...cells], { width, align, dropsColumns: true });
    rows = [];
    characters = 0;
    hasPrinted = true;
    return [names, dim(types), ...lines].map((line) => `${line}\n`).join("");
  };

  return {
    start(all) {
      columns = all;
      return "";
    },
    row(cells) {
      rows.push(cells);
      characters += cells.reduce((sum, cell) => sum + cell.length, 0);
      return rows.length >= mostRows || characters >= mostCharacters ? flush() : "";
    },
    end: flush,
  };
}

/** Of a cell, a terminal shows less than a line. */
function shown(cell: string, width: number | undefined): string {
  const text = textOf(cell) ?? "NULL";
  return visible(width === undefined ? text : text.slice(0, width));
}

function isNumeric(rows: readonly (readonly string[])[], column: number): boolean {
  const known = rows.map((row) => row[column] ?? "null").filter((cell) => cell !== "null");
  return known.length > 0 && known.every(isNumber);
}
