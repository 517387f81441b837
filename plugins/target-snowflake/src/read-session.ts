/**
 * A session for queries. Snowflake has no session that refuses changes, so it first compiles the text where it takes a query and nothing else; what
 * passes can't change rows, tables or settings.
 */
import { TaplineError } from "@tapline/sdk";
import { type Dialect, type ReadSession, sqlErrors } from "@tapline/sql";
import type { RowStatement } from "snowflake-sdk";
import { cellText, shownType } from "./cell-text.ts";
import type { Config } from "./config.ts";
import { tableDescriber } from "./describe.ts";
import { alterReadSession, explainQuery } from "./dialect/session.ts";
import { explainFailure } from "./failures.ts";
import { databaseOf, openSession, type Session } from "./session.ts";

/** @throws the errors of settings, of logging in, and snowflake_database_missing */
export async function connectToRead(config: Config, { names }: Dialect, signal: AbortSignal): Promise<ReadSession> {
  const session = await openSession(config, signal);
  try {
    await session.execute(alterReadSession);
    const database = await databaseOf(session, config);
    const { describe, tablesLike, tablesIn } = tableDescriber(session, names, database);
    return {
      database,
      location: `${config.account}/${database}`,
      describe,
      tablesLike,
      tablesIn,
      select: (sql) => select(session, config, sql.trim().replace(/;$/, "")),
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    };
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

/** @throws query_not_reading, query_several, query_failed, and errors of the connection */
async function select(session: Session, { account, user = "" }: Config, sql: string): ReturnType<ReadSession["select"]> {
  if (!/^(?:\s|\(|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:SELECT|WITH|VALUES)\b/i.test(sql))
    throw sqlErrors.query_not_reading({ allowed: "SELECT, WITH and VALUES" });
  let statement: RowStatement;
  try {
    await session.execute(explainQuery(sql));
    statement = await session.open(sql);
  } catch (error) {
    throw explainQueryFailure(error);
  }
  const columns = statement.getColumns() ?? [];
  const rows = statement.streamRows()[Symbol.asyncIterator]() as AsyncIterator<unknown[]>;
  let left = statement.getNumRows();
  return {
    columns: columns.map((column) => ({ name: column.getName(), type: shownType(column) })),
    async read(most) {
      const found: string[][] = [];
      while (found.length < most) {
        const next = await rows.next().catch((error: unknown) => {
          throw explainFailure(error, { account, user });
        });
        if (next.done === true) break;
        found.push(next.value.map((value, index) => cellText(value, columns[index]?.getType() ?? "")));
      }
      left -= found.length;
      return found;
    },
    // Snowflake keeps the rows of a result, and has counted them.
    countRest: async () => left,
  };
}

/** What Snowflake says of the text itself. Of login, warehouse and network the load's errors tell more. */
function explainQueryFailure(error: unknown): unknown {
  if (!(error instanceof TaplineError) || !["snowflake_failed", "snowflake_right_missing"].includes(error.code)) return error;
  const { message = error.message, code } = (error.cause ?? {}) as { message?: string; code?: unknown };
  const reason = message.replaceAll(/\s+/g, " ").trim();
  if (String(code).padStart(6, "0") === "000008") return sqlErrors.query_several({ found: "several" }, {}, error);
  return sqlErrors.query_failed({ reason }, {}, error);
}
