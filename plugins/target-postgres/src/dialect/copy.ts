/** The COPY statement. */
import { quoteName, type TargetColumn } from "@tapline/columns";

/** @returns the statement for a landing table */
export function copyInto(columns: readonly TargetColumn[]): (landing: string) => string {
  const list = columns.map((column) => quoteName(column.columnName)).join(", ");
  return (landing) => `COPY ${landing} (${list}) FROM STDIN`;
}
