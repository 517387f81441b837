/** Failures of PostgreSQL that a person can act on, by code: of settings, of connecting, of rights, and of the session. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

/** Which server refused what. The password is never part of it. */
export interface ServerDetails {
  /** "host:port" */
  server: string;
  database: string;
  user: string;
  /** The message of PostgreSQL or of the system. */
  reason: string;
}

const at = (p: ServerDetails) => `${p.server}, database ${JSON.stringify(p.database)}, user ${JSON.stringify(p.user)}`;

export const postgresErrorCatalogue = {
  postgres_settings_missing: {
    class: "config",
    message: (p: { missing: readonly string[] }) => `The settings of the connection to PostgreSQL lack ${p.missing.join(" and ")}`,
    hint: "Set them in the config, or give all in sqlalchemy_url (postgresql://user:password@host:5432/database).",
  },
  postgres_url_invalid: {
    class: "config",
    message: (p: { reason: string }) => `sqlalchemy_url is not usable: ${p.reason}`,
    hint: "Write it as postgresql://user:password@host:5432/database, with special characters in the password percent-encoded.",
  },
  tls_settings_contradict: {
    class: "config",
    message: (p: { mode: string }) => `ssl_enable is false, but ssl_mode is ${p.mode}`,
    hint: "Set ssl_enable to true for an encrypted connection, or ssl_mode to disable or prefer.",
  },
  tls_file_unreadable: {
    class: "config",
    message: (p: { setting: string; path: string; reason: string }) => `The file of ${p.setting}, ${p.path}, can't be read: ${p.reason}`,
    hint: "Check the path and its permissions, or give the certificate itself, starting with -----BEGIN.",
  },
  tls_refused: {
    class: "config",
    message: (p: ServerDetails) => `The server accepts no encrypted connections (${at(p)})`,
    hint: "Switch TLS on in the server (ssl = on), or set ssl_mode to prefer or disable where the network is trusted.",
  },
  tls_required: {
    class: "config",
    message: (p: ServerDetails) => `The server refuses this connection without TLS (${at(p)}): ${p.reason}`,
    hint: "Set ssl_mode to require, or better to verify-full with ssl_certificate_authority.",
  },
  certificate_refused: {
    class: "config",
    message: (p: ServerDetails) => `The server's certificate was not accepted (${at(p)}): ${p.reason}`,
    hint: "Set ssl_certificate_authority to the authority that signed it, and host to a name the certificate has. ssl_mode require encrypts without checking.",
  },
  password_refused: {
    class: "config",
    message: (p: ServerDetails) => `The password was refused (${at(p)}): ${p.reason}`,
    hint: "Check user and password. A password that works elsewhere may need quoting or percent-encoding here.",
  },
  access_refused: {
    class: "config",
    message: (p: ServerDetails) => `The server does not let this user in (${at(p)}): ${p.reason}`,
    hint: "Create the role with LOGIN, or allow it in the server's pg_hba.conf for this machine.",
  },
  database_missing: {
    class: "config",
    message: (p: ServerDetails) => `The database does not exist (${at(p)})`,
    hint: (p: ServerDetails) => `Check the name, or make it: CREATE DATABASE "${p.database.replaceAll('"', '""')}".`,
  },
  role_refused: {
    class: "config",
    message: (p: ServerDetails & { role: string }) => `The session can't take the role ${JSON.stringify(p.role)} (${at(p)}): ${p.reason}`,
    hint: (p: { role: string; user: string }) => `GRANT "${p.role}" TO "${p.user}", or take role out of the config.`,
  },
  host_unknown: {
    class: "connection",
    recovery: "retry",
    message: (p: ServerDetails) => `The host name can't be resolved (${at(p)}): ${p.reason}`,
    hint: "Check host, and that this machine can resolve host names.",
  },
  host_down: {
    class: "connection",
    recovery: "retry",
    message: (p: ServerDetails) => `No PostgreSQL server answers (${at(p)}): ${p.reason}`,
    hint: "Check that the server runs, listens on this address and port, and that no firewall blocks the connection.",
  },
  server_busy: {
    class: "connection",
    recovery: "retry",
    message: (p: ServerDetails) => `The server accepts no connections now (${at(p)}): ${p.reason}`,
    hint: "It is starting, stopping or full: run again in a while, or raise max_connections.",
  },
  connection_lost: {
    class: "connection",
    recovery: "retry",
    message: (p: ServerDetails) => `The connection was lost (${at(p)}): ${p.reason}`,
    hint: "The server dropped everything since the last commit. Run again: the load continues from the last STATE.",
  },
  commit_unknown: {
    class: "connection",
    recovery: "retry",
    message: (p: ServerDetails) => `The connection was lost during COMMIT, so it is unknown whether it was done (${at(p)}): ${p.reason}`,
    hint: "Run again. Upserts give the same result; appended rows may be in the table already, so look at it first.",
  },
  commit_refused: {
    class: "connection",
    message: (p: ServerDetails & { tag: string }) =>
      `PostgreSQL answered COMMIT with ${p.tag}: everything since the last commit was dropped (${at(p)})`,
    hint: "An earlier statement of the transaction failed. Look at the server's log, and report it with the input that led here.",
  },
  permission_denied: {
    class: "config",
    message: (p: ServerDetails & { table: string }) => `Not allowed${p.table === "" ? "" : ` on ${p.table}`} (${at(p)}): ${p.reason}`,
    hint: (p: { user: string; table: string }) =>
      `Have its owner grant the right: USAGE (and CREATE for new tables) on the schema, SELECT, INSERT, UPDATE, DELETE ${p.table === "" ? "on the tables" : `on ${p.table}`}, TEMPORARY on the database, to ${JSON.stringify(p.user)}.`,
  },
  not_owner: {
    class: "config",
    message: (p: ServerDetails & { table: string }) => `${p.table} belongs to another role, so it can't be changed (${at(p)}): ${p.reason}`,
    hint: (p: { user: string; table: string }) =>
      `Add the columns as its owner, make ${JSON.stringify(p.user)} a member of the owner's role, or load into another schema.`,
  },
  view_in_the_way: {
    class: "config",
    message: (p: { table: string; view: string; reason: string }) =>
      `${p.table} needs a wider column, so the view ${p.view} would have to be dropped and made again, which is not possible: ${p.reason}`,
    hint: (p: { view: string }) =>
      `Nothing was changed. Drop ${p.view} during the load, or load as its owner; or set schema_policy to new_column for this stream, which changes no column.`,
  },
  table_change_refused: {
    class: "config",
    message: (p: { table: string; reason: string }) => `${p.table} can't be changed as the stream needs it: ${p.reason}`,
    hint: "Nothing was changed. Drop what is named there and make it again after the load, change the column yourself, or set schema_policy to new_column for this stream.",
  },
  row_too_big: {
    class: "data",
    recovery: "skip",
    message: (p: { table: string; reason: string }) => `PostgreSQL can't store a row of ${p.table}: ${p.reason}`,
    hint: "Without its long values a row must fit a page of 8 kB, some 1,000 numbers or times, and a key 2,704 bytes. Leave columns out with the catalog, or have the tap send some of them as one object.",
  },
  value_refused: {
    class: "data",
    recovery: "skip",
    message: (p: { table: string; reason: string }) => `PostgreSQL refuses a row of ${p.table}: ${p.reason}`,
    hint: "Repair the value at its source, or change the column so that it accepts it.",
  },
  constraint_refuses: {
    class: "data",
    recovery: "skip",
    message: (p: { table: string; constraint: string; reason: string }) =>
      `The constraint ${JSON.stringify(p.constraint)} of ${p.table} refuses a row: ${p.reason}`,
    hint: "Repair the row at its source, drop the constraint, or load into a separate table and move the rows from there.",
  },
  table_made_meanwhile: {
    class: "connection",
    recovery: "retry",
    message: (p: ServerDetails & { table: string }) =>
      `Another session made ${p.table || "the table"} at the same time, so this one could not (${at(p)}): ${p.reason}`,
    hint: "Run again: the load then uses the table that is there. Two loads of one stream at once are better run one after another.",
  },
  trigger_refuses: {
    class: "data",
    recovery: "skip",
    message: (p: { table: string; reason: string }) => `A trigger of ${p.table} refuses a row: ${p.reason}`,
    hint: "Repair the row at its source, change the trigger's function, or load into a separate table and move the rows from there.",
  },
  lock_timeout: {
    class: "connection",
    recovery: "retry",
    message: (p: ServerDetails & { table: string }) =>
      `Another session holds a lock on ${p.table || "the table"} for longer than lock_timeout (${at(p)})`,
    hint: "Find it in pg_locks and pg_stat_activity, or raise lock_timeout_ms.",
  },
  statement_timeout: {
    class: "connection",
    recovery: "retry",
    message: (p: ServerDetails) => `A statement was cancelled (${at(p)}): ${p.reason}`,
    hint: "Raise statement_timeout_ms (or the server's statement_timeout for this role), or commit smaller batches with batch_size_rows.",
  },
  deadlock: {
    class: "connection",
    recovery: "retry",
    message: (p: ServerDetails) => `Another session and this one waited for each other (${at(p)}): ${p.reason}`,
    hint: "Run again. If it happens again, don't let two loads write the same table at once.",
  },
  server_disk_full: {
    class: "connection",
    recovery: "retry",
    message: (p: ServerDetails) => `The server's disk is full (${at(p)}): ${p.reason}`,
    hint: "Free space on the server (also for temporary files), then run again; nothing of this commit was kept.",
  },
  read_only: {
    class: "config",
    message: (p: ServerDetails) => `The server accepts no writes (${at(p)}): ${p.reason}`,
    hint: "It is a standby or set to read only: connect to the primary.",
  },
  postgres_error: {
    class: "connection",
    message: (p: ServerDetails & { code: string }) => `PostgreSQL reports ${p.code}: ${p.reason} (${at(p)})`,
    hint: "Everything since the last commit was rolled back. If the message does not show the cause, look at the server's log.",
  },
  column_type_changed: {
    class: "connection",
    recovery: "retry",
    message: (p: { table: string; column: string }) =>
      `Column ${JSON.stringify(p.column)} of ${p.table} got another type in another session while rows were loaded`,
    hint: "Run again: the load then sends the rows in the form of the new type.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(postgresErrorCatalogue);
