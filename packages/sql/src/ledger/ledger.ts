/**
 * The table `_tapline_loads`: for each state id the state of its last commit, written in the transaction of that commit. After a kill, a
 * run continues exactly where the rows end. The row is also a fence: only the run that took it last may commit. Reasons are in
 * docs/explanation/delivery.md.
 */
import { ledgerTable } from "@tapline/protocol";
import type { LastState, StreamCounts } from "@tapline/sdk";
import type { Connection } from "../connection.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { errors } from "../errors.ts";
import { createSchema } from "../load/table-ddl.ts";
import type { NamingSettings, TableName } from "../names/table-name.ts";
import { type Continuation, emptyRow, isCompared, type LedgerRow, loadedBefore } from "./continuation.ts";
import { readLoadedStreams, withCommit, writeLoadedStreams } from "./loaded-streams.ts";
import { missingTables } from "./missing-tables.ts";

export interface LedgerContext {
  dialect: Dialect;
  connection: Connection;
  /** The schema that the ledger is in. */
  schema: string;
  stateId: string;
}

export interface Ledger {
  /**
   * Runs in the open transaction. `state`: JSON text; undefined where the commit reaches none, and then the ledger keeps the name of the
   * earlier commit. `read`: the streams that the run has read so far. @returns whether it names this run now. @throws run_superseded
   */
  record(state: string | undefined, counts: ReadonlyMap<string, StreamCounts>, read: Iterable<string>): Promise<boolean>;
}

/** Takes the state id for a run: from now on the run that had it before can't commit. Uses separate transactions. */
export async function takeLedger(context: LedgerContext, runId: string): Promise<void> {
  if ((await context.connection.describe(located(context).name)) === null) await makeTable(context);
  await inTransaction(context.connection, () => take(context, runId));
}

export interface LoadContext extends LedgerContext, Continuation {
  naming: NamingSettings;
}

/**
 * As `takeLedger`, for a run that loads. Where the database is not the one that the run continues from, nothing is taken or made.
 * @throws ledger_missing, ledger_differs, table_missing, rows_missing
 */
export async function startLedger(context: LoadContext, runId: string): Promise<Ledger> {
  const { connection, dialect, stateId, continues } = context;
  const { name, table } = located(context);
  const label = { stateId, table, location: connection.location };
  const missing = (streams: readonly string[]) => missingTables(context, streams);
  if ((await connection.describe(name)) === null) {
    if (isCompared(continues)) await loadedBefore(label, emptyRow, context, missing);
    await makeTable(context);
  }
  let loaded = await inTransaction(connection, async () => {
    await take(context, runId);
    return loadedBefore(label, await readRow(context), context, missing);
  });
  return {
    async record(state, counts, read) {
      loaded = withCommit(loaded, counts, read);
      const update = dialect.statements.ledger.record(table, { stateId, runId, state, counts: writeLoadedStreams(loaded) });
      if ((await connection.run(update, table)) !== 1) throw errors.run_superseded({ stateId, runId, table });
      return state !== undefined;
    },
  };
}

/** What is stored under the state id; all null when nothing is, or there is no ledger. */
export async function readLedger(context: LedgerContext): Promise<LastState> {
  const { connection, dialect, stateId } = context;
  const { table, name } = located(context);
  if ((await connection.describe(name)) === null) return { run_id: null, state: null, committed_at: null };
  const [row = []] = await connection.query(dialect.statements.ledger.read(table, stateId), table);
  const [runId, state, seconds] = row;
  return { run_id: textOrNull(runId), state: textOrNull(state), committed_at: timeOrNull(seconds) };
}

async function readRow(context: LedgerContext): Promise<LedgerRow> {
  const { table } = located(context);
  const [row = []] = await context.connection.query(context.dialect.statements.ledger.readCounts(table, context.stateId), table);
  const [runId, counts, seconds] = row;
  const [run, at] = [textOrNull(runId), timeOrNull(seconds)];
  return { commit: run === null || at === null ? undefined : { runId: run, at }, loaded: readLoadedStreams(textOrNull(counts)) };
}

async function take(context: LedgerContext, runId: string): Promise<void> {
  const { table } = located(context);
  await context.connection.run(context.dialect.statements.ledger.take(table, context.stateId, runId), table);
}

function located({ dialect, connection, schema }: LedgerContext): { name: TableName; table: string } {
  const name: TableName = { schema, table: ledgerTable };
  return { name, table: dialect.names.qualify(connection.database, name) };
}

async function makeTable(context: LedgerContext): Promise<void> {
  const { dialect, connection, schema } = context;
  const { name, table } = located(context);
  try {
    await inTransaction(connection, async () => {
      await createSchema(context, schema);
      await connection.run(dialect.statements.ledger.create(table), table);
    });
  } catch (error) {
    // Two runs may make it at once, and then the later one fails.
    if ((await connection.describe(name)) === null) throw error;
  }
}

async function inTransaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.begin();
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await connection.rollback();
    throw error;
  }
  await connection.commit();
  return result;
}

const timeOrNull = (seconds: unknown): string | null =>
  seconds === null || seconds === undefined ? null : new Date(Number(seconds) * 1000).toISOString();
const textOrNull = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));
