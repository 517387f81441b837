/** PostgreSQL's SQL. Pure. */
import { type Dialect, standardStatements } from "@tapline/sql";
import { merge, rowId } from "./merge.ts";
import { names } from "./names.ts";
import { types } from "./types.ts";

export const dialect: Dialect = {
  name: "PostgreSQL",
  types,
  names,
  statements: standardStatements(names, types),
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
