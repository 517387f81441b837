/** The failures of this target alone, by code: of settings and of the database file. Those of every DuckDB file are in `@tapline/duckdb`, those of tables in `@tapline/sql`, those of values in `@tapline/columns`. */
import { duckdbErrorCatalogue } from "@tapline/duckdb";
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

interface Path {
  path: string;
}

export const targetDuckdbErrorCatalogue = {
  database_missing: {
    class: "config",
    message: (p: Path & { reason: string }) => `The database ${p.path} can't be read: ${p.reason}`,
    hint: "The first run into this target makes it. If there was one, check filepath: a relative path starts at the folder the command runs in.",
  },
  folder_not_writable: {
    class: "config",
    message: (p: Path & { reason: string }) => `The folder of the database, ${p.path}, can't be made or written to (${p.reason})`,
    hint: "DuckDB keeps a write-ahead log beside its file: give this user write permission on the folder, or choose another filepath.",
  },
  database_replaced: {
    class: "config",
    message: (p: Path & { what: string }) =>
      `The database ${p.path} ${p.what}: it was deleted, moved or replaced during the load, so what was loaded is not at this path`,
    hint: "Let nothing move or delete the file during a run. Where it was moved, move it back (with its .wal file) and run again; else run with --full-refresh.",
  },
  no_permission: {
    class: "config",
    message: (p: Path) => `No permission to read and write the database file ${p.path}`,
    hint: "Give the user that runs the target read and write permission on the file and its folder.",
  },
  disk_full: {
    class: "connection",
    recovery: "retry",
    message: (p: { reason: string }) => `The disk is full: ${p.reason}`,
    hint: "Free space for the database file and for the temporary folder (TMPDIR chooses it), then run again; nothing of this commit was kept.",
  },
  file_limit_reached: {
    class: "config",
    message: (p: { reason: string }) => `A file may not grow any further: ${p.reason}`,
    hint: "There is a limit on the size of files: of this shell or service (ulimit -f, LimitFSIZE=) or of the file system. Raise it, then run again; nothing of this commit was kept.",
  },
  database_error: {
    class: "connection",
    message: (p: { reason: string }) => `DuckDB reports: ${p.reason}`,
    hint: "Everything since the last commit was rolled back. If DuckDB's message does not show the cause, report it with that message.",
  },
  alter_refused: {
    class: "config",
    message: (p: { table: string; reason: string }) => `DuckDB can't change a column of table ${p.table}: ${p.reason}`,
    hint: "A constraint, a generated column or another table's foreign key depends on it. The table is unchanged: change it yourself, or set schema_policy to new_column for this stream, which puts the values into a second column.",
  },
  generated_refused: {
    class: "config",
    message: (p: { table: string; reason: string }) => `DuckDB generates the values of a column of table ${p.table}: ${p.reason}`,
    hint: "Leave the property out with the catalog (tapline select), or load into a table in which no column of the stream is generated.",
  },
  index_in_the_way: {
    class: "config",
    message: (p: { table: string; names: string }) =>
      `A column of table ${p.table} has to change its type, which DuckDB refuses because of an index of the table (${p.names})`,
    hint: "Drop the index, run again, and make it again; or set schema_policy to new_column for this stream. The table is unchanged.",
  },
  constraint_violated: {
    class: "data",
    message: (p: { table: string; reason: string }) => `A constraint of table ${p.table} refuses a row: ${p.reason}`,
    hint: "Repair the row at its source, drop the constraint, or load into another table. A unique index refuses to have a row replaced: drop it, or make it a UNIQUE constraint of the table.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors({ ...duckdbErrorCatalogue, ...targetDuckdbErrorCatalogue });
