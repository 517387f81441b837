/**
 * The statement that loads a file of canonical CSV (`BatchEncoding.canonical`) into a table. Everything about the file is stated, nothing detected.
 * Decimals are read as numbers of 18 digits, which takes a sixth of the time of 38, and made wider by the insert.
 */
import { quoteName, quoteText, type TargetColumn, typeName } from "@tapline/columns";
import type { FileColumn, RowFile, WrittenRows } from "@tapline/sdk";
import type { BulkTarget } from "@tapline/sql";
import { types } from "./types.ts";

/** Digits of decimals and integers in the file. */
const fileDigits = { decimal: 18, integer: 19 } as const;

/** Whether every cell gives what the columns would hold from records, and none is refused. */
export function takesCsv({ columns, requiredKeys }: BulkTarget, file: RowFile): boolean {
  const cells = file.columns.filter((column) => column !== null);
  const byName = new Map(columns.filter(({ isRetired }) => isRetired !== true).map((column) => [column.name, column]));
  const fit = cells.every((cell) => {
    const column = byName.get(cell.name);
    return column !== undefined && reads(column, cell);
  });
  const required = columns.filter(({ name, isRequired }) => isRequired === true || requiredKeys.includes(name));
  return fit && required.every(({ name }) => cells.some((cell) => cell.name === name && !cell.hasNulls));
}

/** @returns the statement for a landing table */
export function csvInsert(columns: readonly TargetColumn[], file: WrittenRows): (landing: string) => string {
  const { metadata } = file;
  const byName = new Map(columns.filter(({ isRetired }) => isRetired !== true).map((column) => [column.name, column]));
  const parts: [name: string, value: string][] = [];
  for (const [index, cell] of file.columns.entries())
    if (cell !== null) parts.push([(byName.get(cell.name) as TargetColumn).columnName, `c${index}`]);
  for (const [name, value] of metadata?.values ?? []) {
    const column = byName.get(name);
    if (column !== undefined) parts.push([column.columnName, `${constant(value)}::${typeName(types, column.type)}`]);
  }
  const sequence = byName.get("_sdc_sequence");
  if (metadata !== undefined && sequence !== undefined)
    parts.push([sequence.columnName, `row_number() OVER () + ${metadata.sequence - 1}`]);
  const names = parts.map(([name]) => quoteName(name)).join(", ");
  const values = parts.map(([, value]) => value).join(", ");
  return (landing) => `INSERT INTO ${landing} (${names}) SELECT ${values} FROM ${reader(file)}`;
}

function reader({ path, columns, delimiter, quote, lineEnd }: WrittenRows): string {
  const typed = columns.map((column, index) => `'c${index}': ${quoteText(column === null ? "VARCHAR" : fileType(column))}`);
  const options = [
    "auto_detect = false, hive_partitioning = false, header = false, nullstr = '', allow_quoted_nulls = false, comment = ''",
    `delim = ${quoteText(delimiter)}, quote = ${quoteText(quote ?? "")}, escape = ${quoteText(quote ?? "")}`,
    `new_line = ${quoteText(lineEnd === "\n" ? "\\n" : "\\r\\n")}`,
    `columns = {${typed.join(", ")}}`,
  ];
  return `read_csv(${quoteText(path)}, ${options.join(", ")})`;
}

function fileType({ kind, scale }: FileColumn): string {
  const spelled = {
    text: "VARCHAR",
    integer: "BIGINT",
    boolean: "BOOLEAN",
    date: "DATE",
    "date-time": "TIMESTAMP WITH TIME ZONE",
  } as const;
  return kind === "decimal" ? `DECIMAL(${fileDigits.decimal},${scale})` : spelled[kind];
}

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
      if (type.kind === "decimal") return type.precision - type.scale >= fileDigits.integer;
      return type.kind === "bigint" || type.kind === "hugeint";
    case "decimal":
      return type.kind === "decimal" && type.scale >= scale && type.precision - type.scale >= fileDigits.decimal - scale;
    case "date-time":
      return type.kind === "timestamptz" && !("fractionDigits" in type);
    default:
      return type.kind === kind;
  }
}

const constant = (value: unknown): string =>
  value === null ? "NULL" : typeof value === "number" ? String(value) : quoteText(String(value));
