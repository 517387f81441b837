/** Asks the server for what changes lack before they become lines: values that it converts, and values that only the table has. */
import type { Session } from "@tapline/postgres";
import type { PostgresColumn, PostgresTable } from "../discover/tables.ts";
import type { Change, ChangeColumns } from "./change.ts";
import { convert, lookUp } from "./column-values.ts";
import { tupleKind } from "./pgoutput.ts";

export interface WaitingChange extends Change {
  /** Of looked-up and converted columns, by their index; null is NULL. */
  values: Map<number, Buffer | null>;
}

export interface FilledTable {
  table: PostgresTable;
  columns: ChangeColumns;
  /** Columns whose values the server converts, by their index. */
  converted: ReadonlyMap<number, PostgresColumn>;
}

/** @throws errors of the server, such as for a column that is gone: the next run reads such a table again */
export async function fillValues(session: Session, waiting: readonly WaitingChange[], filled: FilledTable): Promise<void> {
  for (const change of waiting)
    if (change.mustBeWhole === true && change.deletedAt === undefined) await fillLacking(session, change, filled);
  for (const [i, column] of filled.converted) await convertColumn(session, waiting, filled.columns, [i, column]);
}

async function fillLacking(session: Session, change: WaitingChange, { table, columns }: FilledTable): Promise<void> {
  const lacking = columns.lacking(change);
  if (lacking.length === 0) return;
  const nameOf = (i: number): string => columns.names[i] as string;
  const key = columns.keys.map((i) => ({ name: nameOf(i), value: columns.textOf(change, i) }));
  const found = await lookUp(session, table, key, lacking.map(nameOf));
  // A row that is not there any more has another change in the log, after this one.
  for (const [n, i] of lacking.entries()) {
    const value = found?.[n] ?? null;
    change.values.set(i, value === null ? null : Buffer.from(value));
  }
}

async function convertColumn(
  session: Session,
  waiting: readonly WaitingChange[],
  columns: ChangeColumns,
  [i, column]: readonly [number, PostgresColumn],
): Promise<void> {
  const texts: { change: WaitingChange; text: string }[] = [];
  for (const change of waiting) {
    const known = change.values.get(i);
    if (known !== undefined && known !== null) texts.push({ change, text: known.toString() });
    else if (known === undefined && columns.isInLine(change, i) && columns.kindOf(change, i) === tupleKind.text)
      texts.push({ change, text: columns.textOf(change, i) });
  }
  if (texts.length === 0) return;
  const list = texts.map(({ text }) => text);
  const values = await convert(session, column, list);
  for (const [n, { change }] of texts.entries()) change.values.set(i, values[n] as Buffer);
}
