/** A table or view as a source of lines. */
import type { ReadContext } from "@tapline/sdk";
import { expectColumns, tableName } from "@tapline/sql-tap";
import type { DuckTable } from "../discover/tables.ts";
import type { LineSource } from "./table-lines.ts";

/** @throws columns_gone */
export function linesOfTable(table: DuckTable, { columns }: ReadContext): LineSource {
  expectColumns(table, columns);
  return { label: tableName(table), source: table.source, columns: table.columns, keys: table.keys, isView: table.isView };
}
