/**
 * The table `_tapline_loads`: for each state id the state of its last commit, written in that commit's own transaction, so
 * that a killed run can be taken up exactly where its rows end. Its row also fences: only the run that took it last may commit.
 * Plans and what runs them; docs/explanation/delivery.md has the reasons.
 */
import { quoteText as text } from "@tapline/columns";
import type { LastState, StreamCounts } from "@tapline/sdk";
import type { Connection } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import { errors } from "./errors.ts";
import type { TableName } from "./names/table-name.ts";
import { createSchema } from "./table-alter.ts";

export const ledgerTable = "_tapline_loads";

export interface LedgerPlace {
  dialect: Dialect;
  connection: Connection;
  schema: string;
  stateId: string;
}

export interface Ledger {
  /** In the transaction that is open. @throws run_superseded */
  record(state: string | undefined, counts: ReadonlyMap<string, StreamCounts>): Promise<void>;
}

/** Takes the state id over for a run: from now on whoever had it can't commit. Transactions of its own. */
export async function takeLedger(place: LedgerPlace, runId: string): Promise<Ledger> {
  const { connection } = place;
  const { table } = words(place);
  await makeTable(place);
  const take = `INSERT INTO ${table} (state_id, run_id) VALUES (${text(place.stateId)}, ${text(runId)})
    ON CONFLICT (state_id) DO UPDATE SET run_id = excluded.run_id`;
  await inTransaction(connection, () => connection.run(take, table));
  const totals: Record<string, Required<StreamCounts>> = {};
  return {
    async record(state, counts) {
      for (const [stream, done] of counts) totals[stream] = added(totals[stream], done);
      const reached = state === undefined ? "" : `state = ${text(state)}, state_run_id = ${text(runId)}, `;
      const update = `UPDATE ${table} SET ${reached}counts = ${text(JSON.stringify(totals))}, committed_at = now()
        WHERE state_id = ${text(place.stateId)} AND run_id = ${text(runId)}`;
      if ((await connection.run(update, table)) !== 1) throw errors.run_superseded({ stateId: place.stateId, runId, table });
    },
  };
}

/** What is noted under the state id; all null when nothing is, or there is no ledger. */
export async function readLedger(place: LedgerPlace): Promise<LastState> {
  const { connection } = place;
  const { table, name } = words(place);
  if ((await connection.describe(name)) === null) return { run_id: null, state: null, committed_at: null };
  const [row = []] = await connection.query(
    `SELECT state_run_id, state, extract(epoch FROM committed_at) FROM ${table} WHERE state_id = ${text(place.stateId)}`,
    table,
  );
  const [runId, state, seconds] = row;
  return {
    run_id: textOrNull(runId),
    state: textOrNull(state),
    committed_at: seconds === null || seconds === undefined ? null : new Date(Number(seconds) * 1000).toISOString(),
  };
}

function words({ dialect, connection, schema }: LedgerPlace) {
  const name: TableName = { schema, table: ledgerTable };
  return {
    name,
    table: dialect.qualify(connection.database, name),
  };
}

async function makeTable(place: LedgerPlace): Promise<void> {
  const { dialect, connection, schema } = place;
  const { name, table } = words(place);
  if ((await connection.describe(name)) !== null) return;
  const { varchar, timestamptz } = dialect.types.spellings;
  const columns = `state_id ${varchar} PRIMARY KEY, run_id ${varchar} NOT NULL, state ${varchar}, state_run_id ${varchar}, counts ${varchar}, committed_at ${timestamptz}`;
  try {
    await inTransaction(connection, async () => {
      await createSchema(place, schema);
      await connection.run(`CREATE TABLE IF NOT EXISTS ${table} (${columns})`, table);
    });
  } catch (error) {
    // Two runs may make it at once, and the later one fails.
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
