/** The COPY statement. */
import { quoteName, type TargetColumn } from "@tapline/columns";
import type { CopyFormat } from "@tapline/postgres";

/** @returns the statement for a landing table and a format */
export function copyInto(columns: readonly TargetColumn[]): (landing: string, format: CopyFormat["name"]) => string {
  const list = columns.map((column) => quoteName(column.columnName)).join(", ");
  return (landing, format) => `COPY ${landing} (${list}) FROM STDIN (FORMAT ${format})`;
}
