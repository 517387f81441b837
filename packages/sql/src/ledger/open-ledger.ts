/** The ledger of a run, and whether appends are exactly once. */
import { ledgerTable } from "@tapline/protocol";
import { type Guarantee, TaplineError } from "@tapline/sdk";
import type { Connection } from "../connection.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { errors } from "../errors.ts";
import type { NamingSettings } from "../names/table-name.ts";
import type { SqlConfig } from "../settings.ts";
import { isMismatch } from "./continuation.ts";
import { type Ledger, startLedger } from "./ledger.ts";

/** The ledger, if it can be used, and the guarantee that follows. */
export interface OpenLedger {
  ledger: Ledger | undefined;
  guarantee: Guarantee;
}

/**
 * Undefined where no state id was given.
 * @throws ledger_refused, ledger_without_run, the errors of `startLedger`, and the database's error when it can't be reached
 */
export async function openLedger(
  dialect: Dialect,
  connection: Connection,
  naming: NamingSettings,
  settings: SqlConfig,
): Promise<OpenLedger | undefined> {
  const {
    state_id: stateId,
    run_id: runId,
    default_target_schema: schema = dialect.names.fallbackSchema,
    exactly_once: wish = "prefer",
    continues,
    replace_streams: replaced = [],
  } = settings;
  if (stateId === undefined || runId === undefined) {
    if (wish === "require") throw errors.ledger_without_run({});
    return undefined;
  }
  try {
    const ledger = await startLedger({ dialect, connection, schema, stateId, naming, continues, replaced }, runId);
    return { ledger, guarantee: { exactly_once: true } };
  } catch (error) {
    // The role, the database or its mode refuses. A server that is away is another matter: it may be back for the rows.
    if (!(error instanceof TaplineError) || error.class !== "config" || isMismatch(error)) throw error;
    const reason = `the table ${schema}.${ledgerTable} can't be used: ${error.message}`;
    if (wish === "require") throw errors.ledger_refused({ reason }, {}, error);
    return { ledger: undefined, guarantee: { exactly_once: false, reason } };
  }
}
