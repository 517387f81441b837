/**
 * What a SQL database is like, as far as the load depends on it: data and pure functions, no I/O. Its parts hold all SQL text that
 * a target runs, apart from the text that finds out about tables and sessions, which is the plugin's own.
 */
import type { Merge } from "./merge.ts";
import type { Names } from "./names.ts";
import type { Statements } from "./statements.ts";
import type { Traits } from "./traits.ts";
import type { Types } from "./types.ts";

export interface Dialect {
  /** The database's name for messages: "DuckDB". */
  name: string;
  types: Types;
  names: Names;
  statements: Statements;
  merge: Merge;
  traits: Traits;
}
