/** The cells of a sheet, row by row, as its XML has them. Source: ECMA-376 part 1, 18.3.1. */
import { errors } from "../errors.ts";
import { brokenPart, openPart, type Package } from "./package.ts";
import { cellName, columnNumber, mostColumns, mostRows } from "./range.ts";
import { mostTextLength } from "./shared-strings.ts";
import { xmlPart } from "./xml.ts";

export interface SheetCell {
  column: number;
  /** ST_CellType: `n`, `s` (the value is the number of a shared text), `str`, `inlineStr`, `b`, `e` or `d`. */
  type: string;
  /** The number of its style. */
  style: number;
  value: string;
  hasFormula: boolean;
}

export interface SheetRow {
  number: number;
  cells: SheetCell[];
}

export interface SheetRows extends AsyncDisposable {
  /** The next rows in order; undefined at the end. @throws workbook_broken, row_over_budget, archive_broken */
  next(): Promise<SheetRow[] | undefined>;
}

/** Rows up to `lastRow`. */
export async function openSheetRows(
  pack: Package,
  part: string,
  { lastRow, maxRowBytes }: { lastRow: number; maxRowBytes: number },
): Promise<SheetRows> {
  const broken = brokenPart(pack, part);
  const reader = await openPart(pack, part);
  let rows: SheetRow[] = [];
  let root: string | undefined;
  let isInData = false;
  let row: SheetRow = { number: 0, cells: [] };
  let cell: SheetCell | undefined;
  let rowLength = 0;
  let isValue = false;
  let isHint = false;
  let isPastEnd = false;

  const openRow = (given: string | undefined): void => {
    const number = given === undefined ? row.number + 1 : Number(given);
    if (!Number.isInteger(number) || number > mostRows) throw broken(`it has a row ${given ?? number}; a sheet has ${mostRows} rows`);
    if (number <= row.number) throw broken(`its row ${number} comes after row ${row.number}`);
    row = { number, cells: [] };
    rowLength = 0;
  };
  const openCell = ({ r: reference, t: type = "n", s: style = "0" }: Readonly<Record<string, string>>): void => {
    const before = row.cells.at(-1)?.column ?? 0;
    const letters = reference === undefined ? undefined : /^[A-Z]{1,3}(?=[1-9])/.exec(reference)?.[0];
    if (reference !== undefined && letters === undefined) throw broken(`row ${row.number} has a cell ${reference}`);
    const column = letters === undefined ? before + 1 : columnNumber(letters);
    if (column > mostColumns || column <= before) throw broken(`in row ${row.number} the cell ${reference ?? column} is out of place`);
    cell = { column, type, style: Number(style), value: "", hasFormula: false };
  };
  const xml = xmlPart(
    reader,
    {
      open(name, attributes) {
        root ??= name;
        if (root !== "worksheet") throw broken("it is not a worksheet");
        if (name === "sheetData") isInData = true;
        if (!isInData) return;
        if (name === "c") openCell(attributes);
        else if (name === "row") openRow(attributes.r);
        else if (name === "rPh") isHint = true;
        else if (name === "v" || name === "t") isValue = cell !== undefined && !isHint;
        else if (name === "f" && cell !== undefined) cell.hasFormula = true;
      },
      text(text) {
        if (!isValue || cell === undefined) return;
        cell.value += text;
        rowLength += text.length;
        if (cell.value.length > mostTextLength)
          throw broken(`${cellName(cell.column, row.number)} has more than ${mostTextLength} characters`);
        if (rowLength > maxRowBytes)
          throw errors.row_over_budget({ limit: maxRowBytes, quoteLine: 0 }, { ...pack.position, line: row.number });
      },
      close(name) {
        if (!isInData) return;
        if (name === "v" || name === "t") isValue = false;
        else if (name === "rPh") isHint = false;
        else if (name === "c" && cell !== undefined) {
          row.cells.push(cell);
          cell = undefined;
        } else if (name === "row") {
          if (row.number > lastRow) isPastEnd = true;
          else rows.push(row);
        } else if (name === "sheetData") isInData = false;
      },
    },
    broken,
  );
  return {
    async next() {
      while (rows.length === 0) {
        if (isPastEnd || !(await xml.pump())) return undefined;
      }
      const found = rows;
      rows = [];
      return found;
    },
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}
