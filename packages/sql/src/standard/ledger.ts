/** The ledger's statements in SQL that databases share. Pure. */
import type { LedgerStatements } from "../dialect/statements.ts";
import type { Types } from "../dialect/types.ts";

export function ledgerStatements(
  { spellings: { varchar, timestamptz } }: Pick<Types, "spellings">,
  text: (value: string) => string,
): LedgerStatements {
  const select = (column: string, table: string, stateId: string): string =>
    `SELECT state_run_id, ${column}, extract(epoch FROM committed_at) FROM ${table} WHERE state_id = ${text(stateId)}`;
  return {
    create: (table) =>
      `CREATE TABLE IF NOT EXISTS ${table} (state_id ${varchar} PRIMARY KEY, run_id ${varchar} NOT NULL, state ${varchar}, state_run_id ${varchar}, counts ${varchar}, committed_at ${timestamptz})`,
    take: (table, stateId, runId) => `INSERT INTO ${table} (state_id, run_id) VALUES (${text(stateId)}, ${text(runId)})
    ON CONFLICT (state_id) DO UPDATE SET run_id = excluded.run_id`,
    record(table, { stateId, runId, state, counts }) {
      const reached = state === undefined ? "" : `state = ${text(state)}, state_run_id = ${text(runId)}, `;
      return `UPDATE ${table} SET ${reached}counts = ${text(counts)}, committed_at = now()
        WHERE state_id = ${text(stateId)} AND run_id = ${text(runId)}`;
    },
    read: (table, stateId) => select("state", table, stateId),
    readCounts: (table, stateId) => select("counts", table, stateId),
  };
}
