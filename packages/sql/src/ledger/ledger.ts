/**
 * The table `_tapline_loads`: for each state id the state of its last commit, written in the transaction of that commit. After a kill, a
 * run goes on exactly where the rows end. The row is also a fence: only the run that took it last may commit. Reasons are in
 * docs/explanation/delivery.md.
 */
import type { LastState, StreamCounts } from "@tapline/sdk";
import type { Connection } from "../connection.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { errors } from "../errors.ts";
import { createSchema } from "../load/table-ddl.ts";
import type { TableName } from "../names/table-name.ts";

export const ledgerTable = "_tapline_loads";
export interface LedgerContext {
  dialect: Dialect;
  connection: Connection;
  /** The schema that the ledger is in. */
  schema: string;
  stateId: string;
}

export interface Ledger {
  /**
   * Runs in the open transaction. `state`: JSON text; undefined where the commit reaches none, and then the ledger goes on naming the
   * earlier commit. @returns whether it names this run now. @throws run_superseded
   */
  record(state: string | undefined, counts: ReadonlyMap<string, StreamCounts>): Promise<boolean>;
}

/** Takes the state id for a run: from now on the run that had it before can't commit. Uses separate transactions. */
export async function takeLedger(context: LedgerContext, runId: string): Promise<Ledger> {
  const { connection, dialect, stateId } = context;
  const { ledger } = dialect.statements;
  const { table } = located(context);
  await makeTable(context);
  await inTransaction(connection, () => connection.run(ledger.take(table, stateId, runId), table));
  const totals: Record<string, Required<StreamCounts>> = {};
  return {
    async record(state, counts) {
      for (const [stream, done] of counts) totals[stream] = added(totals[stream], done);
      const update = ledger.record(table, { stateId, runId, state, counts: JSON.stringify(totals) });
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
  return {
    run_id: textOrNull(runId),
    state: textOrNull(state),
    committed_at: seconds === null || seconds === undefined ? null : new Date(Number(seconds) * 1000).toISOString(),
  };
}

function located({ dialect, connection, schema }: LedgerContext): { name: TableName; table: string } {
  const name: TableName = { schema, table: ledgerTable };
  return { name, table: dialect.names.qualify(connection.database, name) };
}

async function makeTable(context: LedgerContext): Promise<void> {
  const { dialect, connection, schema } = context;
  const { name, table } = located(context);
  if ((await connection.describe(name)) !== null) return;
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

async function inTransaction(connection: Connection, work: () => Promise<unknown>): Promise<void> {
  await connection.begin();
  try {
    await work();
  } catch (error) {
    await connection.rollback();
    throw error;
  }

  await connection.commit();
}

function added(total: Required<StreamCounts> | undefined, done: StreamCounts): Required<StreamCounts> {
  const { inserted = 0, updated = 0, superseded = 0, deleted = 0 } = total ?? {};
  return {
    inserted: inserted + done.inserted,
    updated: updated + done.updated,
    superseded: superseded + done.superseded,
    deleted: deleted + (done.deleted ?? 0),
  };
}

const textOrNull = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));
