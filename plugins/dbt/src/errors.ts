/** Every failure this plugin tells people about, by code. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

export const dbtErrorCatalogue = {
  target_unsupported: {
    class: "config",
    message: (p: { target: string; executable: string }) => `dbt can't work in the database of ${p.target} (${p.executable})`,
    hint: "Set target to a plugin of tapline.yml that is target-duckdb or target-postgres, or inherits from one of them.",
  },
  dbt_not_installed: {
    class: "config",
    message: () => "dbt is not installed for this project and target",
    hint: "Install it, in an environment of its own: tapline dbt install (for a plugin that inherits from dbt: tapline install PLUGIN). To use a dbt of your own: tapline config set dbt executable PATH",
  },
  executable_missing: {
    class: "config",
    message: (p: { path: string; reason: string }) => `${p.path} can't be started: ${p.reason}`,
    hint: "Set executable to a dbt program (a path, or a name in PATH), or leave it out and run: tapline dbt install",
  },
  project_missing: {
    class: "config",
    message: (p: { folder: string }) => `There is no dbt_project.yml in ${p.folder}`,
    hint: "Make a dbt project there: tapline dbt init. Or name its folder: tapline config set dbt project_dir FOLDER",
  },
  project_broken: {
    class: "config",
    message: (p: { reason: string }) => `dbt could not begin: ${p.reason}`,
    hint: "Mend what dbt names, then run again. To see more: tapline dbt debug",
  },
  nodes_failed: {
    class: "data",
    message: (p: { what: string; details: readonly string[] }) => `${p.what}:\n${p.details.join("\n")}`,
    hint: "Mend the cause, then run what failed and what hangs on it: tapline dbt retry. The compiled SQL is below target/ in the dbt project.",
  },
  database_locked: {
    class: "connection",
    recovery: "retry",
    message: (p: { reason: string }) => `The database file is locked by another process: ${p.reason}`,
    hint: "DuckDB lets one process write a file. Close that program (a notebook, the duckdb shell) and run again.",
  },
  database_unreachable: {
    class: "connection",
    recovery: "retry",
    message: (p: { reason: string }) => `The database can't be reached: ${p.reason}`,
    hint: "Check that the server runs and that the target's host, port and user are right: tapline dbt debug",
  },
  generate_usage: {
    class: "config",
    message: (p: { reason: string }) => p.reason,
    hint: "Usage: tapline dbt generate [--history] [STREAM…]",
  },
  no_streams: {
    class: "config",
    message: (p: { target: string }) => `No job of tapline.yml pipes a tap into ${p.target}, so no stream is known`,
    hint: (p: { target: string }) => `Add one: jobs: { daily: [tap-csv ${p.target}, dbt build] }`,
  },
  dbt_killed: {
    class: "connection",
    message: (p: { signal: string }) => `dbt was killed by ${p.signal}`,
    hint: "If nobody did that, the machine may have run out of memory (see dmesg): lower threads. Run again: models are built anew, so nothing is half done.",
  },
  dbt_failed: {
    class: "bug",
    message: (p: { code: number; last: string }) =>
      `dbt ended with exit code ${p.code}${p.last === "" ? "" : `; its last words: ${p.last}`}`,
    hint: "Look at its lines above and at logs/dbt.log in the dbt project.",
  },
  manifest_unreadable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `What dbt wrote to ${p.path} can't be read: ${p.reason}`,
    hint: "Leave --no-write-json out, and let this user read and write the folder target in the dbt project.",
  },
  stream_unknown: {
    class: "config",
    message: (p: { stream: string; known: readonly string[] }) =>
      `There is no stream ${JSON.stringify(p.stream)}; there ${p.known.length === 1 ? "is" : "are"} ${p.known.join(", ")}`,
    hint: (p: { meant: string | undefined }) => (p.meant === undefined ? "Name one of them, or none for all." : `Did you mean ${p.meant}?`),
  },
  stream_without_source: {
    class: "config",
    message: (p: { tables: readonly string[] }) => `No source of the dbt project is the table ${p.tables.join(", ")}`,
    hint: "Add it to a sources.yml of the project.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(dbtErrorCatalogue);
