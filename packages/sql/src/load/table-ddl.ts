/** Runs the DDL that plans ask for: makes a table, alters it, replaces it by a copy, gives it a key. */

import { randomBytes } from "node:crypto";
import type { TableDescription } from "../connection.ts";
import { tableComment } from "../names/table-comment.ts";
import type { TableName } from "../names/table-name.ts";
import { type Alteration, alterStatements, newColumns } from "../plan/alteration.ts";
import { copiedColumns } from "../plan/copy-plan.ts";
import type { TableContext } from "./table-context.ts";

type Session = Pick<TableContext, "dialect" | "connection">;

/** A table that rows of a stream land in. It has all columns of the stream's own table. */
export interface LandingTable {
  /** Quoted. */
  table: string;
  /** The columns that rows have landed with. */
  columns: readonly string[];
}

/** The table that DDL is about. */
export interface DdlTable {
  name: TableName;
  /** The table that errors name: the stream's own one, quoted. */
  about: string;
  /** Where rows have landed, if those are other tables: they are altered alike. */
  landings?: readonly LandingTable[] | undefined;
}

/** With its schema, where that is missing, and a comment that names the stream. `key`: as in `notedKey`. */
export async function createTable(
  session: Session,
  { name, about }: DdlTable,
  alterations: readonly Alteration[],
  stream: string,
  key: readonly string[],
): Promise<void> {
  const { dialect, connection } = session;
  await createSchema(session, name.schema, about);
  const table = dialect.names.qualify(connection.database, name);
  await connection.run(dialect.statements.createTable(table, newColumns(alterations)), about);
  await connection.run(dialect.statements.commentTable(table, tableComment(stream, key)), about);
}

/** Where the database keeps no key unique, the comment on the table tells it. */
export async function noteKey({ dialect, connection }: Session, table: string, stream: string, key: readonly string[]): Promise<void> {
  await connection.run(dialect.statements.commentTable(table, tableComment(stream, key)), table);
}

export async function createSchema({ dialect, connection }: Session, schema: string, about?: string): Promise<void> {
  if (await connection.hasSchema(schema)) return;
  await connection.run(dialect.statements.createSchema(dialect.names.qualifySchema(connection.database, schema)), about);
}

/** @returns the views that were made again */
export async function alterTable(
  { dialect, connection }: Session,
  { name, about, landings = [] }: DdlTable,
  alterations: readonly Alteration[],
): Promise<string[]> {
  const table = dialect.names.qualify(connection.database, name);
  const alter = async (altered: string, steps: readonly Alteration[]): Promise<void> => {
    for (const statement of alterStatements(dialect, altered, steps)) await connection.run(statement, about);
  };

  const widened = alterations.filter(({ kind }) => kind === "widen").map((step) => step.name);
  let views: string[] = [];
  if (connection.aroundDependents === undefined || widened.length === 0) await alter(table, alterations);
  else views = await connection.aroundDependents(name, widened, () => alter(table, alterations));
  for (const landing of landings) if (landing.table !== table) await alter(landing.table, alterations);
  return views;
}

/** Rows keep their order. Rows, columns and the comments of loads are copied, and nothing else. */
export async function replaceByCopy(
  session: Session,
  { name }: DdlTable,
  { columns, stream, notedKey }: TableDescription,
  alterations: readonly Alteration[],
): Promise<void> {
  const { dialect, connection } = session;
  const { statements } = dialect;
  const qualify = (each: TableName): string => dialect.names.qualify(connection.database, each);
  const [table, copy] = [qualify(name), qualify(hiddenTable(name.schema, "copy"))];
  await connection.run(statements.copyTable(copy, table, copiedColumns(columns, alterations)), table);
  await connection.run(statements.dropTable(table), table);
  await connection.run(statements.renameTable(copy, name.table), table);
  const comments = new Map(columns.flatMap((column) => (column.comment === undefined ? [] : [[column.name, column.comment]])));
  await commentColumns(session, table, table, comments);
  if (stream !== undefined) await connection.run(statements.commentTable(table, tableComment(stream, notedKey)), table);
}

/** `comments` by column name. */
export async function commentColumns(
  { dialect, connection }: Session,
  table: string,
  about: string,
  comments: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [column, comment] of comments) await connection.run(dialect.statements.commentColumn(table, column, comment), about);
}

/** A table that only one load uses until it replaces another: no other table has its name. */
export function hiddenTable(schema: string, use: "new" | "copy"): TableName {
  return { schema, table: `_tapline_${use}_${randomBytes(8).toString("hex")}` };
}

/** @returns whether the table has the key now */
export async function giveKey({ dialect, connection }: Session, name: TableName, keys: readonly string[]): Promise<boolean> {
  if (!dialect.traits.keysEnforced || keys.length === 0) return false;
  const table = dialect.names.qualify(connection.database, name);
  for (const statement of dialect.statements.addKey(table, keys)) await connection.run(statement, table);
  await connection.markKey?.(name);
  return true;
}

/** Whether no two rows have equal keys and no key is NULL. */
export async function areKeysUnique({ dialect, connection }: Session, table: string, keys: readonly string[]): Promise<boolean> {
  if (keys.length === 0) return false;
  const [row] = await connection.query(dialect.statements.countKeyFaults(table, keys), table);
  return Number(row?.[0]) === 0;
}
