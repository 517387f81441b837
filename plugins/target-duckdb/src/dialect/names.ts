/** How DuckDB names tables and columns. */
import { quoteName as quote } from "@tapline/columns";
import { foldCase, type Names } from "@tapline/sql";

export const names: Names = {
  fallbackSchema: "main",
  /** DuckDB ignores the case of ASCII letters and of no others. */
  fold: foldCase,
  maxNameBytes: undefined,
  reservedColumns: ["rowid"],
  reservedSchemas: ["information_schema", "pg_catalog"],
  quote,
  /** With the database's name: a schema with the same name as the database would be ambiguous without it. */
  qualify: (database, { schema, table }) => `${quote(database)}.${quote(schema)}.${quote(table)}`,
  qualifySchema: (database, schema) => `${quote(database)}.${quote(schema)}`,
};
