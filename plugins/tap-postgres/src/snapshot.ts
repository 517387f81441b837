/**
 * One snapshot of the database for all tables of a run: a transaction that reads only, in isolation REPEATABLE READ. Everything is set
 * inside the transaction, so that it also works behind a pooler that gives each transaction another connection.
 */
import { quoteName, quoteText } from "@tapline/columns";
import { type ConnectionOptions, explainFailure, openSession, type Session, serverDetails, serverWords, sqlState } from "@tapline/postgres";
import type { HeldSnapshot, TaplineError } from "@tapline/sdk";
import { errors } from "./errors.ts";

export interface Facts {
  /** 180001 for 18.1. */
  version: number;
  isReplica: boolean;
  moneyScale: number;
  /** When the oldest transaction began that may still commit rows which the snapshot does not see; or why that can't be known. */
  oldest: { at: string } | { unknown: string };
  /** The oldest transaction that the snapshot does not see whole; older ones are seen, or were rolled back. */
  oldestXid: string;
}

export interface Snapshot extends AsyncDisposable {
  readonly session: Session;
  readonly facts: Facts;
  /** Other connections that see the same snapshot; they end with it. */
  readers(count: number): Promise<readonly Session[]>;
  /** Takes another snapshot over new connections, where the server ended this one. */
  renew(): Promise<void>;
}

/** A snapshot that another session holds. `oldest`: of the moment when it was taken, which a later session can't know; not needed where no bookmark depends on it. */
export interface ExportedSnapshot {
  id: string;
  oldest?: Facts["oldest"] | undefined;
}

/** @throws errors of connecting, server_too_old, pooler_splits_transactions, snapshot_gone */
export async function takeSnapshot(options: ConnectionOptions, holdMarginMs: number, exported?: ExportedSnapshot): Promise<Snapshot> {
  let current = await openSnapshot(options, holdMarginMs, exported);
  return {
    get session() {
      return current.session;
    },
    get facts() {
      return current.facts;
    },
    readers: (count) => current.readers(count),
    async renew() {
      // Who asked for this snapshot reads more than one thing in it.
      if (exported?.oldest !== undefined)
        throw errors.snapshot_gone({ id: exported.id, reason: "the server ended the transaction that read in it" });
      await current[Symbol.asyncDispose]();
      current = await openSnapshot(options, holdMarginMs);
    },
    [Symbol.asyncDispose]: () => current[Symbol.asyncDispose](),
  };
}

/** Holds a snapshot for other processes, until it is disposed of. @throws as `takeSnapshot` */
export async function holdSnapshot(options: ConnectionOptions, holdMarginMs: number): Promise<HeldSnapshot> {
  const snapshot = await openSnapshot(options, holdMarginMs);
  const { session, facts } = snapshot;
  const lost = new Promise<TaplineError>((resolve) => {
    session.client.once("error", (error) => resolve(explainFailure(error, options)));
  });
  return {
    value: { id: await exportId(session), oldest: facts.oldest },
    lost,
    [Symbol.asyncDispose]: () => snapshot[Symbol.asyncDispose](),
  };
}

const exportId = async ({ execute }: Session): Promise<string> => (await execute("SELECT pg_export_snapshot()")).rows[0]?.[0] as string;

