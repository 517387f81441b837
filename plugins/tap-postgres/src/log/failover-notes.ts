/**
 * What a doctor says of the server beside what a run needs: the limit of the log that slots keep, and the settings without which a slot, or
 * changes, are lost when a standby takes over. Each with its fix. The primary has some of them and the standby the others.
 */
import type { Session } from "@tapline/postgres";
import type { Slot } from "./slot.ts";

export interface ServerSettings {
  version: number;
  isReplica: boolean;
  /** null: the server does not have the setting, or the role may not see it. */
  settings: Readonly<Record<string, string | null>>;
  /** Standbys that follow it by a physical slot, and whether one copies slots; of a primary. */
  standbys: number;
  copiesSlots: boolean;
}

export interface Note {
  level: "info" | "warning";
  message: string;
}

const names = [
  ...["max_slot_wal_keep_size", "synchronized_standby_slots", "sync_replication_slots", "hot_standby_feedback"],
  ...["primary_conninfo", "primary_slot_name"],
];

export async function readServerSettings({ execute }: Session): Promise<ServerSettings> {
  const list = names.map((name) => `(SELECT setting FROM pg_catalog.pg_settings WHERE name = '${name}')`);
  const [[version, isReplica, standbys, copies, ...values]] = (
    await execute(`
      SELECT current_setting('server_version_num'), pg_is_in_recovery(),
        (SELECT count(*) FROM pg_catalog.pg_replication_slots WHERE slot_type = 'physical' AND active),
        EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity WHERE application_name LIKE '%slotsync worker%'), ${list.join(", ")}`)
  ).rows as [[string, string, string, string, ...(string | null)[]]];
  return {
    version: Number(version),
    isReplica: isReplica === "t",
    standbys: Number(standbys),
    copiesSlots: copies === "t",
    settings: Object.fromEntries(names.map((name, n) => [name, values[n] ?? null])),
  };
}

/** `slots`: of this tap. Pure. */
export function notesOn(server: ServerSettings, slots: readonly Slot[]): Note[] {
  return server.isReplica ? notesOnStandby(server) : [...keepNote(server), ...notesOnPrimary(server, slots)];
}

function keepNote({ settings }: ServerSettings): Note[] {
  const size = settings.max_slot_wal_keep_size;
  if (size === null || size === undefined) return [];
  const message =
    size === "-1"
      ? "max_slot_wal_keep_size has no limit, so a slot that nobody reads fills the server's disk. A limit gives the slot up instead: ALTER SYSTEM SET max_slot_wal_keep_size = '50GB'"
      : `the server gives up a slot for which it would have to keep more than ${size} MiB of log (max_slot_wal_keep_size): runs must come often enough`;
  return [{ level: "info", message }];
}

function notesOnPrimary({ version, standbys, copiesSlots, settings }: ServerSettings, slots: readonly Slot[]): Note[] {
  if (standbys === 0) return [];
  if (version < 170_000)
    return [
      {
        level: "info",
        message:
          "the server has standbys, and before PostgreSQL 17 they have no copy of a replication slot: after a failover the tables are read again",
      },
    ];
  const notes: Note[] = [];
  for (const { name, hasFailover } of slots)
    if (!hasFailover)
      notes.push({
        level: "warning",
        message: `the replication slot ${JSON.stringify(name)} is not copied to standbys, so a failover loses it: psql "dbname=… replication=database" -c 'ALTER_REPLICATION_SLOT "${name}" (FAILOVER)'`,
      });
  if (!copiesSlots)
    notes.push({
      level: "warning",
      message:
        "no standby copies replication slots, so a failover loses them. On the standby: ALTER SYSTEM SET sync_replication_slots = on, hot_standby_feedback = on, and dbname=… in primary_conninfo. tap-postgres --test with the standby's host checks each",
    });
  if (!settings.synchronized_standby_slots)
    notes.push({
      level: "warning",
      message:
        "changes may be loaded that no standby has yet, and a failover would take them back: ALTER SYSTEM SET synchronized_standby_slots = 'the physical slot of the standby', and reload",
    });
  return notes;
}

function notesOnStandby({ version, settings }: ServerSettings): Note[] {
  if (version < 170_000) return [];
  const isOff = (name: string): boolean => settings[name] === "off";
  const conninfo = settings.primary_conninfo;
  const faults: [boolean, string][] = [
    [isOff("sync_replication_slots"), "it copies no replication slots: ALTER SYSTEM SET sync_replication_slots = on"],
    [isOff("hot_standby_feedback"), "it can't copy slots without hot_standby_feedback: ALTER SYSTEM SET hot_standby_feedback = on"],
    [settings.primary_slot_name === "", "it can't copy slots without a physical slot of its own: set primary_slot_name"],
    [
      typeof conninfo === "string" && conninfo !== "" && !/\bdbname\s*=/.test(conninfo),
      "it can't copy slots without a database to connect to: add dbname=postgres to primary_conninfo",
    ],
  ];
  return faults.flatMap(([isSo, message]) => (isSo ? [{ level: "warning" as const, message: `this standby: ${message}` }] : []));
}
