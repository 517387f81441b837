/** The errors of the plugin dbt, by code. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

export const dbtErrorCatalogue = {
  target_unsupported: {
    class: "config",
    message: (p: { target: string; executable: string }) => `dbt does not support the target ${p.target} (${p.executable})`,
    hint: "Set target to a plugin in tapline.yml that is target-duckdb or target-postgres, or that inherits from one of them.",
  },
  dbt_not_installed: {
    class: "config",
    message: () => "dbt is not installed for this project and target",
    hint: "Install it: tapline dbt install (for a plugin that inherits from dbt: tapline install PLUGIN). To use another dbt: tapline config set dbt executable PATH",
  },
  executable_missing: {
    class: "config",
    message: (p: { path: string; reason: string }) => `${p.path} can't be started: ${p.reason}`,
    hint: "Set executable to a dbt program (a path, or a name in PATH), or remove the setting and run: tapline dbt install",
  },
  project_missing: {
    class: "config",
    message: (p: { folder: string }) => `There is no dbt_project.yml in ${p.folder}`,
    hint: "Create a dbt project there: tapline dbt init. Or set the folder of your project: tapline config set dbt project_dir FOLDER",
  },
  project_broken: {
    class: "config",
    message: (p: { reason: string }) => `dbt could not start: ${p.reason}`,
    hint: "Fix the problem that dbt names and run again. For details: tapline dbt debug",
  },
  nodes_failed: {
    class: "data",
    message: (p: { what: string; details: readonly string[] }) => `${p.what}:\n${p.details.join("\n")}`,
    hint: "Fix the cause, then run the failed nodes and those that depend on them: tapline dbt retry. The compiled SQL is in the folder target of the dbt project.",
  },
  database_locked: {
    class: "connection",
    recovery: "retry",
    message: (p: { reason: string }) => `The database file is locked by another process: ${p.reason}`,
    hint: "DuckDB lets only one process write to a file. Close the other program (for example a notebook or the duckdb shell) and run again.",
  },
  database_unreachable: {
    class: "connection",
    recovery: "retry",
    message: (p: { reason: string }) => `The database can't be reached: ${p.reason}`,
    hint: "Check that the server is running and that the target's host, port and user are right. For details: tapline dbt debug",
  },
  generate_usage: {
    class: "config",
    message: (p: { reason: string }) => p.reason,
    hint: "Usage: tapline dbt generate [--history] [STREAM…]",
  },
  no_streams: {
    class: "config",
    message: (p: { target: string }) => `No job in tapline.yml loads into ${p.target}, so there are no streams to generate files for`,
    hint: (p: { target: string }) => `Add a job: jobs: { daily: [tap-csv ${p.target}, dbt build] }`,
  },
  dbt_killed: {
    class: "connection",
    message: (p: { signal: string }) => `dbt was killed by ${p.signal}`,
    hint: "If nobody killed it, the machine may be out of memory (see dmesg): lower threads. Then run again; models are rebuilt, so nothing is left half done.",
  },
  dbt_failed: {
    class: "bug",
    message: (p: { code: number; last: string }) =>
      `dbt ended with exit code ${p.code}${p.last === "" ? "" : `; its last message: ${p.last}`}`,
    hint: "See dbt's messages above, and logs/dbt.log in the dbt project.",
  },
  manifest_unreadable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `dbt's file ${p.path} can't be read: ${p.reason}`,
    hint: "Remove --no-write-json, and give this user read and write permission for the folder target in the dbt project.",
  },
  stream_unknown: {
    class: "config",
    message: (p: { stream: string; known: readonly string[] }) =>
      `There is no stream ${JSON.stringify(p.stream)}. The ${p.known.length === 1 ? "only stream is" : "streams are"} ${p.known.join(", ")}`,
    hint: (p: { meant: string | undefined }) =>
      p.meant === undefined ? "Name one of these, or none to generate files for all." : `Did you mean ${p.meant}?`,
  },
  stream_without_source: {
    class: "config",
    message: (p: { tables: readonly string[] }) => `The dbt project has no source for the table ${p.tables.join(", ")}`,
    hint: "Add the table to a sources.yml, or run: tapline dbt generate",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(dbtErrorCatalogue);
