/** A table is altered by a copy that takes its place: for databases that can't alter it any more, or not as fast. */

import { randomBytes } from "node:crypto";
import { typeName } from "@tapline/columns";
import { type Alteration, commentStatement, describeAlterations } from "./alteration.ts";
import type { ExistingColumn, TableDescription } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import { errors } from "./errors.ts";
import type { TableName } from "./names/table-name.ts";
import type { TableContext } from "./table-context.ts";

/** Beyond so many a table is copied, where that is possible: in one of 1,700 columns DuckDB takes 10 ms and 0.6 MB for each. */
const mostAlterations = 100;

export interface CopyQuestion {
  existing: TableDescription;
  alterations: readonly Alteration[];
  /** Rows of before the open transaction went in it. */
  rowsWent: boolean;
  /** Quoted, for messages. */
  table: string;
  stream: string;
}

/** Whether the table is to be copied, and not altered. @throws copy_refused */
export function isCopied(dialect: Dialect, { existing, alterations, rowsWent, table, stream }: CopyQuestion): boolean {
  const { copiesToAlter, name } = dialect;
  if (!copiesToAlter || alterations.length === 0) return false;
  const isConverted = alterations.some((step) => step.kind === "widen" && dialect.types.convertsByCopy?.(step.from, step.to) === true);
  if (!existing.hasDependents) return rowsWent || isConverted || alterations.length > mostAlterations;
  if (!rowsWent && !isConverted) return false;
  const reason = rowsWent ? "rows of it were replaced in this transaction" : `${name} can't bring such a change back after a crash`;
  throw errors.copy_refused({ table, changes: describeAlterations(dialect, alterations), reason }, { stream });
}

/** Rows keep their order. Nothing but rows, columns and their comments is copied. */
export async function copyTable(
  { dialect, connection }: TableContext,
  place: TableName,
  columns: readonly ExistingColumn[],
  alterations: readonly Alteration[],
): Promise<void> {
  const qualify = (name: TableName): string => dialect.qualify(connection.database, name);
  const [table, copy] = [qualify(place), qualify(hiddenTable(place.schema, "copy"))];
  const values = copiedColumns(dialect, columns, alterations).join(", ");
  for (const statement of [
    `CREATE TABLE ${copy} AS SELECT ${values} FROM ${table}`,
    `DROP TABLE ${table}`,
    `ALTER TABLE ${copy} RENAME TO ${dialect.quote(place.table)}`,
  ])
    await connection.run(statement, table);
  for (const { name, comment } of columns)
    if (comment !== undefined) await connection.run(commentStatement(dialect, table, name, comment), table);
}

/** A table that a load has for itself until it takes the place of another: its name is nobody else's. */
export function hiddenTable(schema: string, use: "new" | "copy"): TableName {
  return { schema, table: `_tapline_${use}_${randomBytes(8).toString("hex")}` };
}

function copiedColumns(dialect: Dialect, columns: readonly ExistingColumn[], alterations: readonly Alteration[]): string[] {
  const { quote, types } = dialect;
  const widened = new Map(alterations.map((step) => [step.kind === "widen" ? step.name : undefined, step]));
  const copied = columns.map(({ name }) => {
    const [column, step] = [quote(name), widened.get(name)];
    return step?.kind === "widen" ? `${types.convert(column, step.from, step.to)} AS ${column}` : column;
  });
  const added = alterations.filter((step) => step.kind === "add");
  return [...copied, ...added.map(({ name, type }) => `CAST(NULL AS ${typeName(dialect.types, type)}) AS ${quote(name)}`)];
}
