/** How many digits the numbers of a column have by now: what a wider type must hold. */
import { type Digits, isInteger, isNumber, moreDigits, type TargetColumn } from "@tapline/columns";
import type { TableContext } from "./table-context.ts";

/** `tables`: quoted, all that have rows of the column. Null where some value is no decimal; integers have as many as their type. */
export async function storedDigits(
  context: TableContext,
  tables: readonly string[],
  { columnName, type }: TargetColumn,
): Promise<Digits | null> {
  return isNumber(type) && !isInteger(type) ? measureDigits(context, tables, columnName) : { whole: 0, scale: 0 };
}

export async function measureDigits(
  { dialect, connection }: TableContext,
  tables: readonly string[],
  column: string,
): Promise<Digits | null> {
  let most: Digits | null = { whole: 0, scale: 0 };
  if (dialect.types.measure === undefined) return most;
  for (const table of tables) {
    const [row] = await connection.query(dialect.types.measure(table, dialect.quote(column)), table);
    if (row === undefined) continue;
    const [whole, scale] = row;
    if (whole === null || scale === null || most === null) most = null;
    else most = moreDigits(most, { whole: Number(whole), scale: Number(scale) });
  }
  return most;
}
