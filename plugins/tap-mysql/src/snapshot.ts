/**
 * One snapshot of the database for all tables of a run: a transaction that reads only, in isolation REPEATABLE READ. It holds for InnoDB;
 * tables of other engines are read as they are at the moment.
 */
import { errors } from "./errors.ts";
import { serverErrno } from "./session/failures.ts";
import { openSession, type ServerVersion, type Session } from "./session/session.ts";
import type { ConnectionOptions } from "./session/settings.ts";

export interface Facts {
  version: ServerVersion;
  /** Since when a statement or transaction has been open that may still commit rows which the snapshot does not see; or why that can't be known. */
  oldest: { at: string } | { unknown: string };
}

export interface Snapshot extends AsyncDisposable {
  readonly session: Session;
  readonly facts: Facts;
}

/** 10.3 has the columns that discovery reads, and 8.0 is the oldest of MySQL that is maintained. */
const oldestVersions = { mariadb: 100_300, mysql: 80_000 };

/** @throws errors of connecting, mysql_server_too_old */
export async function takeSnapshot(options: ConnectionOptions, holdMarginMs: number): Promise<Snapshot> {
  const session = await openSession(options);
  try {
    const { version } = session;
    if (version.number < (version.isMariadb ? oldestVersions.mariadb : oldestVersions.mysql))
      throw errors.mysql_server_too_old({ version: version.text });
    // Before the snapshot: a transaction that it does not see is then either in this list or began after it.
    const oldest = await oldestOpen(session, holdMarginMs);
    await beginSnapshot(session);
    return { session, facts: { version, oldest }, [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() };
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

export async function beginSnapshot({ execute }: Session): Promise<void> {
  await execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  await execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
}

/**
 * CURRENT_TIMESTAMP is when a statement began, which is after its transaction did, but a statement that waits, such as for a lock on its
 * table, has no transaction yet: both lists count. The clock is read before them.
 */
async function oldestOpen(session: Session, marginMs: number): Promise<Facts["oldest"]> {
  const { execute, version } = session;
  const [[clock]] = (await execute("SELECT NOW(6)")) as [[string]];
  const elapsed = version.isMariadb ? "CEILING(time_ms / 1000)" : "time";
  try {
    const [[at, replicas]] = (await execute(`
      SELECT LEAST(CAST('${clock}' AS DATETIME(6)),
          COALESCE((SELECT MIN(CONVERT_TZ(trx_started, 'SYSTEM', '+00:00')) FROM information_schema.innodb_trx WHERE trx_mysql_thread_id <> CONNECTION_ID()), '9999-12-31'),
          COALESCE((SELECT MIN(NOW(6) - INTERVAL ${elapsed} SECOND) FROM information_schema.processlist
            WHERE command NOT IN ('Sleep', 'Daemon', 'Binlog Dump') AND id <> CONNECTION_ID()), '9999-12-31')) - INTERVAL ${marginMs * 1000} MICROSECOND,
        (SELECT COUNT(*) FROM information_schema.processlist WHERE command LIKE 'Slave%' OR (user = 'system user' AND command IN ('Connect', 'Query')))`)) as [
      [string, string],
    ];
    if (replicas !== "0") return { unknown: "a replica does not show the transactions that are open on its primary" };
    const prepared = await execute("XA RECOVER");
    if (prepared.length > 0) return { unknown: "a prepared transaction is open (XA RECOVER), and its start is not known" };
    return { at };
  } catch (error) {
    if (serverErrno(error) !== 1227) throw error;
    return {
      unknown: `the user ${JSON.stringify(session.options.user)} may not see the transactions of others (GRANT PROCESS ON *.* TO it)`,
    };
  }
}
