/** How a database names tables and columns. */
import type { NameRules } from "../names/fit-name.ts";
import type { TableName } from "../names/table-name.ts";

export interface Names extends Pick<NameRules, "fold" | "maxNameBytes"> {
  /** Schema of tables whose stream names none. */
  fallbackSchema: string;
  /** Folded names that columns can't have, because they are names of pseudo-columns. */
  reservedColumns: readonly string[];
  /** Folded names of schemas in which no table can be made. */
  reservedSchemas: readonly string[];
  quote(name: string): string;
  /** The table's quoted name with all the database needs to find it; `database` is `Connection.database`. */
  qualify(database: string, table: TableName): string;
  qualifySchema(database: string, schema: string): string;
}
