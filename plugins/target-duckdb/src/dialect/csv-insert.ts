/**
 * The statement that loads a file of canonical CSV (`BatchEncoding.canonical`) into a table. Everything about the file is stated, nothing detected.
 * Decimals are read as numbers of 18 digits, which takes a sixth of the time of 38, and made wider by the insert.
 */
import { quoteName, quoteText, type TargetColumn, typeName } from "@tapline/columns";
import type { CsvFile, FileColumn, WrittenRows } from "@tapline/sdk";
import { columnsOfFile, fileDigits, sqlConstant } from "@tapline/sql";
import { types } from "./types.ts";

/** @returns the statement for a landing table */
export function csvInsert(columns: readonly TargetColumn[], file: WrittenRows<CsvFile>): (landing: string) => string {
  const { cells, constants, sequence } = columnsOfFile(columns, file);
  const parts: [name: string, value: string][] = [];
  for (const [index, column] of cells.entries()) if (column !== undefined) parts.push([column.columnName, `c${index}`]);
  for (const [{ columnName, type }, value] of constants) parts.push([columnName, `${sqlConstant(value)}::${typeName(types, type)}`]);
  if (sequence !== undefined) parts.push([sequence.column.columnName, `row_number() OVER () + ${sequence.from - 1}`]);
  const names = parts.map(([name]) => quoteName(name)).join(", ");
  const values = parts.map(([, value]) => value).join(", ");
  return (landing) => `INSERT INTO ${landing} (${names}) SELECT ${values} FROM ${reader(file)}`;
}

function reader({ path, columns, delimiter, quote, lineEnd }: WrittenRows<CsvFile>): string {
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
