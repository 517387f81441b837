/** A table for rows that a merge sets aside. Pure. */
import type { MergeWords } from "./merge.ts";

export interface Aside {
  /** Makes the table without rows; undefined where `collect` makes it. */
  prepare: string | undefined;
  collect: string;
  /** Drops it in the transaction, or after the commit: one of them is there. */
  finish: string | undefined;
  clean: string | undefined;
}

/** `table`: its name; `query`: what is in it. Where DDL commits, it is made before the transaction begins and dropped after its commit. */
export function asideTable({ ddlCommits = false }: MergeWords, table: string, query: string): Aside {
  if (!ddlCommits)
    return {
      prepare: undefined,
      collect: `CREATE TEMPORARY TABLE ${bare(table)} AS ${query}`,
      finish: `DROP TABLE ${table}`,
      clean: undefined,
    };
  return {
    prepare: `CREATE OR REPLACE TEMPORARY TABLE ${table} AS SELECT * FROM (${query}) AS aside LIMIT 0`,
    collect: `INSERT INTO ${table} ${query}`,
    finish: undefined,
    clean: `DROP TABLE ${table}`,
  };
}

/** The name without the schema of temporary tables, as CREATE wants it. */
const bare = (name: string): string => name.slice(name.indexOf(".") + 1);
