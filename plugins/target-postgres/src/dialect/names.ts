/** How PostgreSQL names tables and columns. */
import { quoteName as quote } from "@tapline/columns";
import type { Names } from "@tapline/sql";

export const names: Names = {
  fallbackSchema: "public",
  /** Quoted names keep their case. */
  fold: (name) => name,
  maxNameBytes: 63,
  reservedColumns: ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"],
  /** The server also refuses every schema whose name starts with "pg_". */
  reservedSchemas: ["pg_catalog", "pg_toast", "information_schema"],
  quote,
  /** Tables of other databases can't be named. */
  qualify: (_database, { schema, table }) => `${quote(schema)}.${quote(table)}`,
  qualifySchema: (_database, schema) => quote(schema),
};
