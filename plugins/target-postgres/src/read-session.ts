/**
 * A session for queries: one READ ONLY transaction that is never committed. The query is read through a cursor, which takes nothing but
 * SELECT, WITH, VALUES and TABLE, and gives the rows a few at a time.
 */
import { connectionOptions, openSession, type Session } from "@tapline/postgres";
import type { ReadSession } from "@tapline/sql";
import type { Config } from "./config.ts";
import { locationOf } from "./connection.ts";
import { describeTable, tablesIn, tablesLike } from "./describe.ts";
import { cursor, select } from "./select-rows.ts";

/** @throws errors of settings and errors of connecting */
export async function connectToRead(config: Config, signal: AbortSignal): Promise<ReadSession> {
  const session = await openSession(connectionOptions(config, "target-postgres"));
  const { options } = session;
  try {
    await session.execute("BEGIN READ ONLY");
    // It takes the transaction's snapshot. From then on the transaction can't be made READ WRITE, not even by a function.
    const { rows } = await session.execute("SELECT pg_catalog.pg_backend_pid()");
    const cancel = (): void => void cancelBackend(session, String(rows[0]?.[0]));
    signal.addEventListener("abort", cancel);
    let isOpen = false;
    return {
      database: options.database,
      location: locationOf(options),
      describe: (table) => describeTable(session, table),
      tablesLike: (schema, names) => tablesLike(session, schema, names),
      tablesIn: (schema) => tablesIn(session, schema),
      async select(sql) {
        if (isOpen) await session.execute(`CLOSE ${cursor}`);
        isOpen = true;
        return await select(session, sql);
      },
      async [Symbol.asyncDispose]() {
        signal.removeEventListener("abort", cancel);
        await session[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

/** Through another session, as the login's role: the role of the settings may not cancel what the login began. */
async function cancelBackend({ options, client }: Session, pid: string): Promise<void> {
  try {
    await using other = await openSession({ ...options, role: undefined });
    await other.execute(`SELECT pg_catalog.pg_cancel_backend(${pid})`);
  } catch {
    // No other session can be had: the server cancels the statement when it notices that the connection is closed.
    await client.end().catch(() => {});
  }
}
