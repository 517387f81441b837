/**
 * A session for queries: one READ ONLY transaction that is never committed. The query is read through a cursor, which takes nothing but
 * SELECT, WITH, VALUES and TABLE, and gives the rows a few at a time.
 */
import { cancelStatement, connectionOptions, openSession } from "@tapline/postgres";
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
    session.processId = Number(rows[0]?.[0]);
    const cancel = (): void => void cancelStatement(session);
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
