/** The errors of reading PostgreSQL's log of changes. */
import type { ErrorEntry } from "@tapline/sdk";

const startOver =
  "Load the tables again: tapline run … --full-refresh (without tapline: run without --state). It reads all tables whole, and makes the slot again where it is gone or lost log.";

export const logErrorCatalogue = {
  log_level_low: {
    class: "config",
    message: (p: { server: string; level: string }) =>
      `The log of ${p.server} has no single changes: wal_level is ${p.level}, and LOG_BASED needs logical`,
    hint: "ALTER SYSTEM SET wal_level = logical, and restart the server; managed services have a setting for it (rds.logical_replication, cloudsql.logical_decoding). Or choose another replication method.",
  },
  log_of_replica: {
    class: "config",
    message: (p: { server: string }) => `${p.server} is a standby, and changes are read from its primary`,
    hint: "Set host to the primary.",
  },
  replication_refused: {
    class: "config",
    message: (p: { user: string }) => `The role ${JSON.stringify(p.user)} may not read the log of changes`,
    hint: (p: { user: string }) =>
      `ALTER ROLE "${p.user}" REPLICATION (Amazon RDS: GRANT rds_replication TO "${p.user}"). It is the right of the user who logs in, not of the setting role.`,
  },
  publication_refused: {
    class: "config",
    message: (p: { user: string; sql: string; reason: string }) =>
      `The role ${JSON.stringify(p.user)} may not make the publication: ${p.reason}`,
    hint: (p: { sql: string }) => `Have the owner of the tables run ${p.sql}; — and name it in the setting publication.`,
  },
  publication_missing: {
    class: "config",
    message: (p: { publication: string; tables: string }) =>
      `There is no publication ${JSON.stringify(p.publication)}, which the settings or the bookmarks name`,
    hint: (p: { publication: string; tables: string }) =>
      `If the settings name it: CREATE PUBLICATION "${p.publication}" FOR TABLE ${p.tables} WITH (publish_via_partition_root = true). If it was dropped, changes may be missing: ${startOver}`,
  },
  publication_lacks: {
    class: "config",
    message: (p: { publication: string; lacks: readonly string[] }) =>
      `The publication ${JSON.stringify(p.publication)} does not send ${p.lacks.join(", ")}`,
    hint: (p: { publication: string }) =>
      `ALTER PUBLICATION "${p.publication}" ADD TABLE …, without conditions and lists of columns, and with all kinds of changes; partitioned tables need publish_via_partition_root = true. Or leave the tables out.`,
  },
  slot_unnamed: {
    class: "config",
    message: () => "A replication slot needs a name that belongs to this state alone, and nothing here has one",
    hint: "Set replication_slot_name to a name that no other program uses. A run by tapline makes one from its state id.",
  },
  slots_full: {
    class: "config",
    message: (p: { slot: string }) => `The server has no place for the replication slot ${JSON.stringify(p.slot)}`,
    hint: "Raise max_replication_slots and max_wal_senders (a run takes two of each while it reads whole tables), or drop slots that nobody reads: SELECT * FROM pg_replication_slots.",
  },
  slot_gone: {
    class: "config",
    message: (p: { slot: string }) =>
      `The replication slot ${JSON.stringify(p.slot)} is gone, so changes since the last run can't be read any more`,
    hint: startOver,
  },
  slot_lost: {
    class: "config",
    message: (p: { slot: string }) =>
      `The server threw away log that the replication slot ${JSON.stringify(p.slot)} needs (max_slot_wal_keep_size), so changes are missing`,
    hint: `${startOver} A slot that replication_slot_name names is to be dropped before: SELECT pg_drop_replication_slot('…').`,
  },
  slot_moved: {
    class: "config",
    message: (p: { slot: string; confirmed: string; bookmark: string }) =>
      `The replication slot ${JSON.stringify(p.slot)} begins at ${p.confirmed}, after the bookmark ${p.bookmark}: it was made again, or something else reads it, and the changes between are missing`,
    hint: `${startOver} Give each reader a slot of its own (replication_slot_name).`,
  },
  slot_foreign: {
    class: "config",
    message: (p: { slot: string; plugin: string; database: string }) =>
      `The replication slot ${JSON.stringify(p.slot)} is of the plugin ${p.plugin} and database ${JSON.stringify(p.database)}`,
    hint: "Set replication_slot_name to another name.",
  },
  slot_in_use: {
    class: "connection",
    recovery: "retry",
    message: (p: { slot: string; pid: number; seconds: number }) =>
      `Process ${p.pid} of the server has read the replication slot ${JSON.stringify(p.slot)} for ${p.seconds} s while this run waited`,
    hint: (p: { slot: string; pid: number }) =>
      `Another run or program reads it: give each a name of its own with replication_slot_name. If it is a dead one: SELECT pg_terminate_backend(${p.pid}).`,
  },
  slots_differ: {
    class: "config",
    message: (p: { slots: readonly string[] }) => `The bookmarks and settings name several replication slots: ${p.slots.join(", ")}`,
    hint: `One run reads one slot. Set replication_slot_name back, or load the tables again: tapline run … --full-refresh. Then drop the slot that is left over: SELECT pg_drop_replication_slot('…').`,
  },
  log_of_other_server: {
    class: "config",
    message: (p: { was: string; is: string }) =>
      `The bookmark is of the server ${p.was}, and this is ${p.is} (system identifier and timeline): a restored or other server, whose log may have other changes`,
    hint: `Correct the connection if it is the wrong server. Otherwise: ${startOver}`,
  },
  log_behind_bookmark: {
    class: "config",
    message: (p: { bookmark: string; left: string; timeline: number }) =>
      `This server was promoted, and left timeline ${p.timeline} at ${p.left}, before the bookmark ${p.bookmark}: changes that are loaded are missing here`,
    hint: `${startOver} Before the next failover, name the standby's slot in synchronized_standby_slots on the primary: then nothing is sent that the standby lacks.`,
  },
  log_not_followable: {
    class: "config",
    message: (p: { table: string; why: string; remedy: string }) => `${p.table} can't be read LOG_BASED: ${p.why}`,
    hint: (p: { remedy: string }) => `Change the table, or read it another way: ${p.remedy}`,
  },
  log_kept_too_long: {
    class: "config",
    message: (p: { slot: string; kept: number; most: number; when: string }) =>
      `The server kept ${p.kept} MiB of log for the replication slot ${JSON.stringify(p.slot)} ${p.when}, more than max_retained_wal, which is ${p.most}`,
    hint: "What was read is loaded, and the next run lets the server forget it. Run more often, or follow (--follow); end transactions that stay open (pg_stat_activity, pg_prepared_xacts); or raise the limit.",
  },
  log_unreadable: {
    class: "bug",
    message: (p: { why: string }) => `PostgreSQL sent a message of its log that this tap can't read: ${p.why}`,
    hint: "Report it with the version of the server. Until then use another replication method.",
  },
} as const satisfies Record<string, ErrorEntry>;
