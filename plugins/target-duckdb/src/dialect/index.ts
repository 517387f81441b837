/** DuckDB's SQL. Pure. */
import { quoteText } from "@tapline/columns";
import { type Dialect, standardStatements } from "@tapline/sql";
import { merge, rowId } from "./merge.ts";
import { names } from "./names.ts";
import { types } from "./types.ts";

export const dialect: Dialect = {
  name: "DuckDB",
  types,
  names,
  statements: {
    ...standardStatements(names, types),
    matches: (value, pattern) => `regexp_full_match(${value}, ${quoteText(pattern)}, 's')`,
  },
  merge,
  traits: {
    ddl: "transactional",
    order: { pseudo: rowId },
    savepoints: false,
    keysEnforced: false,
    sharesTables: false,
    altersByCopy: true,
    maxColumns: undefined,
  },
};
