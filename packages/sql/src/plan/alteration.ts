/** One step that makes or changes a table. Pure. */
import { type ColumnType, typeName } from "@tapline/columns";
import type { Dialect } from "../dialect/dialect.ts";
import type { NewColumn, WidenedColumn } from "../dialect/statements.ts";

export type Alteration = { kind: "add"; name: string; type: ColumnType } | ({ kind: "widen" } & WidenedColumn);

/** The columns of a new table. */
export function newColumns(alterations: readonly Alteration[]): NewColumn[] {
  return alterations.map((step) => ({ name: step.name, type: typeAfter(step) }));
}

/** SQL that changes an existing table; it also fits another table with the same columns. */
export function alterStatements({ statements }: Dialect, table: string, alterations: readonly Alteration[]): string[] {
  return alterations.flatMap((step) => (step.kind === "add" ? statements.addColumn(table, step) : statements.alterColumn(table, step)));
}

/** For messages: how the table differs from what the stream needs. */
export function describeAlterations({ types }: Dialect, alterations: readonly Alteration[]): string[] {
  return alterations.map((step) => {
    const [name, type] = [JSON.stringify(step.name), typeName(types, typeAfter(step))];
    if (step.kind === "add") return `column ${name} (${type}) is missing`;
    return `column ${name} is ${typeName(types, step.from)} and ${type} is needed`;
  });
}

function typeAfter(step: Alteration): ColumnType {
  return step.kind === "add" ? step.type : step.to;
}
