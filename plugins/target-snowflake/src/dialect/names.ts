/** How Snowflake names tables and columns. */
import { quoteName } from "@tapline/columns";
import type { Names } from "@tapline/sql";

/** `upper`: names are made in upper case, so that SQL finds them without quotes. `exact`: as the stream spells them. */
export type IdentifierCase = "upper" | "exact";

export function makeNames(identifierCase: IdentifierCase, fallbackSchema: string): Names {
  const fold = (name: string): string => (identifierCase === "upper" ? name.toUpperCase() : name);
  const quote = (name: string): string => quoteName(fold(name));
  return {
    fallbackSchema,
    fold,
    maxNameBytes: 255,
    // Columns that landing tables have beside those of the stream, and the names that a column has while it is widened.
    reservedColumns: [rowColumn, keptColumn].map(fold),
    reservedSchemas: ["INFORMATION_SCHEMA", ...(identifierCase === "exact" ? ["information_schema"] : [])],
    quote,
    qualify: (database, { schema, table }) => `${quoteName(database)}.${quote(schema)}.${quote(table)}`,
    qualifySchema: (database, schema) => `${quoteName(database)}.${quote(schema)}`,
  };
}

/** The order of rows: tables have no row ids, so landing tables have this column. */
export const rowColumn = "_tapline_row";
/** A column of landing tables: the row got values of the row that it replaces. */
export const keptColumn = "_tapline_kept";

/** Another table in the schema of this one, which is quoted and qualified. `name` is quoted. */
export function besideTable(table: string, name: string): string {
  const schema = /^((?:"(?:[^"]|"")*"\.)+)"(?:[^"]|"")*"$/.exec(table)?.[1];
  if (schema === undefined) throw new Error(`${table} is not a qualified name`);
  return schema + name;
}
