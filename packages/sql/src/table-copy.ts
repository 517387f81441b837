/** A table is altered by a copy that takes its place: for databases that can't alter it any more, or not as fast. */
import { randomBytes } from "node:crypto";
import type { Connection, ExistingColumn } from "./connection.ts";
import { type Dialect, typeName } from "./dialect.ts";
import type { TableName } from "./names/table-name.ts";
import { type Alteration, commentStatement } from "./schema-plan.ts";

/** Rows keep their order. Nothing but rows, columns and their comments is copied. */
export async function copyTable(
  connection: Connection,
  dialect: Dialect,
  place: TableName,
  columns: readonly ExistingColumn[],
  alterations: readonly Alteration[],
): Promise<void> {
  const qualify = (table: string): string => dialect.qualify(connection.database, { ...place, table });
  const [table, copy] = [qualify(place.table), qualify(`_tapline_copy_${randomBytes(8).toString("hex")}`)];
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

function copiedColumns(dialect: Dialect, columns: readonly ExistingColumn[], alterations: readonly Alteration[]): string[] {
  const { quote, convert } = dialect;
  const widened = new Map(alterations.map((step) => [step.kind === "widen" ? step.name : undefined, step]));
  const copied = columns.map(({ name }) => {
    const [column, step] = [quote(name), widened.get(name)];
    return step?.kind === "widen" ? `${convert(column, step.from, step.to)} AS ${column}` : column;
  });
  const added = alterations.filter((step) => step.kind === "add");
  return [...copied, ...added.map(({ name, type }) => `CAST(NULL AS ${typeName(dialect, type)}) AS ${quote(name)}`)];
}
