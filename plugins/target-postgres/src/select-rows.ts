/** The rows of one statement that a person wrote, in the open transaction, through a cursor: it takes nothing but SELECT, WITH, VALUES and TABLE. */
import { explainFailure, type Session } from "@tapline/postgres";
import { TaplineError } from "@tapline/sdk";
import { type FoundRows, type ReadSession, sqlErrors } from "@tapline/sql";
import { cellText } from "./cell-text.ts";

export const cursor = "tapline_rows";
const declaration = `DECLARE ${cursor} NO SCROLL CURSOR FOR\n`;

/** The cursor stays open. */
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

/** Inside a load. The savepoint makes the transaction writable again, closes the cursor, and keeps an error from ending the load. */
export async function readRows(session: Session, sql: string, most: number): Promise<FoundRows> {
  await session.execute("SAVEPOINT tapline_read");
  try {
    await session.execute("SET TRANSACTION READ ONLY");
    const found = await select(session, sql);
    const rows = await found.read(most);
    return { columns: found.columns.map(({ name }) => name), rows, count: rows.length + (await found.countRest()) };
  } finally {
    await session.execute("ROLLBACK TO SAVEPOINT tapline_read");
    await session.execute("RELEASE SAVEPOINT tapline_read");
  }
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
