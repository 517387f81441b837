/** The COPY statement. */
import { quoteName, type TargetColumn } from "@tapline/columns";
import type { CopyFormat } from "@tapline/postgres";

/** The same for columns of a file, in the binary format. */
export function copyBinaryInto(landing: string, columnNames: readonly string[]): string {
  return `COPY ${landing} (${columnNames.map(quoteName).join(", ")}) FROM STDIN (FORMAT binary)`;
}

/** @returns the statement for a landing table and a format */
export function copyInto(columns: readonly TargetColumn[]): (landing: string, format: CopyFormat["name"]) => string {
  const list = columns.map((column) => quoteName(column.columnName)).join(", ");
  return (landing, format) => `COPY ${landing} (${list}) FROM STDIN (FORMAT ${format})`;
}
