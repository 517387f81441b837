/** Opens the rows that a query asks for. The session is closed with them. */
import type { Query, RowReader } from "@tapline/sdk";
import type { Dialect } from "../dialect/dialect.ts";
import { errors } from "../errors.ts";
import type { NamingSettings } from "../names/table-name.ts";
import type { ReadSession } from "./read-session.ts";
import { streamSelect } from "./stream-select.ts";

/** @throws as `streamSelect` and `ReadSession.select` */
export async function openRows(dialect: Dialect, session: ReadSession, naming: NamingSettings, query: Query): Promise<RowReader> {
  try {
    const sql = "sql" in query ? query.sql : await streamSelect({ dialect, session, naming }, query.stream, query.metadata === true);
    // Clients of databases end a text at a NUL character.
    if (sql.includes("\0")) throw errors.query_failed({ reason: "the text contains a NUL character" });
    return { ...(await session.select(sql)), [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() };
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}
