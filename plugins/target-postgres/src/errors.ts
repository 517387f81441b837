/** Failures of this target alone: of a cutover and of databases for a trial. Those of the connection and of rows are in @tapline/postgres and @tapline/sql. */
import { defineErrors, type ErrorEntry } from "@tapline/sdk";

export const targetPostgresErrorCatalogue = {
  cutover_refused: {
    class: "config",
    message: (p: { database: string; problems: readonly string[] }) =>
      `The schemas of ${p.database} can't be renamed: ${p.problems.join("; ")}`,
    hint: "Nothing was changed. Mend what is named, then look with --dry-run.",
  },
  cutover_blocked: {
    class: "connection",
    recovery: "retry",
    message: (p: { database: string; waitMs: number; sessions: readonly string[] }) =>
      `Other sessions of ${p.database} hold locks on the tables for more than ${p.waitMs / 1000} s: ${p.sessions.join("; ") || "they ended meanwhile"}`,
    hint: "Nothing was changed. Wait until they have ended, or end them (SELECT pg_terminate_backend(PID)), then run the same command again.",
  },
  scratch_refused: {
    class: "config",
    message: (p: { user: string; database: string }) => `${p.user} may not make a database for a trial beside ${p.database}`,
    hint: (p: { user: string }) =>
      `Allow it (ALTER ROLE "${p.user.replaceAll('"', '""')}" CREATEDB), use a server that is there only for the check, or leave out \`ci.scratch\`: then it is a DuckDB file.`,
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(targetPostgresErrorCatalogue);
