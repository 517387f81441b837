/**
 * Rows as a table for people: names, types, then one line for each row. The first rows decide how wide the columns are, so memory is
 * bounded; wider cells of later rows are cut at a terminal, and push their line to the right elsewhere.
 */
import type { ResultColumn } from "@tapline/protocol";
import stringWidth from "string-width";
import { isNumber, textOf } from "./cell.ts";
import type { RowFormat } from "./row-format.ts";
import { visible } from "./visible.ts";

export interface TableOptions {
  /** Columns of the terminal; undefined: nothing is cut. */
  width: number | undefined;
  /** Makes text look less important. */
  dim(text: string): string;
}

const mostRows = 1000;
const mostCharacters = 1024 * 1024;
/** Dates and most names fit. */
const leastWidth = 12;
const gap = "  ";

export function tableRows({ width, dim }: TableOptions): RowFormat {
  let columns: readonly ResultColumn[] = [];
  /** Rows that wait until the widths are known; undefined from then on. */
  let waiting: (readonly string[])[] | undefined = [];
  let characters = 0;
  let layout: Layout[] = [];

  const line = (cells: readonly string[]): string => {
    const shown = layout.map(({ width: own, isNumeric }, at) => {
      const text = textOf(cells[at] ?? "null");
      const fitted = fit(text === null ? "NULL" : visible(text), width === undefined ? undefined : own);
      const padding = " ".repeat(Math.max(0, own - stringWidth(fitted)));
      const painted = text === null ? dim(fitted) : fitted;
      return isNumeric ? padding + painted : at === layout.length - 1 ? painted : painted + padding;
    });
    return `${shown.join(gap).trimEnd()}\n`;
  };

  const flush = (): string => {
    // Without columns there is no answer, or an error instead of one.
    if (waiting === undefined || columns.length === 0) return "";
    const rows = waiting;
    waiting = undefined;
    layout = layOut(columns, rows, width);
    const left = columns.length - layout.length;
    const more = left === 0 ? "" : `${dim(`${left} more ${left === 1 ? "column does" : "columns do"} not fit; --format csv has all`)}\n`;
    const names = columns.map(({ name }) => JSON.stringify(name));
    const types = columns.map(({ type }) => JSON.stringify(type));
    return [more, line(names), dim(line(types).trimEnd()), "\n", ...rows.map(line)].join("");
  };

  return {
    start(all) {
      columns = all;
      return "";
    },
    row(cells) {
      if (waiting === undefined) return line(cells);
      waiting.push(cells);
      characters += cells.reduce((sum, cell) => sum + cell.length, 0);
      return waiting.length >= mostRows || characters >= mostCharacters ? flush() : "";
    },
    end: flush,
  };
}

interface Layout {
  width: number;
  isNumeric: boolean;
}

/** The columns that fit into the terminal, from the left. */
function layOut(columns: readonly ResultColumn[], rows: readonly (readonly string[])[], width: number | undefined): Layout[] {
  const all = columns.map(({ name, type }, at): Layout => {
    const cells = rows.map((row) => row[at] ?? "null");
    const known = cells.filter((cell) => cell !== "null");
    const widest = cells.reduce((most, cell) => Math.max(most, widthOf(cell, width)), 0);
    const head = Math.max(
      stringWidth(visible(name)),
      Math.min(stringWidth(visible(type)), width === undefined ? Number.POSITIVE_INFINITY : leastWidth),
    );
    return { width: Math.max(head, widest), isNumeric: known.length > 0 && known.every(isNumber) };
  });
  if (width === undefined) return all;
  const fitting = all.slice(0, Math.max(1, mostColumns(all, width)));
  const cap = capOf(fitting, width);
  return fitting.map((each) => ({ ...each, width: Math.min(each.width, cap) }));
}

/** A terminal shows at most its own width of a cell. */
function widthOf(cell: string, most: number | undefined): number {
  const text = textOf(cell) ?? "NULL";
  return stringWidth(visible(most === undefined ? text : text.slice(0, most)));
}

function mostColumns(all: readonly Layout[], width: number): number {
  let used = -gap.length;
  const at = all.findIndex((each) => {
    used += Math.min(each.width, leastWidth) + gap.length;
    return used > width;
  });
  return at < 0 ? all.length : at;
}

/** The largest width that no column may exceed so that all fit. */
function capOf(columns: readonly Layout[], width: number): number {
  const space = width - gap.length * (columns.length - 1);
  let rest = space;
  const sorted = columns.map((each) => each.width).sort((a, b) => a - b);
  for (const [at, own] of sorted.entries()) {
    const share = Math.floor(rest / (sorted.length - at));
    if (own > share) return Math.max(share, 1);
    rest -= own;
  }
  return sorted.at(-1) ?? 0;
}

const segmenter = new Intl.Segmenter();

/** Cut at a character, with "…" as its end. */
function fit(text: string, width: number | undefined): string {
  if (width === undefined || (text.length <= width && stringWidth(text) <= width)) return text;
  let cut = "";
  let used = 1;
  let isWhole = true;
  for (const { segment } of segmenter.segment(text.slice(0, width * 8))) {
    used += stringWidth(segment);
    if (used > width) {
      isWhole = false;
      break;
    }
    cut += segment;
  }
  return isWhole && cut === text ? text : `${cut}…`;
}
