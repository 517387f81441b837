/** Where the table is in a workbook: which sheet, and which of its columns and rows. */
import { didYouMean, type Position, type Static, Type } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { parseRange, type SheetRange } from "./range.ts";
import type { Workbook, WorkbookSheet } from "./workbook.ts";

/** Settings of one stream, for `config.ts`. */
export const sheetSettings = {
  sheet: Type.Optional(
    Type.Union([Type.String({ minLength: 1 }), Type.Integer({ minimum: 1 })], {
      description:
        "Excel files: the sheet to read, by its name or by its number among the visible sheets. Default: the first visible sheet.",
    }),
  ),
  range: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        "Excel files: where the table is, for example `A3:F` (header in row 3, columns A to F, down to the last row), `B:D`, `A3:F100` or only its first cell, `A3`. Cells outside it are not read. Default: detected.",
    }),
  ),
};

const settings = Type.Object(sheetSettings);

export type GivenSheet = { readonly [K in keyof Static<typeof settings>]?: Static<typeof settings>[K] | undefined };

/** The part of a sheet that is read; its first row is the one after `skip`. */
export interface TableInSheet {
  readonly sheet: string;
  readonly firstColumn: number;
  readonly lastColumn: number;
  readonly lastRow: number;
  /** The setting `range` gives the column: cells outside are left out, and are no fault. */
  readonly isFirstGiven: boolean;
  readonly isLastGiven: boolean;
}

/** @throws sheet_missing */
export function chooseSheet({ sheets, pack }: Workbook, wanted: string | number | undefined, position: Position): WorkbookSheet {
  const visible = sheets.filter(({ isHidden }) => !isHidden);
  const found =
    typeof wanted === "string"
      ? (sheets.find(({ name }) => name === wanted) ?? sheets.find(({ name }) => name.toLowerCase() === wanted.toLowerCase()))
      : wanted === undefined
        ? visible.find(({ part }) => part !== undefined)
        : visible[wanted - 1];
  if (found?.part !== undefined) return found;
  const names = sheets.map(({ name }) => name);
  const meant = typeof wanted === "string" && found === undefined ? didYouMean(wanted, names) : undefined;
  const problem =
    found !== undefined
      ? `The sheet ${JSON.stringify(found.name)} has no cells, for it is a chart or a dialog`
      : wanted === undefined
        ? "No sheet is visible"
        : typeof wanted === "number"
          ? `There is no visible sheet number ${wanted}`
          : `There is no sheet ${JSON.stringify(wanted)}`;
  throw errors.sheet_missing({ path: pack.path, problem, sheets: names, meant }, position);
}

/** The columns and rows that the settings choose. @throws range_invalid */
export function givenRange({ range }: GivenSheet, skip: number | undefined, position: Position): SheetRange {
  if (range === undefined) return {};
  const parsed = parseRange(range);
  if (parsed === undefined) throw errors.range_invalid({ range, problem: "is not a range" }, position);
  if (parsed.firstRow !== undefined && skip !== undefined)
    throw errors.range_invalid({ range, problem: "has a first row, and skip is set as well" }, position);
  return parsed;
}
