/** PostgreSQL's SQL. Pure. */
import { quoteText } from "@tapline/columns";
import { type Dialect, standardStatements } from "@tapline/sql";
import { merge, rowId } from "./merge.ts";
import { names } from "./names.ts";
import { types } from "./types.ts";

export const dialect: Dialect = {
  name: "PostgreSQL",
  types,
  names,
  statements: { ...standardStatements(names, types), createSchema },
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

/** With IF NOT EXISTS alone the later of two sessions that make the schema at once waits for the other's commit, and then fails. */
function createSchema(schema: string): string {
  return `DO ${quoteText(`BEGIN CREATE SCHEMA IF NOT EXISTS ${schema}; EXCEPTION WHEN unique_violation THEN NULL; END`)}`;
}
