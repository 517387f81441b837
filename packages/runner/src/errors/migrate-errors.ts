/** What can go wrong in a migration from one database to another. */
import type { ErrorEntry } from "@tapline/protocol";

const list = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));

export const migrateErrorCatalogue = {
  migrate_side_unknown: {
    class: "config",
    message: (p: { name: string; kind: "tap" | "target"; known: readonly string[]; meant: string | undefined }) =>
      `tapline.yml has no ${p.kind} ${JSON.stringify(p.name)}${p.meant === undefined ? "" : `; did you mean ${p.meant}?`}; there are: ${list(p.known)}`,
    hint: (p: { kind: "tap" | "target" }) => `postgres also stands for ${p.kind}-postgres. To add one: tapline add ${p.kind}-NAME`,
  },
  migrate_nothing: {
    class: "config",
    message: (p: { source: string; tables: readonly string[]; known: readonly string[] }) =>
      `No table of ${p.source} is named by --tables ${p.tables.join(" ")}; there are: ${list(p.known)}`,
    hint: "Tables are written as schema.table, with * for any characters, in quotes. Views move only where they are named in full.",
  },
  migrate_unknown: {
    class: "config",
    message: (p: { what: string }) => `There is no migration ${p.what}`,
    hint: "See: tapline migrate status. One begins with: tapline migrate SOURCE TARGET --tables 'schema.*'",
  },
  migrate_not_chosen: {
    class: "config",
    message: (p: { migrations: readonly string[] }) => `There are several migrations: ${p.migrations.join("; ")}`,
    hint: "Name the source and the target after the command.",
  },
  migrate_differs: {
    class: "config",
    message: (p: { id: string; tables: readonly string[] }) =>
      `Migration ${p.id} between the same two is open, of other tables: --tables ${p.tables.map((each) => JSON.stringify(each)).join(" ")}`,
    hint: "Give that command again to go on with it, or end it: tapline migrate back.",
  },
  migrate_held: {
    class: "config",
    message: (p: { id: string; pid: number; hostname: string }) => `Migration ${p.id} is worked on by process ${p.pid} on ${p.hostname}`,
    hint: "Wait until it has ended, or stop it; then give the command again.",
  },
  migrate_lost: {
    class: "connection",
    recovery: "retry",
    message: (p: { id: string }) => `Another command took migration ${p.id}, because this one gave no sign of life`,
    hint: "See how far that one is: tapline migrate status",
  },
  migrate_not_empty: {
    class: "data",
    message: (p: { table: string; target: string }) =>
      `The table for ${p.table} at ${p.target} has rows already, and they would stay beside those of the migration`,
    hint: "Load into another schema (default_target_schema of the target), or empty or drop the table first.",
  },
  migrate_not_hybrid: {
    class: "config",
    message: (p: { id: string; phase: string }) => `Migration ${p.id} has not come to its hybrid period: its phase is ${p.phase}`,
    hint: "Give the command tapline migrate again until the new side is verified. See: tapline migrate status",
  },
  migrate_would_lose: {
    class: "data",
    message: (p: { target: string; what: string }) => `${p.target} has what the old side does not have: ${p.what}`,
    hint: "Rows that somebody wrote on the new side would be out of use. Bring them over first, or accept that: tapline migrate back --discard",
  },
  archive_exists: {
    class: "config",
    message: (p: { path: string }) => `${p.path} is there already, and an archive is never written over`,
    hint: "Name a folder that does not exist, such as one with the date in it.",
  },
  export_unreadable: {
    class: "data",
    message: (p: { path: string; reason: string }) => `The manifest of the export can't be used: ${p.path}: ${p.reason}`,
    hint: "Begin the export anew: tapline migrate … --restart",
  },
  export_incomplete: {
    class: "data",
    message: (p: { stream: string; sent: number; rows: number }) =>
      `The tap sent ${p.sent} rows of ${p.stream}, and the files have ${p.rows}`,
    hint: "Give the command again: the export begins anew.",
  },
  export_damaged: {
    class: "data",
    message: (p: { path: string; expected: string; found: string }) =>
      `${p.path} is not the file that was written: its SHA-256 is ${p.found} and not ${p.expected}`,
    hint: "Take the file from a backup, or make the export or the archive anew.",
  },
  migration_differs: {
    class: "data",
    message: (p: { left: string; right: string; summary: string }) => `${p.right} does not hold what ${p.left} holds: ${p.summary}`,
    hint: "The report shows the rows by their keys. Begin the phase anew once the cause is found: tapline migrate … --restart",
  },
  snapshot_unreadable: {
    class: "protocol",
    message: (p: { name: string }) => `${p.name} ended, or printed no JSON, where it should hold a snapshot (--snapshot)`,
    hint: "Its messages above may tell why.",
  },
  inventory_unreadable: {
    class: "protocol",
    message: (p: { name: string; start: string }) => `What ${p.name} printed for --inventory can't be read: ${JSON.stringify(p.start)}`,
    hint: "This is a fault of the plugin.",
  },
} as const satisfies Record<string, ErrorEntry>;
