/** What a server must be to tell its changes, and how far its log is. */
import { type Session, serverDetails } from "@tapline/postgres";
import { errors } from "../errors.ts";
import { readLsn } from "./lsn.ts";

export interface LogServer {
  /** pg_control_system's identifier: it has 64 bits, so it is text. */
  system: string;
  timeline: number;
}

/** @throws log_of_replica, log_level_low, replication_refused */
export async function checkServer({ execute, options }: Session): Promise<void> {
  const [[isReplica, level, mayReplicate]] = (
    await execute(`
      SELECT pg_is_in_recovery(), current_setting('wal_level'),
        (SELECT rolreplication OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user)`)
  ).rows as [[string, string, string]];
  const { server } = serverDetails(options);
  if (isReplica === "t") throw errors.log_of_replica({ server });
  if (level !== "logical") throw errors.log_level_low({ server, level });
  // Managed services give the right by roles of their own: there, only the server's answer counts.
  if (mayReplicate !== "t" && !(await hasServiceRole(execute))) throw errors.replication_refused({ user: options.user });
}

async function hasServiceRole(execute: Session["execute"]): Promise<boolean> {
  const { rows } = await execute(
    "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname IN ('rds_replication', 'azure_pg_admin') AND pg_has_role(session_user, oid, 'MEMBER')",
  );
  return rows.length > 0;
}

/** `known`: servers that bookmarks name: where one has an earlier timeline, the history of this one is read too. @throws errors of the server */
export async function identify({ execute }: Session, known: readonly LogServer[] = []): Promise<LogServer & { history: Timelines }> {
  const [[system, timeline]] = (await execute("IDENTIFY_SYSTEM")).rows as [[string, string]];
  const server = { system, timeline: Number(timeline) };
  const isPromoted = known.some((one) => one.system === system && one.timeline < server.timeline);
  if (!isPromoted) return { ...server, history: new Map() };
  const [[, history]] = (await execute(`TIMELINE_HISTORY ${timeline}`)).rows as [[string, string]];
  return { ...server, history: readTimelines(history) };
}

/** The timelines that a server's own came from, each with the place where it was left. */
export type Timelines = ReadonlyMap<number, bigint>;

/** Reads a history file: a line for each timeline before, with its number, where the next one began, and why. */
export function readTimelines(text: string): Timelines {
  const plain = text.startsWith("\\x") ? Buffer.from(text.slice(2), "hex").toString() : text;
  const lines = plain.split("\n").map((line) => /^\s*(\d+)\s+([0-9A-F]+\/[0-9A-F]+)/i.exec(line));
  return new Map(lines.flatMap((found) => (found === null ? [] : [[Number(found[1]), readLsn(found[2]) as bigint] as const])));
}

/**
 * Where the log stands: an empty message is written, so that the stream comes past this place for certain, and its commit waits until all
 * before it is on disk, for the server decodes nothing else.
 */
export async function logEnd({ execute }: Session): Promise<bigint> {
  await execute("BEGIN READ WRITE");
  try {
    await execute("SELECT set_config('synchronous_commit', 'local', true)");
    const { rows } = await execute("SELECT pg_logical_emit_message(true, 'tapline', '')");
    await execute("COMMIT");
    return readLsn(rows[0]?.[0]) as bigint;
  } catch (error) {
    await execute("ROLLBACK").catch(() => {});
    throw error;
  }
}
