/** Failures of a connection to MySQL or MariaDB that a person can act on: of settings, of connecting, of rights, and of the session. */
import { defineErrors, type ErrorEntry } from "@tapline/sdk";

/** Which server refused what. The password is never part of it. */
export interface ServerDetails {
  /** "host:port" */
  server: string;
  user: string;
  /** The message of the server or of the system. */
  reason: string;
}

const at = (p: ServerDetails) => `${p.server}, user ${JSON.stringify(p.user)}`;

export const sessionErrorCatalogue = {
  mysql_settings_missing: {
    class: "config",
    message: (p: { missing: readonly string[] }) => `The settings of the connection to MySQL lack ${p.missing.join(" and ")}`,
    hint: "Set them in the config, or give all in sqlalchemy_url (mysql://user:password@host:3306/database).",
  },
  mysql_url_invalid: {
    class: "config",
    message: (p: { reason: string }) => `sqlalchemy_url is not usable: ${p.reason}`,
    hint: "Write it as mysql://user:password@host:3306/database, with special characters in the password percent-encoded.",
  },
  mysql_tls_settings_contradict: {
    class: "config",
    message: (p: { mode: string }) => `ssl_enable is false, but ssl_mode is ${p.mode}`,
    hint: "Set ssl_enable to true for an encrypted connection, or ssl_mode to disable or prefer.",
  },
  mysql_tls_file_unreadable: {
    class: "config",
    message: (p: { setting: string; path: string; reason: string }) => `The file of ${p.setting}, ${p.path}, can't be read: ${p.reason}`,
    hint: "Check the path and its permissions, or give the certificate itself, starting with -----BEGIN.",
  },
  mysql_tls_refused: {
    class: "config",
    message: (p: ServerDetails) => `The server accepts no encrypted connections (${at(p)})`,
    hint: "Switch TLS on in the server (ssl_cert, ssl_key), or set ssl_mode to prefer or disable where the network is trusted.",
  },
  mysql_tls_required: {
    class: "config",
    message: (p: ServerDetails) => `The server refuses this connection without TLS (${at(p)}): ${p.reason}`,
    hint: "Set ssl_mode to require, or better to verify-full with ssl_certificate_authority.",
  },
  mysql_certificate_refused: {
    class: "config",
    message: (p: ServerDetails) => `The server's certificate was not accepted (${at(p)}): ${p.reason}`,
    hint: "Set ssl_certificate_authority to the authority that signed it, and host to a name the certificate has. ssl_mode require encrypts without checking.",
  },
  mysql_login_refused: {
    class: "config",
    message: (p: ServerDetails) => `The server does not let this user in (${at(p)}): ${p.reason}`,
    hint: "Check user and password, and that the user may log in from this machine: SELECT user, host FROM mysql.user. A password that works elsewhere may need quoting or percent-encoding here.",
  },
  mysql_database_missing: {
    class: "config",
    message: (p: ServerDetails) => `The database does not exist, or this user has no right in it (${at(p)}): ${p.reason}`,
    hint: "Check the name (SHOW DATABASES), or grant the user SELECT on its tables.",
  },
  mysql_denied: {
    class: "config",
    message: (p: ServerDetails) => `The server refuses a statement of this user (${at(p)}): ${p.reason}`,
    hint: "GRANT what the message names to the user.",
  },
  mysql_host_unknown: {
    class: "connection",
    recovery: "retry",
    message: (p: ServerDetails) => `The host name can't be resolved (${at(p)}): ${p.reason}`,
    hint: "Check host, and that this machine can resolve host names.",
  },
  mysql_host_down: {
    class: "connection",
    recovery: "retry",
    message: (p: ServerDetails) => `No MySQL or MariaDB server answers (${at(p)}): ${p.reason}`,
    hint: "Check that the server runs, listens on this address and port (bind-address), and that no firewall blocks the connection.",
  },
  mysql_busy: {
    class: "connection",
    recovery: "retry",
    message: (p: ServerDetails) => `The server accepts no connections now (${at(p)}): ${p.reason}`,
    hint: "It is full, or blocks this machine after too many failed tries (FLUSH HOSTS): run again in a while, or raise max_connections.",
  },
  mysql_connection_lost: {
    class: "connection",
    recovery: "retry",
    message: (p: ServerDetails) => `The connection was lost (${at(p)}): ${p.reason}`,
    hint: "Run again: it continues from the last STATE.",
  },
  mysql_error: {
    class: "connection",
    message: (p: ServerDetails & { code: string }) => `The server reports ${p.code}: ${p.reason} (${at(p)})`,
    hint: "If the message does not show the cause, look at the server's log.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(sessionErrorCatalogue);
