/** One step that makes a table or changes it, and its SQL. Pure. */
import { type ColumnType, quoteText, typeName } from "@tapline/columns";
import type { Dialect } from "./dialect.ts";

/** Each can be made on another table of the same columns too. */
export type Alteration =
  | { kind: "add"; name: string; type: ColumnType }
  | { kind: "widen"; name: string; from: ColumnType; to: ColumnType };

/** SQL for a new table. */
export function createStatement(dialect: Dialect, table: string, alterations: readonly Alteration[]): string {
  const columns = alterations.map((step) => `${dialect.quote(step.name)} ${typeName(dialect.types, typeAfter(step))}`);
  return `CREATE TABLE ${table} (${columns.join(", ")})`;
}

/** SQL for the steps on a table of these columns. */
export function alterStatements(dialect: Dialect, table: string, alterations: readonly Alteration[]): string[] {
  const { quote, types } = dialect;
  return alterations.map((step) => {
    const column = quote(step.name);
    const type = typeName(dialect.types, typeAfter(step));
    if (step.kind === "add") return `ALTER TABLE ${table} ADD COLUMN ${column} ${type}`;
    return `ALTER TABLE ${table} ALTER COLUMN ${column} TYPE ${type} USING ${types.convert(column, step.from, step.to)}`;
  });
}

export function commentStatement({ quote }: Dialect, table: string, column: string, comment: string): string {
  return `COMMENT ON COLUMN ${table}.${quote(column)} IS ${quoteText(comment)}`;
}

/** What is amiss, for messages. */
export function describeAlterations(dialect: Dialect, alterations: readonly Alteration[]): string[] {
  return alterations.map((step) => {
    const [name, type] = [JSON.stringify(step.name), typeName(dialect.types, typeAfter(step))];
    if (step.kind === "add") return `column ${name} (${type}) is missing`;
    return `column ${name} is ${typeName(dialect.types, step.from)} and ${type} is needed`;
  });
}

function typeAfter(step: Alteration): ColumnType {
  return step.kind === "add" ? step.type : step.to;
}
