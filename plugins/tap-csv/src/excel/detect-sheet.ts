/** Detects where the table of a sheet is: rows before it, rows of its header, its columns. The evidence is in words, as for CSV files. */
import type { Position } from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { Detection } from "../sniff/detect.ts";
import { defaultDialect, type GivenDialect } from "../sniff/dialect.ts";
import { chooseHeader } from "../sniff/header.ts";
import { joinNames } from "../sniff/joined-names.ts";
import { type SampleRow, split } from "../sniff/split.ts";
import type { InputFile } from "../source/source.ts";
import { mostColumns, mostRows, rangeText } from "./range.ts";
import { RowWriter } from "./row-writer.ts";
import { openSheetCells } from "./sheet-cells.ts";
import { chooseSheet, type GivenSheet, givenRange, type TableInSheet } from "./table-in-sheet.ts";
import { openWorkbook, type Workbook, type WorkbookSheet } from "./workbook.ts";

export interface SheetDetection extends Detection {
  readonly place: TableInSheet;
  /** Under the names of the settings. */
  readonly sheetEvidence: Readonly<Record<"sheet" | "range", { value: string; why: string }>>;
  /** All sheets of the workbook. */
  readonly sheets: readonly WorkbookSheet[];
}

/** Rows with a value that decide. */
const sampleRows = 300;
const maxRowBytes = 128 * 1024 * 1024;

/**
 * @throws sheet_missing, sheet_empty, file_empty, range_invalid, workbook_broken, archive_broken, archive_unreadable, row_over_budget, file_missing,
 * file_forbidden, file_unreadable
 */
export async function detectSheet(
  input: InputFile,
  given: GivenDialect & GivenSheet,
  position: Position,
  names: ReadonlySet<string> = new Set(),
): Promise<SheetDetection> {
  const range = givenRange(given, given.skip, position);
  const workbook = await openWorkbook(input.path, position);
  const sheet = chooseSheet(workbook, given.sheet, position);
  const { firstColumn: from = 1, lastColumn: to, firstRow, lastRow = mostRows } = range;
  const givenSkip = firstRow === undefined ? given.skip : firstRow - 1;
  const sample = await readSample(workbook, sheet, {
    firstColumn: from,
    lastColumn: to ?? mostColumns,
    lastRow,
    skip: givenSkip ?? 0,
    position,
  });
  const others = workbook.sheets.filter(({ name }) => name !== sheet.name).map(({ name }) => name);
  const isPlaceGiven = (given.sheet ?? given.range) !== undefined;
  if (sample.length === 0 && others.length === 0 && !isPlaceGiven) throw errors.file_empty({ bytes: 0, isWorkbook: true }, position);
  if (sample.length === 0) throw errors.sheet_empty({ path: input.path, sheet: sheet.name, range: given.range, others }, position);
  const columns = commonWidth(sample);
  const { skip, header, evidence, doubt } = chooseHeader(sample, columns, { skip: givenSkip, header: given.header }, names);
  const rows = sample.filter(({ line }) => line > skip);
  const width = to === undefined ? tableWidth(rows, header, columns) : to - from + 1;
  const indent = range.firstColumn === undefined ? emptyColumns(rows) : 0;
  const place: TableInSheet = {
    sheet: sheet.name,
    firstColumn: from + indent,
    lastColumn: from + width - 1,
    lastRow,
    isFirstGiven: range.firstColumn !== undefined,
    isLastGiven: to !== undefined,
  };
  const table = rows.map((row) => ({ ...row, cells: row.cells.slice(indent, width), quoted: row.quoted.slice(indent, width) }));
  const noDialect = "a sheet has none";
  return {
    encoding: "utf-8",
    dialect: { ...defaultDialect, skip, header },
    evidence: {
      encoding: noDialect,
      delimiter: noDialect,
      quote: noDialect,
      escape: noDialect,
      doubleQuote: noDialect,
      skipInitialSpace: noDialect,
      trailingDelimiter: noDialect,
      comment: noDialect,
      skip: range.firstRow === undefined ? evidence.skip : "set by the range",
      header: evidence.header,
    },
    names: joinNames(table.slice(0, header).map(({ cells }) => cells)),
    columns: width - indent,
    rows: table,
    lineEnds: { crlf: 0, lf: 0, cr: 0 },
    doubts: doubt === undefined ? [] : [`row ${doubt.line}: ${doubt.words}`],
    place,
    sheetEvidence: {
      sheet: { value: sheet.name, why: given.sheet === undefined ? "the first visible sheet" : "set in the config" },
      range: {
        value: rangeText({
          firstColumn: place.firstColumn,
          lastColumn: place.lastColumn,
          firstRow: skip + 1,
          ...(lastRow < mostRows ? { lastRow } : {}),
        }),
        why:
          given.range === undefined
            ? "from the first to the last column with values in most rows"
            : "set in the config, the rest by the rows",
      },
    },
    sheets: workbook.sheets,
  };
}

interface SampleRange {
  firstColumn: number;
  lastColumn: number;
  lastRow: number;
  skip: number;
  position: Position;
}

/** The first rows with values; a row ends with its last value. */
async function readSample(workbook: Workbook, { part }: WorkbookSheet, { lastRow, ...range }: SampleRange): Promise<SampleRow[]> {
  await using cells = await openSheetCells(workbook, part as string, { lastRow, maxRowBytes });
  const writer = new RowWriter(workbook, {
    ...range,
    part: part as string,
    fillTo: 0,
    checksLeft: false,
    checksFormulas: false,
    maxRowBytes,
  });
  const sample: SampleRow[] = [];
  for (let found = await cells.next(); found !== undefined; found = await cells.next()) {
    for (const row of found.rows) {
      writer.clear();
      writer.write(row, found.strings);
      const [first] = split(writer.text.toString(), defaultDialect);
      if (first !== undefined) sample.push({ ...first, line: row.number });
      if (sample.length === sampleRows) return sample;
    }
  }
  return sample;
}

/** Most rows end there, or the header does: the first row that is at least as long. */
function commonWidth(rows: readonly SampleRow[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of rows) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  const usual = [...counts].sort(([a, m], [b, n]) => n - m || b - a)[0]?.[0] ?? 0;
  return rows.find(({ cells }) => cells.length >= usual)?.cells.length ?? usual;
}

/** As far as the header has names, or most rows have values; without a header as far as any row has values. */
function tableWidth(rows: readonly SampleRow[], header: number, columns: number): number {
  const named = header === 0 ? rows : rows.slice(0, header);
  return Math.max(columns, ...named.map(({ cells }) => cells.length));
}

/** Columns before the first one with a value. */
function emptyColumns(rows: readonly SampleRow[]): number {
  const firsts = rows.map(({ cells }) => cells.findIndex((cell) => cell !== ""));
  return Math.max(0, Math.min(...firsts.filter((first) => first >= 0)));
}
