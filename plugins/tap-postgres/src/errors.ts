/** The errors of tap-postgres, beside those of every PostgreSQL plugin and of every tap for SQL databases. */
import { defineErrors, type ErrorEntry } from "@tapline/sdk";
import { sqlTapErrorCatalogue } from "@tapline/sql-tap";
import { logErrorCatalogue } from "./log/errors.ts";

const ownErrors = {
  server_too_old: {
    class: "config",
    message: (p: { version: string }) => `The server is PostgreSQL ${p.version}, and this tap reads from 13 on`,
    hint: "Upgrade the server, or read it with another tap.",
  },
  pooler_splits_transactions: {
    class: "config",
    message: (p: { reason: string }) => `The pooler between tap and server does not keep a transaction together: ${p.reason}`,
    hint: "Set pool_mode to transaction or session for this user or database in pgbouncer (not statement), or connect to the server itself.",
  },
  snapshot_gone: {
    class: "connection",
    recovery: "retry",
    message: (p: { id: string; reason: string }) => `The snapshot ${p.id} can't be read in: ${p.reason}`,
    hint: "Only the process that took it keeps it: tap-postgres --snapshot. Take a new one, on the same server and database, and let it run until everything is read.",
  },
  no_tables: {
    class: "config",
    message: (p: { database: string; user: string; settings: string }) =>
      `There is no table in database ${JSON.stringify(p.database)} that the role ${JSON.stringify(p.user)} may read${p.settings === "" ? "" : ` and that ${p.settings} takes`}`,
    hint: "Correct filter_schemas and filter_tables, or grant rights: GRANT USAGE ON SCHEMA …, GRANT SELECT ON ALL TABLES IN SCHEMA ….",
  },
  table_rewritten: {
    class: "connection",
    recovery: "retry",
    message: (p: { table: string }) =>
      `${p.table} was emptied or rewritten (TRUNCATE, ALTER TABLE, CLUSTER, VACUUM FULL) after this run took its snapshot`,
    hint: "PostgreSQL shows such a table as empty to older snapshots, so nothing of it was confirmed. Run again.",
  },
  table_changed: {
    class: "config",
    message: (p: { table: string; stream: string; reason: string }) =>
      `${p.table} is not what it was when its columns were read: ${p.reason}`,
    hint: (p: { stream: string }) =>
      `Run again with --refresh-catalog, which reads the columns again; or leave it out: select: ["!${p.stream}"] in tapline.yml.`,
  },
  reading_refused: {
    class: "config",
    message: (p: { table: string; stream: string; user: string; reason: string }) =>
      `The role ${JSON.stringify(p.user)} may not read ${p.table}: ${p.reason}`,
    hint: (p: { table: string; user: string; stream: string }) =>
      `Have its owner GRANT SELECT ON ${p.table} (and USAGE on its schema; a view reads with the rights of its owner) TO "${p.user}", or leave it out: select: ["!${p.stream}"] in tapline.yml.`,
  },
  statement_cancelled: {
    class: "connection",
    recovery: "retry",
    message: (p: { table: string; reason: string }) => `A statement that reads ${p.table} was cancelled: ${p.reason}`,
    hint: "Raise statement_timeout_ms (or the role's statement_timeout on the server), read fewer columns, or read the table by a replication key.",
  },
  standby_conflict: {
    class: "connection",
    recovery: "retry",
    message: (p: { table: string; reason: string }) => `The standby ended the read of ${p.table} in favour of its primary: ${p.reason}`,
    hint: "Set hot_standby_feedback = on or a longer max_standby_streaming_delay on the standby, read smaller tables, or read from the primary.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const tapPostgresErrorCatalogue = { ...ownErrors, ...logErrorCatalogue };

export const errors = defineErrors({ ...sqlTapErrorCatalogue, ...tapPostgresErrorCatalogue });
