/** The errors of reading a server's log of changes. */
import type { ErrorEntry } from "@tapline/sdk";

const startOver = "Load the tables again: tapline run … --full-refresh (without tapline: run without --state).";

export const logErrorCatalogue = {
  binlog_off: {
    class: "config",
    message: (p: { server: string }) => `${p.server} writes no log of changes (log_bin is OFF)`,
    hint: "Start the server with log_bin and a server_id. Or choose another replication method.",
  },
  binlog_setting_low: {
    class: "config",
    message: (p: { server: string; setting: string; value: string; needed: string }) =>
      `The log of ${p.server} does not tell enough: ${p.setting} is ${p.value}, and LOG_BASED needs ${p.needed}`,
    hint: (p: { setting: string; needed: string }) =>
      `SET GLOBAL ${p.setting} = ${p.needed}, and the same in the server's configuration; sessions that are open keep the old value. Or choose another replication method.`,
  },
  binlog_refused: {
    class: "config",
    message: (p: { user: string; reason: string }) => `The user ${JSON.stringify(p.user)} may not read the log of changes: ${p.reason}`,
    hint: (p: { user: string }) =>
      `GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO the user ${JSON.stringify(p.user)} (MySQL: and RELOAD, for the place of the snapshot in the log).`,
  },
  binlog_of_other_server: {
    class: "config",
    message: (p: { was: string; is: string }) =>
      `The bookmark is of the server ${p.was}, and this is ${p.is}: a restored, promoted or other server, whose log may have other changes`,
    hint: `Correct the connection if it is the wrong server. Otherwise: ${startOver}`,
  },
  binlog_purged: {
    class: "config",
    message: (p: { place: string; oldest: string }) =>
      `The server threw away the log that the bookmark ${p.place} needs (its oldest file is ${p.oldest}), so changes are missing`,
    hint: `${startOver} Run more often, or have the server keep its log longer: binlog_expire_logs_seconds, expire_logs_days.`,
  },
  binlog_other_history: {
    class: "config",
    message: (p: { place: string; was: string; is: string }) =>
      `The log at ${p.place} is not the one that the bookmark was made in: it is after ${p.is || "no transaction"} there, and was after ${p.was} (the server was restored, or its log was begun anew)`,
    hint: startOver,
  },
  binlog_not_followable: {
    class: "config",
    message: (p: { table: string; why: string; remedy: string }) => `${p.table} can't be read LOG_BASED: ${p.why}`,
    hint: (p: { remedy: string }) => `Change the table, or read it another way: ${p.remedy}`,
  },
  log_charset_unknown: {
    class: "config",
    message: (p: { charset: string }) => `Text of the character set ${p.charset} can't be read from the log`,
    hint: "Convert the table (ALTER TABLE … CONVERT TO CHARACTER SET utf8mb4), or read it by another replication method.",
  },
  binlog_unreadable: {
    class: "config",
    message: (p: { place: string; why: string }) => `The log can't be read at ${p.place}: ${p.why}`,
    hint: `Change the server's setting where the message names one, and then load the tables again: tapline run … --full-refresh. Otherwise report it with the version of the server; other replication methods don't need the log.`,
  },
} as const satisfies Record<string, ErrorEntry>;
