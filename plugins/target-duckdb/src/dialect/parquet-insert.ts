/** The statement that loads a Parquet file into a table. */
import { type ColumnType, columnLabel, quoteName, quoteText, type TargetColumn, typeName } from "@tapline/columns";
import { types } from "./types.ts";

/** @returns the statement for a landing table and a file */
export function parquetInsert(columns: readonly TargetColumn[]): (landing: string, path: string) => string {
  const names = columns.map((column) => quoteName(column.columnName)).join(", ");
  const values = columns.map(({ type }, index) => `${columnLabel(index)}${castOf(type)}`).join(", ");
  // Without the option a folder on the path that is called c0=7 gives every row that value.
  const source = (path: string): string => `read_parquet(${quoteText(path)}, hive_partitioning = false)`;
  return (landing, path) => `INSERT INTO ${landing} (${names}) SELECT ${values} FROM ${source(path)}`;
}

/** For types that Parquet does not have; DuckDB makes numbers narrower or wider itself, exactly. */
function castOf(type: ColumnType): string {
  return ["json", "uuid", "interval"].includes(type.kind) ? `::${typeName(types, type)}` : "";
}
