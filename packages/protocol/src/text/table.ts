/** Aligns rows of text in columns, and cuts long cells where a table is too wide. Pure. */
import { shorten, widthOf } from "./width.ts";
import { wrap } from "./wrap.ts";

export type CellAlignment = "left" | "right";

export interface TableOptions {
  /** How wide the table may be. Default: as wide as its cells. */
  width?: number | undefined;
  /** By column; missing: "left". */
  align?: readonly CellAlignment[];
  /** Columns, by index, that are never cut, such as ids that people copy. Columns aligned to the right are never cut either. */
  whole?: readonly number[];
  /** Columns that do not fit even when their cells are cut are left out, and "…" is shown in their place. */
  dropsColumns?: boolean;
}

type Rows = readonly (readonly string[])[];

/** A cell that was cut has at least so many characters. */
const narrowest = 8;
const gap = 2;

/** One line for each row, with two blanks between columns. Of the cells that may be cut, the longest are cut first, with "…". */
export function layOut(rows: Rows, options: TableOptions = {}): string[] {
  const { width, align = [], whole = [], dropsColumns = false } = options;
  const natural = widthsOf(rows);
  const mayCut = (column: number): boolean => align[column] !== "right" && !whole.includes(column);
  const widths = width === undefined ? natural : fitted(natural, mayCut, width);
  if (width !== undefined && dropsColumns && natural.length > 2 && total(widths) > width) {
    const kept = natural.length - (rows.every((row) => row.at(-1) === "…") ? 2 : 1);
    return layOut(
      rows.map((row) => [...row.slice(0, kept), "…"]),
      { ...options, align: align.slice(0, kept) },
    );
  }
  return rows.map((row) =>
    row
      .map((cell, column) => padded(shorten(cell, widths[column] ?? 0), widths[column] ?? 0, align[column]))
      .join(" ".repeat(gap))
      .trimEnd(),
  );
}

/** Rows whose last cell is a sentence. It is broken at words and continues below its beginning, or on separate lines if there is little room. */
export function layOutWithText(rows: Rows, columns: number | undefined, indent = ""): string[] {
  const texts = rows.map((row) => row.at(-1) ?? "");
  const starts = layOut(
    rows.map((row) => row.slice(0, -1)),
    { width: columns === undefined ? undefined : columns - indent.length },
  ).map((start) => indent + start);
  const textStart = Math.max(0, ...starts.map(widthOf)) + gap;
  return starts.flatMap((start, index) => {
    const text = texts[index] ?? "";
    const line = `${padded(start, textStart)}${text}`.trimEnd();
    if (columns === undefined || widthOf(line) <= columns) return [line];
    if (textStart <= columns / 2) return wrap(line, columns, textStart);
    return [start, ...wrap(`${indent}    ${text}`, columns)];
  });
}

function widthsOf(rows: Rows): number[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ""))));
}

/** Limits the columns that may be cut to the largest common width with which all fit. */
function fitted(natural: readonly number[], mayCut: (column: number) => boolean, width: number): number[] {
  const withLimit = (limit: number): number[] => natural.map((each, column) => (mayCut(column) ? Math.min(each, limit) : each));
  let limit = Math.max(narrowest, ...natural.filter((_, column) => mayCut(column)));
  while (limit > narrowest && total(withLimit(limit)) > width) limit--;
  const widths = withLimit(limit);
  // What rounding leaves over belongs to the first column that is still cut.
  let rest = Math.max(0, width - total(widths));
  return widths.map((each, column) => {
    const more = Math.min(rest, (natural[column] ?? 0) - each);
    rest -= more;
    return each + more;
  });
}

const total = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width, 0) + gap * (widths.length - 1);

function padded(cell: string, width: number, align: CellAlignment = "left"): string {
  const blanks = " ".repeat(Math.max(0, width - widthOf(cell)));
  return align === "right" ? blanks + cell : cell + blanks;
}
