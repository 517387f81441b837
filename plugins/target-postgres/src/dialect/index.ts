/** PostgreSQL's SQL. Pure. */
import { quoteText } from "@tapline/columns";
import { type Dialect, standardStatements, type TableName } from "@tapline/sql";
import { merge, rowId } from "./merge.ts";
import { names } from "./names.ts";
import { types } from "./types.ts";

export const dialect: Dialect = {
  name: "PostgreSQL",
  types,
  names,
  statements: {
    ...standardStatements(names, types),
    createSchema,
    findTables,
    // Without an option `.` and brackets take a newline, and ^ and $ are the ends of the text.
    matches: (value, pattern) => `${value} ~ ${quoteText(`^(${pattern})$`)}`,
  },
  merge,
  traits: {
    ddl: "transactional",
    order: { pseudo: rowId },
    savepoints: true,
    keysEnforced: true,
    sharesTables: true,
    altersByCopy: false,
    maxColumns: 1600,
  },
};

/** The standard's catalog leaves out tables that the role has no rights on, and reads the rights of all. */
function findTables(_database: string, tables: readonly TableName[]): string {
  const list = tables.map(({ schema, table }) => `(${quoteText(schema)}, ${quoteText(table)})`);
  return `SELECT '=' || n.nspname, '=' || c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND (n.nspname, c.relname) IN (${list.join(", ")})`;
}

/** With IF NOT EXISTS alone the later of two sessions that make the schema at once waits for the other's commit, and then fails. */
function createSchema(schema: string): string {
  return `DO ${quoteText(`BEGIN CREATE SCHEMA IF NOT EXISTS ${schema}; EXCEPTION WHEN unique_violation THEN NULL; END`)}`;
}
