/** The session as the load needs it: transactions whose end is checked, batches through COPY. */
import { quoteText, typeName } from "@tapline/columns";
import { connectionOptions, openSession, postgresErrors, type Session, serverDetails } from "@tapline/postgres";
import { TaplineError } from "@tapline/sdk";
import type { Connection } from "@tapline/sql";
import { bulkLoad } from "./bulk-load.ts";
import type { Config } from "./config.ts";
import { describeTable, markKey, tablesLike } from "./describe.ts";
import { types } from "./dialect/types.ts";
import { readRows } from "./select-rows.ts";
import { aroundViews } from "./views.ts";

/** @throws errors of settings and errors of connecting */
export async function connect(config: Config): Promise<Connection> {
  return connectionOf(await openSession(connectionOptions(config, "target-postgres")));
}

export function connectionOf(session: Session): Connection {
  const { options, execute } = session;
  const about = (table: string | undefined) => (table === undefined ? {} : { table });
  return {
    database: options.database,
    location: locationOf(options),
    begin: async () => void (await execute("BEGIN")),
    commit: () => commit(session),
    async rollback() {
      // A server that lost the connection has rolled back already.
      if (session.lost === undefined) await execute("ROLLBACK").catch(ignoreLost);
    },
    run: async (sql, table) => (await execute(sql, { ...about(table), isChange: sql.startsWith("ALTER TABLE") })).count,
    query: async (sql, table) => (await execute(sql, about(table))).rows,
    describe: (table) => describeTable(session, table),
    tablesLike: (schema, names) => tablesLike(session, schema, names),
    aroundDependents: (table, columns, work) => aroundViews(session, table, columns, work),
    readRows: (sql, most) => readRows(session, sql, most),
    markKey: (table) => markKey(session, table),
    hasSchema: async (schema) =>
      (await execute(`SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ${quoteText(schema)}`)).rows.length > 0,
    bulkLoad: (target) => bulkLoad(session, target, (type) => typeName(types, type)),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** Where the database is, for people. */
export const locationOf = ({ database, host, port }: Session["options"]): string => `${database} on ${host}:${port}`;

/** @throws commit_refused, commit_unknown: then nothing may be reported as done */
async function commit({ execute, options }: Session): Promise<void> {
  try {
    const { command } = await execute("COMMIT");
    // After an error the server ends the transaction too: it answers ROLLBACK and does not call that an error.
    if (command !== "COMMIT") throw postgresErrors.commit_refused({ ...serverDetails(options), tag: command });
  } catch (error) {
    if (!(error instanceof TaplineError) || error.code !== "connection_lost") throw error;
    throw postgresErrors.commit_unknown({ ...serverDetails(options), reason: error.message }, {}, error);
  }
}

function ignoreLost(error: unknown): void {
  if (!(error instanceof TaplineError) || error.code !== "connection_lost") throw error;
}
