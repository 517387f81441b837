/** The failures of a database file that every DuckDB plugin may meet. */
import { defineErrors, type ErrorEntry } from "@tapline/sdk";

/** In messages: the file, as an absolute path. */
export interface FilePath {
  path: string;
}

export const duckdbErrorCatalogue = {
  filepath_in_memory: {
    class: "config",
    message: (p: FilePath) => `filepath is ${JSON.stringify(p.path)}, a database in memory, which only the process that made it can use`,
    hint: "Set filepath to a file, for example warehouse.duckdb.",
  },
  filepath_not_local: {
    class: "config",
    message: (p: FilePath) => `filepath is ${JSON.stringify(p.path)}, which is not a local file`,
    hint: "Set filepath to a file on this machine.",
  },
  filepath_is_directory: {
    class: "config",
    message: (p: FilePath) => `filepath ${p.path} is a folder`,
    hint: "Name a file in it, for example by adding /warehouse.duckdb.",
  },
  not_a_database: {
    class: "config",
    message: (p: FilePath & { kind: string }) => `${p.path} is ${p.kind}, not a DuckDB database`,
    hint: "Set filepath to another path, for example warehouse.duckdb. This file was not changed.",
  },
  database_version: {
    class: "config",
    message: (p: FilePath & { reason: string }) =>
      `The database ${p.path} was written by a version of DuckDB that this plugin can't read: ${p.reason}`,
    hint: "Use the same DuckDB version on both sides, or move the data with EXPORT DATABASE and IMPORT DATABASE.",
  },
  database_locked: {
    class: "connection",
    recovery: "retry",
    message: (p: FilePath & { holder: string }) => `The database ${p.path} is locked by another process: ${p.holder}`,
    hint: "DuckDB lets one process write a file, and nobody reads it meanwhile. Close that program (a notebook, the duckdb shell, another run) and run again.",
  },
  temporary_folder: {
    class: "connection",
    message: (p: FilePath & { reason: string }) => `The temporary folder ${p.path} can't be used: ${p.reason}`,
    hint: "Small files of a run pass through it: set TMPDIR to a folder this user can write to.",
  },
  memory_limit_reached: {
    class: "config",
    message: (p: { reason: string }) => `DuckDB ran into its memory limit: ${p.reason}`,
    hint: "Raise memory_limit in the plugin's config, or lower threads.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const duckdbErrors = defineErrors(duckdbErrorCatalogue);
