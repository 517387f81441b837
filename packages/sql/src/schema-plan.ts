/** What must be done to a table so that a stream's columns fit in: a plan as data, made from what is there and what is wanted. Pure. */
import type { JsonSchema } from "@tapline/protocol";
import type { TableDescription } from "./connection.ts";
import { type Dialect, typeName } from "./dialect.ts";
import { errors } from "./errors.ts";
import { checkName } from "./identifier.ts";
import type { TableName } from "./table-name.ts";
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
  /** The column takes no NULL, and that is to be looked at before the database does. */
  isRequired?: boolean;
}

export interface SchemaPlan {
  statements: string[];
  columns: PlannedColumn[];
}

/** @throws no_columns, column_collision, name_too_long, name_empty */
export function wantedColumns(dialect: Dialect, schema: JsonSchema, stream: string): WantedColumn[] {
  const seen = new Map<string, string>();
  const columns = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    checkName(dialect, name, "column", { stream, column: name });
    const first = seen.get(dialect.fold(name));
    if (first !== undefined) throw errors.column_collision({ first, second: name, database: dialect.name }, { stream, column: name });
    seen.set(dialect.fold(name), name);
    return { name, type: columnType(property, dialect) };
  });
  if (columns.length === 0) throw errors.no_columns({}, { stream });
  return columns;
}

/**
 * `existing`: the table's columns, null when there is no table; its schema is made first unless `hasSchema`.
 * @throws type_conflict
 */
export function planSchema(
  dialect: Dialect,
  place: { database: string; table: TableName; hasSchema: boolean },
  existing: TableDescription["columns"] | null,
  wanted: readonly WantedColumn[],
  stream: string,
): SchemaPlan {
  const { quote, storedAs, fold } = dialect;
  const name = dialect.qualify(place.database, place.table);
  const define = (column: WantedColumn) => `${quote(column.name)} ${typeName(dialect, column.type)}`;
  if (existing === null) {
    const schema = dialect.qualifySchema(place.database, place.table.schema);
    const statements = [`CREATE TABLE ${name} (${wanted.map(define).join(", ")})`];
    if (!place.hasSchema) statements.unshift(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    return { statements, columns: wanted.map((column) => ({ ...column, columnName: column.name })) };
  }
  const byName = new Map(existing.map((column) => [fold(column.name), column]));
  const statements: string[] = [];
  const columns = wanted.map((column) => {
    const present = byName.get(fold(column.name));
    if (present === undefined) {
      statements.push(`ALTER TABLE ${name} ADD COLUMN ${define(column)}`);
      return { ...column, columnName: column.name };
    }
    const type = storedAs(column.type, present.type);
    if (type === null) {
      const params = { table: name, column: present.name, existing: present.type, wanted: typeName(dialect, column.type) };
      throw errors.type_conflict({ ...params, quoted: quote(present.name) }, { stream, column: column.name });
    }
    return { name: column.name, columnName: present.name, type, ...(present.isRequired && { isRequired: true }) };
  });
  return { statements, columns };
}
