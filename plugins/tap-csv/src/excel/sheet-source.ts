/**
 * A sheet as a source of CSV text, so that everything after it reads a workbook like any other file. Rows are lines in the place of
 * their number; every line has a cell for each column of the table.
 */
import { stat } from "node:fs/promises";
import { fileError, type Position } from "@tapline/sdk";
import { readerOf } from "../source/bytes.ts";
import { type InputFile, nameOf, type Source } from "../source/source.ts";
import { RowWriter } from "./row-writer.ts";
import { openSheetCells } from "./sheet-cells.ts";
import { chooseSheet, type TableInSheet } from "./table-in-sheet.ts";
import { openWorkbook } from "./workbook.ts";
import { limitYoungMemory } from "./young-memory.ts";

export interface SheetSourceOptions {
  place: TableInSheet;
  /** Rows before the table; their lines are blank. */
  skip: number;
  maxRowBytes: number;
  position: Position;
}

const pieceBytes = 64 * 1024;

/**
 * @throws sheet_missing, workbook_broken, archive_broken, archive_unreadable, file_missing, file_forbidden, file_unreadable; while
 * reading also formula_without_result, cell_left_of_table, row_over_budget
 */
export async function openSheet(input: InputFile, { place, skip, maxRowBytes, position }: SheetSourceOptions): Promise<Source> {
  const { path } = input;
  const { size, mtime } = await stat(path).catch((error: unknown) => {
    throw fileError(path, position, error);
  });
  const workbook = await openWorkbook(path, position);
  const part = chooseSheet(workbook, place.sheet, position).part as string;
  const cells = await openSheetCells(workbook, part, { lastRow: place.lastRow, maxRowBytes });
  const writer = new RowWriter(workbook, {
    part,
    skip,
    firstColumn: place.firstColumn,
    fillTo: place.lastColumn,
    lastColumn: place.isLastGiven ? place.lastColumn : Number.POSITIVE_INFINITY,
    checksLeft: !place.isFirstGiven,
    checksFormulas: true,
    maxRowBytes,
    position,
  });
  const reader = readerOf(
    async () => {
      limitYoungMemory();
      writer.clear();
      while (writer.length < pieceBytes) {
        const found = await cells.next();
        if (found === undefined) break;
        for (const row of found.rows) writer.write(row, found.strings);
      }
      return writer.length === 0 ? undefined : writer.text;
    },
    async () => cells[Symbol.asyncDispose](),
  );
  let read = 0;
  return {
    name: nameOf(input),
    isSeekable: false,
    size,
    modifiedAt: mtime,
    get position() {
      return read;
    },
    read: async (into) => {
      const count = await reader.read(into);
      read += count;
      return count;
    },
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}
