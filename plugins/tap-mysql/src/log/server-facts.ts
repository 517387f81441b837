/** What a server must be to tell its changes, which server it is, and how far its log is. */
import { errors } from "../errors.ts";
import { serverDetails, serverErrno } from "../session/failures.ts";
import type { Session } from "../session/session.ts";
import { beginSnapshot } from "../snapshot.ts";
import type { LogPosition } from "./position.ts";

/** @throws binlog_off, binlog_setting_low, binlog_refused */
export async function checkServer(session: Session): Promise<void> {
  const { server } = serverDetails(session.options);
  const settings = new Map(
    (
      await session.execute(
        "SHOW GLOBAL VARIABLES WHERE variable_name IN ('log_bin', 'binlog_format', 'binlog_row_image', 'binlog_row_metadata', 'binlog_row_value_options')",
      )
    ).map(([name, value]) => [String(name).toLowerCase(), String(value)]),
  );
  if (settings.get("log_bin") !== "ON") throw errors.binlog_off({ server });
  const needs: readonly [string, string][] = [
    ["binlog_format", "ROW"],
    ["binlog_row_image", "FULL"],
    ["binlog_row_metadata", "FULL"],
  ];
  for (const [setting, needed] of needs) {
    // Versions of MySQL that always write rows have no binlog_format any more.
    const value = settings.get(setting) ?? (setting === "binlog_format" ? needed : "not there");
    if (value.toUpperCase() !== needed) throw errors.binlog_setting_low({ server, setting, value, needed });
  }
  const partial = settings.get("binlog_row_value_options") ?? "";
  if (partial !== "") throw errors.binlog_setting_low({ server, setting: "binlog_row_value_options", value: partial, needed: "''" });
  await logEnd(session);
}

/** Which server the log is of: its own id, and in MariaDB its number and the domain of its transactions. */
export async function identify({ execute, version }: Session): Promise<string> {
  const [[id = ""] = []] = (await execute(
    version.isMariadb
      ? "SELECT CONCAT('server_id ', @@global.server_id, ', domain ', @@global.gtid_domain_id)"
      : "SELECT CONCAT('server_uuid ', @@global.server_uuid)",
  )) as string[][];
  return id;
}

/** Where the log stands. @throws binlog_refused */
export async function logEnd(session: Session): Promise<LogPosition> {
  return refusing(session, async () => positionOf((await session.execute(statusStatement(session)))[0]));
}

/** The statement has another name from MySQL 8.4 on. */
function statusStatement({ version: { isMariadb, number } }: Session): string {
  return !isMariadb && number >= 80_200 ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS";
}

function positionOf(row: readonly (string | null)[] | undefined): LogPosition {
  const [file, position] = row ?? [];
  return { file: String(file), position: Number(position) };
}

/** Files of the log, the oldest first. */
export async function logFiles(session: Session): Promise<LogPosition[]> {
  return refusing(session, async () => (await session.execute("SHOW BINARY LOGS")).map(positionOf));
}

/** After which transaction the place is; "" where the server does not tell. */
export async function gtidAt({ execute, version }: Session, { file, position }: LogPosition): Promise<string> {
  if (!version.isMariadb) return "";
  const [[gtid] = []] = await execute(`SELECT BINLOG_GTID_POS(X'${Buffer.from(file).toString("hex")}', ${position})`);
  return gtid ?? "";
}

/**
 * Takes a snapshot, and tells its place in the log: the snapshot sees exactly the transactions before it. MariaDB tells the place itself.
 * In MySQL a lock over all tables holds writers for a moment.
 */
export async function snapshotOfLog(session: Session, other: () => Promise<Session>): Promise<LogPosition> {
  if (!session.version.isMariadb) return snapshotByLock(session, other);
  await beginSnapshot(session);
  const status = new Map(
    (await session.execute("SHOW STATUS LIKE 'binlog_snapshot_%'")).map(([name, value]) => [String(name).toLowerCase(), String(value)]),
  );
  return { file: status.get("binlog_snapshot_file") ?? "", position: Number(status.get("binlog_snapshot_position")) };
}

/** @throws binlog_refused */
export async function snapshotByLock(session: Session, other: () => Promise<Session>): Promise<LogPosition> {
  await using locker = await other();
  // Awaited here: the session with the lock is closed when this function is left.
  return await refusing(locker, async () => {
    await locker.execute("FLUSH TABLES WITH READ LOCK");
    try {
      await beginSnapshot(session);
      return await logEnd(locker);
    } finally {
      await locker.execute("UNLOCK TABLES");
    }
  });
}

async function refusing<T>(session: Session, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (serverErrno(error) !== 1227) throw error;
    const reason = ((error as Error).cause as Error | undefined)?.message ?? (error as Error).message;
    throw errors.binlog_refused({ user: session.options.user, reason }, {}, error);
  }
}