async function openSnapshot(
  options: ConnectionOptions,
  holdMarginMs: number,
  exported?: ExportedSnapshot,
): Promise<Omit<Snapshot, "renew">> {
  const session = await openSession(options);
  const others: Session[] = [];
  const close = async (): Promise<void> => {
    await Promise.all([session, ...others].map((one) => one[Symbol.asyncDispose]()));
  };
  try {
    // Before the snapshot: a transaction that it does not see is then either in this list or began after it.
    const oldest = exported?.oldest ?? (await oldestTransaction(session, holdMarginMs));
    await begin(session, exported?.id);
    const facts = { ...(await readFacts(session)), oldest };
    return {
      session,
      facts,
      async readers(count) {
        if (others.length >= count) return others.slice(0, count);
        const id = await exportId(session);
        while (others.length < count) {
          const other = await openSession(options);
          others.push(other);
          await begin(other, id);
        }
        return others;
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** COPY text is read in these forms. One scan in order of the blocks must not start in the middle, nor be shared by workers. */
export const textSettings: Readonly<Record<string, string>> = {
  TimeZone: "UTC",
  DateStyle: "ISO, YMD",
  IntervalStyle: "postgres",
  client_encoding: "UTF8",
  standard_conforming_strings: "on",
  extra_float_digits: "1",
  bytea_output: "hex",
  synchronize_seqscans: "off",
  idle_in_transaction_session_timeout: "0",
};

async function begin(session: Session, snapshot?: string): Promise<void> {
  const { execute, options } = session;
  try {
    await execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    if (snapshot !== undefined) await readIn(session, snapshot);
    const own: Record<string, string | undefined> = {
      search_path: options.searchPath,
      statement_timeout: options.statementTimeoutMs?.toString(),
      lock_timeout: options.lockTimeoutMs?.toString(),
    };
    const list = Object.entries({ ...textSettings, ...own }).flatMap(([name, value]) =>
      value === undefined ? [] : [`set_config(${quoteText(name)}, ${quoteText(value)}, true)`],
    );
    const { rows } = await execute(`SELECT pg_backend_pid(), ${list.join(", ")}`);
    session.processId = Number(rows[0]?.[0]);
    // The role is of the session, which a pooler may have changed.
    if (options.role !== undefined) await execute(`SET LOCAL ROLE ${quoteName(options.role)}`);
  } catch (error) {
    throw isOutsideTransaction(error)
      ? errors.pooler_splits_transactions({ reason: serverWords((error as Error).cause) }, {}, error)
      : error;
  }
}

/** @throws snapshot_gone */
async function readIn({ execute }: Session, id: string): Promise<void> {
  try {
    await execute(`SET TRANSACTION SNAPSHOT ${quoteText(id)}`);
  } catch (error) {
    // It is no id, it is of another database, or nobody holds it any more.
    if (["22023", "0A000", "55000", "42704"].includes(sqlState(error) ?? ""))
      throw errors.snapshot_gone({ id, reason: serverWords((error as Error).cause) }, {}, error);
    throw error;
  }
}

/** A pooler in the mode `statement` refuses BEGIN with its own words (08P01), or runs what follows elsewhere (25P01). */
function isOutsideTransaction(error: unknown): boolean {
  return ["25P01", "08P01"].includes(sqlState(error) ?? "");
}

async function readFacts(session: Session): Promise<Omit<Facts, "oldest">> {
  const [row] = (
    await session.execute(
      "SELECT current_setting('server_version_num'), current_setting('server_version'), pg_is_in_recovery(), scale(0::money::numeric)",
    )
  ).rows;
  const [number, version, isReplica, moneyScale] = row as [string, string, string, string];
  if (Number(number) < oldestServer) throw errors.server_too_old({ version });
  const [[oldestXid]] = (await session.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())")).rows as [[string]];
  return { version: Number(number), isReplica: isReplica === "t", moneyScale: Number(moneyScale), oldestXid };
}

const oldestServer = 130_000;

/**
 * The clock is read before the list of transactions: one that begins later is later than it. A prepared transaction has no start to read,
 * nor has one of another role without the right to see it.
 */
async function oldestTransaction(session: Session, marginMs: number): Promise<Facts["oldest"]> {
  const [[clock]] = (await session.execute("SELECT clock_timestamp()")).rows as [[string]];
  const [[isReplica, hidden, prepared, at]] = (
    await session.execute(`
      SELECT pg_is_in_recovery(),
        (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
            AND usename IS NOT NULL AND query = '<insufficient privilege>'),
        (SELECT count(*) FROM pg_catalog.pg_prepared_xacts WHERE database = current_database()),
        least(${quoteText(clock)}::timestamptz, (SELECT min(xact_start) FROM pg_catalog.pg_stat_activity
          WHERE datid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid())) - interval '${marginMs} milliseconds'`)
  ).rows as [[string, string, string, string]];
  if (isReplica === "t") return { unknown: "a replica does not show the transactions that are open on its primary" };
  const { user } = serverDetails(session.options);
  if (hidden !== "0")
    return { unknown: `the role ${JSON.stringify(user)} may not see the transactions of others (GRANT pg_read_all_stats TO it)` };
  if (prepared !== "0") return { unknown: "a prepared transaction is open (pg_prepared_xacts), and its start is not known" };
  return { at };
}
