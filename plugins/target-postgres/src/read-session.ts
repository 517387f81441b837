/**
 * A session for queries: one READ ONLY transaction that is never committed. The query is read through a cursor, which takes nothing but
 * SELECT, WITH, VALUES and TABLE, and gives the rows a few at a time.
 */
import { connectionOptions, explainFailure, openSession, type Session } from "@tapline/postgres";
import { TaplineError } from "@tapline/sdk";
import { type ReadSession, sqlErrors } from "@tapline/sql";
import { cellText } from "./cell-text.ts";
import type { Config } from "./config.ts";
import { locationOf } from "./connection.ts";
import { describeTable, tablesIn, tablesLike } from "./describe.ts";

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

const cursor = "tapline_rows";
const declaration = `DECLARE ${cursor} NO SCROLL CURSOR FOR\n`;

/** Runs in the open transaction; the cursor stays open. */
export async function select(session: Session, sql: string): ReturnType<ReadSession["select"]> {
  const run = async (text: string) => {
    try {
      // In the extended protocol a text with several statements is an error.
      const query = { text, rowMode: "array" as const, queryMode: "extended" };
      const { rows, fields, rowCount } = await session.client.query<(string | null)[]>(query);
      return { rows, fields, count: rowCount ?? 0 };
    } catch (error) {
      throw explainQuery(error, session, sql);
    }
  };
  await run(declaration + sql);
  const { fields } = await run(`FETCH FORWARD 0 FROM ${cursor}`);
  const types = fields.map(({ dataTypeID }) => dataTypeID);
  const names = await typeNames(session, fields);
  return {
    columns: fields.map(({ name }, index) => ({ name, type: names[index] ?? "" })),
    async read(most) {
      const { rows } = await run(`FETCH FORWARD ${most} FROM ${cursor}`);
      return rows.map((row) => row.map((value, index) => cellText(value, types[index] ?? 0)));
    },
    // The rows stay on the server.
    countRest: async () => (await run(`MOVE FORWARD ALL FROM ${cursor}`)).count,
  };
}

async function typeNames({ execute }: Session, fields: readonly { dataTypeID: number; dataTypeModifier: number }[]): Promise<string[]> {
  if (fields.length === 0) return [];
  const list = fields.map(({ dataTypeID, dataTypeModifier }) => `pg_catalog.format_type(${dataTypeID}, ${dataTypeModifier})`);
  const { rows } = await execute(`SELECT pg_catalog.unnest(ARRAY[${list.join(", ")}])`);
  return rows.map(([name]) => String(name));
}

interface ServerError {
  code?: string;
  severity?: string;
  routine?: string;
  /** Of the character where the error is, from 1. */
  position?: string;
}

function explainQuery(error: unknown, session: Session, sql: string): TaplineError {
  if (error instanceof TaplineError) return error;
  const { code = "", severity, routine, position } = error as ServerError;
  const message = error instanceof Error ? error.message : String(error);
  // The code is that of a syntax error; the routine is the same in every language.
  if (code === "42601" && routine === "exec_parse_message") return sqlErrors.query_several({ found: "several" }, {}, error);
  if (code === "25006") return sqlErrors.query_changes({ reason: message }, {}, error);
  const at = position === undefined ? undefined : Number(position) - 1 - declaration.length;
  if (/^transformDeclareCursor/.test(routine ?? "") || (code === "42601" && at !== undefined && isFirstWord(sql, at)))
    return sqlErrors.query_not_reading({ allowed: "SELECT, WITH, VALUES and TABLE" }, {}, error);
  // Of the connection, of rights and of the server: the load explains them in the same words.
  if (severity === undefined || /^(08|28|40|42501|53|55|57|58)/.test(code))
    return explainFailure(severity === undefined ? (session.lost ?? error) : error, session.options);
  const where = at === undefined || at < 0 ? "" : ` (${lineAndColumn(sql, at)})`;
  return sqlErrors.query_failed({ reason: `${message}${where}` }, {}, error);
}

/** Only blanks, comments and brackets are before it. */
function isFirstWord(sql: string, at: number): boolean {
  const characters = [...sql];
  const before = characters.slice(0, at).join("");
  return /^(?:[\s(]|--[^\n]*\n|\/\*[\s\S]*?\*\/)*$/.test(before) && /^\w/.test(characters[at] ?? "");
}

/** PostgreSQL counts characters, not the units of UTF-16. */
function lineAndColumn(sql: string, at: number): string {
  const lines = [...sql].slice(0, at).join("").split("\n");
  return `line ${lines.length}, column ${[...(lines.at(-1) ?? "")].length + 1}`;
}
