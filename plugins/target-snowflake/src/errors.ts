/** The failures of this target alone, by code: of settings, of logging in, and of Snowflake. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

interface Reason {
  reason: string;
}
interface InTable extends Reason {
  table: string;
}

const nothingKept = "Everything since the last commit was rolled back.";

export const targetSnowflakeErrorCatalogue = {
  snowflake_login_missing: {
    class: "config",
    message: () => "No way to log in to Snowflake is set",
    hint: "Set user with private_key or private_key_path (recommended), programmatic_access_token or password; or oauth_access_token; or use_browser_authentication.",
  },
  snowflake_key_unreadable: {
    class: "config",
    message: (p: Reason & { from: string }) => `The private key from ${p.from} can't be used: ${p.reason}`,
    hint: "It must be a PKCS#8 key in PEM, with its lines (-----BEGIN PRIVATE KEY----- and -----END PRIVATE KEY-----); openssl pkcs8 -topk8 makes one. Set private_key_passphrase where it is encrypted.",
  },
  snowflake_key_file: {
    class: "config",
    message: (p: Reason & { path: string }) => `The file of the private key, ${p.path}, can't be read: ${p.reason}`,
    hint: "Set private_key_path to the file with the key, as an absolute path or with ~/, and let this user read it. Or put the key itself into private_key.",
  },
  snowflake_url_invalid: {
    class: "config",
    message: (p: { setting: string }) => `The setting ${p.setting} is no URL`,
    hint: "Write it in full, for example https://myorg-account123.privatelink.snowflakecomputing.com.",
  },
  snowflake_login_refused: {
    class: "config",
    message: (p: Reason & { user: string; account: string }) =>
      `Snowflake refuses the login of ${p.user} at account ${p.account}: ${p.reason}`,
    hint: "Check account and user. With a key: its public half must be the user's (DESCRIBE USER shows RSA_PUBLIC_KEY_FP), and the clock of this machine must be right. With a password: most users can't log in by password alone, so make a key pair.",
  },
  snowflake_token_expired: {
    class: "config",
    message: (p: Reason) => `The token is no longer valid: ${p.reason}`,
    hint: "Make a new programmatic access token, or get a new OAuth access token, and run again. A key pair does not expire: with one, set the clock of this machine.",
  },
  snowflake_network_policy: {
    class: "config",
    message: (p: Reason) => `A network policy keeps this machine out: ${p.reason}`,
    hint: "Have the address of this machine added to the network policy of the account or of the user.",
  },
  snowflake_role_refused: {
    class: "config",
    message: (p: Reason) => `The role can't be taken: ${p.reason}`,
    hint: "Check role; it must be granted to the user (GRANT ROLE … TO USER …).",
  },
  snowflake_warehouse: {
    class: "config",
    message: (p: Reason) => `No warehouse runs the statements: ${p.reason}`,
    hint: "Set warehouse to one that the role may use (GRANT USAGE, OPERATE ON WAREHOUSE … TO ROLE …). One that is suspended needs AUTO_RESUME = TRUE or ALTER WAREHOUSE … RESUME.",
  },
  snowflake_quota: {
    class: "config",
    message: (p: Reason) => `A resource monitor has stopped the warehouse: ${p.reason}`,
    hint: `${nothingKept} Raise the quota of the resource monitor, or wait for its next interval, and run again.`,
  },
  snowflake_database_missing: {
    class: "config",
    message: (p: { database: string; role: string }) => `There is no database ${JSON.stringify(p.database)} for role ${p.role}`,
    hint: "Check database. The role needs USAGE on it, and CREATE SCHEMA where the schema is missing.",
  },
  snowflake_right_missing: {
    class: "config",
    message: (p: InTable) => `A right is missing${p.table === "" ? "" : `, for ${p.table}`}: ${p.reason}`,
    hint: "The role needs USAGE on database and schema, CREATE TABLE in the schema, and OWNERSHIP of tables whose columns change (or SELECT, INSERT, UPDATE and DELETE on tables that fit).",
  },
  snowflake_names_ignored: {
    class: "config",
    message: () =>
      "identifier_case is exact, and this user's parameter QUOTED_IDENTIFIERS_IGNORE_CASE is TRUE: sessions with it could not find the tables",
    hint: "Set identifier_case to upper, or the parameter to FALSE for the user (ALTER USER … UNSET QUOTED_IDENTIFIERS_IGNORE_CASE).",
  },
  snowflake_locked: {
    class: "connection",
    recovery: "retry",
    message: (p: InTable) => `Another transaction keeps ${p.table === "" ? "a table" : p.table} locked: ${p.reason}`,
    hint: `${nothingKept} Run again, or find the other transaction with SHOW LOCKS.`,
  },
  snowflake_statement_timeout: {
    class: "connection",
    recovery: "retry",
    message: (p: InTable) => `A statement${p.table === "" ? "" : ` for ${p.table}`} took longer than the account allows: ${p.reason}`,
    hint: `${nothingKept} Raise STATEMENT_TIMEOUT_IN_SECONDS of the user or of the warehouse, or take a larger warehouse.`,
  },
  snowflake_upload_failed: {
    class: "connection",
    recovery: "retry",
    message: (p: Reason & { status: string }) => `A file could not be sent to the stage (${p.status}): ${p.reason}`,
    hint: `${nothingKept} Check that this machine reaches the storage of the account: SELECT SYSTEM$ALLOWLIST() lists its addresses (STAGE). Then run again.`,
  },
  snowflake_copy_differs: {
    class: "bug",
    message: (p: { table: string; sent: number; loaded: number }) =>
      `Of ${p.sent} rows that were sent for table ${p.table}, Snowflake loaded ${p.loaded}`,
    hint: `${nothingKept} Report it with the input that led here.`,
  },
  snowflake_refused: {
    class: "data",
    message: (p: InTable) => `Snowflake refuses rows of table ${p.table}: ${p.reason}`,
    hint: `${nothingKept} Repair the row at its source, or change the column (a NOT NULL, a length) that refuses it.`,
  },
  snowflake_disk_full: {
    class: "connection",
    recovery: "retry",
    message: (p: Reason) => `The disk is full: ${p.reason}`,
    hint: "Free space in the temporary folder (TMPDIR chooses it), or lower file_bytes; then run again. Nothing of this commit was kept.",
  },
  snowflake_temporary_folder: {
    class: "connection",
    message: (p: Reason & { path: string }) => `The temporary folder ${p.path} can't be used: ${p.reason}`,
    hint: "Rows pass through files there: set TMPDIR to a folder this user can write to.",
  },
  snowflake_unreachable: {
    class: "connection",
    recovery: "retry",
    message: (p: Reason & { account: string }) => `Snowflake account ${p.account} can't be reached: ${p.reason}`,
    hint: "Check account, access_url and proxy_url, and that this machine reaches the account over HTTPS. A wrong account has no address.",
  },
  snowflake_failed: {
    class: "connection",
    message: (p: Reason & { number: string }) => `Snowflake reports error ${p.number}: ${p.reason}`,
    hint: `${nothingKept} If the message does not show the cause, report it with the number.`,
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(targetSnowflakeErrorCatalogue);
