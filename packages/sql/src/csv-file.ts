/** Which files of canonical CSV (`BatchEncoding.canonical`) a database can read itself into a table, and what becomes of each cell. */
import { quoteText, type TargetColumn } from "@tapline/columns";
import { type CsvFile, type FileColumn, isMetadataColumn, type RowFile, type WrittenRows } from "@tapline/sdk";
import type { BulkTarget } from "./connection.ts";

/** Digits of numbers in such a file. */
export const fileDigits = { decimal: 18, integer: 19 } as const;

/** Whether every cell gives what the columns would hold from records, and none is refused. */
export function takesCsv({ columns, requiredKeys }: BulkTarget, file: CsvFile): boolean {
  const cells = file.columns.filter((column) => column !== null);
  const byName = loadedByName(columns);
  const fit = cells.every((cell) => {
    const column = byName.get(cell.name);
    return column !== undefined && reads(column, cell);
  });
  return fit && hasRequired(columns, requiredKeys, cells);
}

/** Whether no cell is null where a column needs a value. */
export function hasRequired(
  columns: readonly TargetColumn[],
  requiredKeys: readonly string[],
  cells: readonly { name: string; hasNulls: boolean }[],
): boolean {
  const required = columns.filter(({ name, isRequired }) => isRequired === true || requiredKeys.includes(name));
  return required.every(({ name }) => cells.some((cell) => cell.name === name && !cell.hasNulls));
}

export interface FilledColumns {
  /** By cell of a row; undefined: the cell is left out. */
  cells: (TargetColumn | undefined)[];
  /** They have one value in all rows. */
  constants: [column: TargetColumn, value: unknown][];
  /** It is `from` in the first row, and rises by one. */
  sequence: { column: TargetColumn; from: number } | undefined;
}

/** The columns that the rows of a file fill, which `takesCsv` accepts; the others are null. */
export function columnsOfFile(columns: readonly TargetColumn[], file: WrittenRows): FilledColumns {
  const byName = loadedByName(columns);
  const metadata = file.metadata?.();
  const constants: [TargetColumn, unknown][] = [];
  for (const [name, value] of metadata?.values ?? []) {
    const column = byName.get(name);
    if (column !== undefined) constants.push([column, value]);
  }
  const sequence = byName.get("_sdc_sequence");
  return {
    cells: file.columns.map((cell) => (cell === null ? undefined : byName.get(cell.name))),
    constants,
    sequence: metadata === undefined || sequence === undefined ? undefined : { column: sequence, from: metadata.sequence },
  };
}

/** Whether a file of these rows leaves no column of the stream without a value. */
export function fillsAll(columns: readonly TargetColumn[], file: RowFile): boolean {
  const filled = new Set(file.columns.map((cell) => cell?.name));
  return [...loadedByName(columns).keys()].every((name) => filled.has(name) || isMetadataColumn(name));
}

export const loadedByName = (columns: readonly TargetColumn[]): Map<string, TargetColumn> =>
  new Map(columns.filter(({ isRetired }) => isRetired !== true).map((column) => [column.name, column]));

/** A constant value of `columnsOfFile` in SQL. */
export const sqlConstant = (value: unknown): string =>
  value === null ? "NULL" : typeof value === "number" ? String(value) : quoteText(String(value));

function reads({ type }: TargetColumn, { kind, scale }: FileColumn): boolean {
  switch (kind) {
    case "text":
      return (
        type.kind === "varchar" &&
        type.length === undefined &&
        type.labels === undefined &&
        type.isChecked !== true &&
        type.isPadded !== true
      );
    case "integer":
      if (type.kind === "decimal") return type.isMoney !== true && type.precision - type.scale >= fileDigits.integer;
      return type.kind === "bigint" || type.kind === "hugeint" || type.kind === "numeric";
    case "decimal":
      if (type.kind === "numeric") return true;
      return (
        type.kind === "decimal" && type.isMoney !== true && type.scale >= scale && type.precision - type.scale >= fileDigits.decimal - scale
      );
    case "date-time":
      return type.kind === "timestamptz" && !("fractionDigits" in type);
    default:
      return type.kind === kind;
  }
}
