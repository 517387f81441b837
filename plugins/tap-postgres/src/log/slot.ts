/** The replication slot of a state: by it the server keeps the log that was not confirmed. Its name, what it is now, and waiting for it. */
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { quoteName, quoteText } from "@tapline/columns";
import { type Session, sqlState } from "@tapline/postgres";
import type { Log } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { lsnText, readLsn } from "./lsn.ts";

export interface Slot {
  name: string;
  plugin: string;
  database: string;
  /** The process that reads it. */
  activePid: number | undefined;
  /** The server threw away log that the slot needs. */
  isLost: boolean;
  /** The server sends nothing before this any more. */
  confirmed: bigint;
  /** Log that the server keeps for it. */
  retainedBytes: number;
  /** Standbys get a copy of it (PostgreSQL 17 and later). */
  hasFailover: boolean;
}

/** The same name for the same state and database: readable, then a hash, for the server allows 63 letters, digits and _, and has one list for all databases. */
export function slotName(stateId: string, database: string): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([stateId, database]))
    .digest("hex")
    .slice(0, 8);
  const words = stateId
    .replace(/@.*$/, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, 40);
  return `tapline_${words}_${hash}`;
}

export async function findSlot(session: Session, name: string): Promise<Slot | undefined> {
  return (await slotsWhere(session, `slot_name = ${quoteText(name)}`))[0];
}

/** Slots of this database that a tap made for a state. */
export function ownSlots(session: Session): Promise<Slot[]> {
  return slotsWhere(session, "database = current_database() AND starts_with(slot_name, 'tapline_') AND NOT temporary");
}

async function slotsWhere({ execute }: Session, condition: string): Promise<Slot[]> {
  const { rows } = await execute(`
    SELECT slot_name, plugin, database, active_pid, wal_status = 'lost', confirmed_flush_lsn,
      pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END, restart_lsn),
      to_jsonb(s) ->> 'failover'
    FROM pg_catalog.pg_replication_slots AS s WHERE ${condition} ORDER BY slot_name`);
  return rows.map(([name, plugin, database, activePid, isLost, confirmed, retained, failover]) => ({
    name: String(name),
    plugin: String(plugin),
    database: String(database),
    activePid: activePid === null || activePid === undefined ? undefined : Number(activePid),
    isLost: isLost === "t",
    confirmed: readLsn(confirmed) ?? 0n,
    retainedBytes: Number(retained ?? 0),
    hasFailover: failover === "true",
  }));
}

/** For the person: an idle slot fills the server's disk. */
export function retainedText({ name, retainedBytes: bytes }: Slot): string {
  const size = bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
  return `the server keeps ${size} of log for the replication slot ${JSON.stringify(name)}`;
}

const askEveryMs = 200;
const sayAfterMs = 2000;

/** A run that was killed leaves a process of the server behind that reads the slot, until it notices. @throws slot_in_use */
export async function waitForSlot(
  session: Session,
  name: string,
  { log, signal }: { log: Log; signal: AbortSignal },
): Promise<Slot | undefined> {
  const [[timeout]] = (await session.execute("SELECT (extract(epoch FROM current_setting('wal_sender_timeout')::interval) * 1000)::bigint"))
    .rows as [[string]];
  const patienceMs = Number(timeout) + 15_000;
  const since = performance.now();
  let isSaid = false;
  for (;;) {
    const slot = await findSlot(session, name);
    if (slot?.activePid === undefined || signal.aborted) return slot;
    const waitedMs = performance.now() - since;
    if (waitedMs > patienceMs) throw errors.slot_in_use({ slot: name, pid: slot.activePid, seconds: Math.round(waitedMs / 1000) });
    if (waitedMs > sayAfterMs && !isSaid) {
      isSaid = true;
      log("info", `waits until process ${slot.activePid} of the server lets go of the replication slot ${JSON.stringify(name)}`);
    }
    await pause(askEveryMs);
  }
}

/** The exported snapshot sees exactly the transactions whose commit lies before `lsn`, as long as its session runs no other command. */
export interface SlotPoint {
  lsn: bigint;
  snapshot: string;
}

/** The slot that stays. Standbys get a copy where the server can give them one. @throws as `createSlot` */
export async function createLastingSlot(replication: Session, session: Session, name: string, log: Log): Promise<void> {
  const [[version]] = (await session.execute("SELECT current_setting('server_version_num')")).rows as [[string]];
  await createSlot(replication, name, log, { hasFailover: Number(version) >= 170_000 });
}

/** `replication`: a session for its commands. Waits until all transactions that are open now have ended. @throws slots_full and errors of the server */
export async function createSlot(
  replication: Session,
  name: string,
  log: Log,
  { isTemporary = false, hasFailover = false } = {},
): Promise<SlotPoint> {
  const lasting = hasFailover ? "LOGICAL pgoutput (SNAPSHOT 'nothing', FAILOVER)" : "LOGICAL pgoutput NOEXPORT_SNAPSHOT";
  const words = isTemporary ? "TEMPORARY LOGICAL pgoutput EXPORT_SNAPSHOT" : lasting;
  const patience = setTimeout(
    () => log("info", "waits for the transactions that are open: the log can be read from their end on"),
    sayAfterMs,
  );
  try {
    const { rows } = await replication.execute(`CREATE_REPLICATION_SLOT ${quoteName(name)} ${words}`);
    const [[, lsn, snapshot]] = rows as [[string, string, string | null]];
    return { lsn: readLsn(lsn) as bigint, snapshot: snapshot ?? "" };
  } catch (error) {
    // configuration_limit_exceeded, of max_replication_slots or max_wal_senders.
    if (sqlState(error) === "53400") throw errors.slots_full({ slot: name }, {}, error);
    throw error;
  } finally {
    clearTimeout(patience);
  }
}

/** The server may forget what is before. */
export async function advanceSlot({ execute }: Session, name: string, lsn: bigint): Promise<void> {
  await execute(`SELECT pg_replication_slot_advance(${quoteText(name)}, ${quoteText(lsnText(lsn))})`);
}

export async function dropSlot({ execute }: Session, name: string): Promise<void> {
  await execute(`SELECT pg_drop_replication_slot(${quoteText(name)})`);
}
