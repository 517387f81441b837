/** The errors of tap-mysql, beside those of every tap for SQL databases. */
import { defineErrors, type ErrorEntry } from "@tapline/sdk";
import { sqlTapErrorCatalogue } from "@tapline/sql-tap";
import { logErrorCatalogue } from "./log/errors.ts";
import { sessionErrorCatalogue } from "./session/errors.ts";

const ownErrors = {
  mysql_server_too_old: {
    class: "config",
    message: (p: { version: string }) => `The server is ${p.version}, and this tap reads MariaDB from 10.3 on and MySQL from 8.0 on`,
    hint: "Upgrade the server, or read it with another tap.",
  },
  mysql_no_tables: {
    class: "config",
    message: (p: { place: string; user: string; settings: string }) =>
      `There is no table ${p.place}that the user ${JSON.stringify(p.user)} may read${p.settings === "" ? "" : ` and that ${p.settings} takes`}`,
    hint: "Correct database, filter_schemas and filter_tables, or GRANT SELECT ON database.* to the user.",
  },
  mysql_table_changed: {
    class: "config",
    message: (p: { table: string; stream: string; reason: string }) =>
      `${p.table} is not what it was when its columns were read: ${p.reason}`,
    hint: (p: { stream: string }) =>
      `Run again, with --refresh-catalog if columns are gone; or leave it out: select: ["!${p.stream}"] in tapline.yml.`,
  },
  mysql_reading_refused: {
    class: "config",
    message: (p: { table: string; stream: string; name: string; user: string; reason: string }) =>
      `The user ${JSON.stringify(p.user)} may not read ${p.table}: ${p.reason}`,
    hint: (p: { name: string; user: string; stream: string }) =>
      `GRANT SELECT ON ${p.name} TO the user ${JSON.stringify(p.user)}, or leave it out: select: ["!${p.stream}"] in tapline.yml.`,
  },
  mysql_statement_cancelled: {
    class: "connection",
    recovery: "retry",
    message: (p: { table: string; reason: string }) => `A statement that reads ${p.table} was cancelled: ${p.reason}`,
    hint: "Raise statement_timeout_ms (or the server's max_statement_time, max_execution_time), read fewer columns, or read the table by a replication key with an index.",
  },
  zero_date: {
    class: "data",
    message: (p: { table: string; column: string }) =>
      `Column ${JSON.stringify(p.column)} of ${p.table} has a date that is none, such as 0000-00-00, and zero_dates is fail`,
    hint: "Repair the rows, or set zero_dates to null or text.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const tapMysqlErrorCatalogue = { ...sessionErrorCatalogue, ...ownErrors, ...logErrorCatalogue };

export const errors = defineErrors({ ...sqlTapErrorCatalogue, ...tapMysqlErrorCatalogue });
