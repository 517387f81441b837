/** What must be done to a table so that a stream's columns fit in: a plan as data, made from what is there and what is wanted. Pure. */
import type { JsonSchema } from "@tapline/protocol";
import { qualify, quote, sqlType, storedAs } from "./dialect.ts";
import { errors } from "./errors.ts";
import { foldName, type TableName } from "./table-name.ts";
import { type ColumnType, columnType } from "./type-map.ts";

export interface WantedColumn {
  name: string;
  type: ColumnType;
}

export interface PlannedColumn {
  /** The property's name in rows. */
  name: string;
  /** The column's name in the table; it can differ in case where the table was there before. */
  columnName: string;
  /** What values are converted to: the type of the column in the table. */
  type: ColumnType;
}

export interface SchemaPlan {
  statements: string[];
  columns: PlannedColumn[];
}

/** @throws no_columns, column_collision */
export function wantedColumns(schema: JsonSchema, stream: string): WantedColumn[] {
  const seen = new Map<string, string>();
  const columns = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const first = seen.get(foldName(name));
    if (first !== undefined) throw errors.column_collision({ first, second: name }, { stream, column: name });
    seen.set(foldName(name), name);
    return { name, type: columnType(property) };
  });
  if (columns.length === 0) throw errors.no_columns({}, { stream });
  return columns;
}

/** `existing`: the table's columns, null when there is no table. @throws type_conflict */
export function planSchema(
  database: string,
  table: TableName,
  existing: readonly { name: string; type: string }[] | null,
  wanted: readonly WantedColumn[],
  stream: string,
): SchemaPlan {
  const name = qualify(database, table);
  if (existing === null) {
    const list = wanted.map((column) => `${quote(column.name)} ${sqlType(column.type)}`).join(", ");
    return {
      statements: [`CREATE SCHEMA IF NOT EXISTS ${quote(database)}.${quote(table.schema)}`, `CREATE TABLE IF NOT EXISTS ${name} (${list})`],
      columns: wanted.map((column) => ({ ...column, columnName: column.name })),
    };
  }
  const byName = new Map(existing.map((column) => [foldName(column.name), column]));
  const statements: string[] = [];
  const columns = wanted.map((column) => {
    const present = byName.get(foldName(column.name));
    if (present === undefined) {
      statements.push(`ALTER TABLE ${name} ADD COLUMN ${quote(column.name)} ${sqlType(column.type)}`);
      return { ...column, columnName: column.name };
    }
    const type = storedAs(column.type, present.type);
    if (type === null)
      throw errors.type_conflict(
        { table: name, column: present.name, existing: present.type, wanted: sqlType(column.type) },
        { stream, column: column.name },
      );
    return { name: column.name, columnName: present.name, type };
  });
  return { statements, columns };
}
