/** Reads a table of Meltano's system database, in SQLite or PostgreSQL. Nothing is written. */
import { existsSync } from "node:fs";
import { errors } from "../../errors.ts";
import { openConnection } from "../postgres-connection.ts";
import { openReadOnly } from "../sqlite.ts";
import type { MeltanoDatabase } from "./places.ts";

export interface MeltanoTable<R> {
  /** Where it is, for people, without secrets. */
  place: string;
  rows: R[];
}

/** `columns` and `where` are SQL. undefined: Meltano has made no such table yet, or tapline can't read it. @throws meltano_state_unreadable */
export async function readTable<R>(
  database: MeltanoDatabase,
  table: string,
  columns: readonly string[],
  where = "TRUE",
): Promise<MeltanoTable<R> | undefined> {
  // As text, so that both databases give the same.
  const list = columns.map((name) => `CAST(${name} AS TEXT) AS ${name}`).join(", ");
  const sql = `SELECT ${list} FROM ${table} WHERE ${where}`;
  if (database.kind === "other") return undefined;
  return database.kind === "sqlite" ? inSqlite(database.path, table, sql) : inPostgres(database.url, table, sql);
}

function inSqlite<R>(path: string, table: string, sql: string): MeltanoTable<R> | undefined {
  if (!existsSync(path)) return undefined;
  return unreadable(path, () => {
    const database = openReadOnly(path);
    try {
      const isThere = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table) !== undefined;
      return isThere ? { place: path, rows: database.prepare(sql).all() as R[] } : undefined;
    } finally {
      database.close();
    }
  });
}

async function inPostgres<R>(url: string, table: string, sql: string): Promise<MeltanoTable<R> | undefined> {
  const connection = openConnection(url);
  const { place } = connection;
  try {
    return await connection.use(async (query) => {
      const [found] = await query<{ is_there: boolean }>("SELECT to_regclass($1) IS NOT NULL AS is_there", [table]);
      return found?.is_there === true ? { place, rows: await query<R>(sql) } : undefined;
    });
  } catch (error) {
    throw errors.meltano_state_unreadable({ place, reason: (error as Error).message }, {}, error);
  } finally {
    await connection.close();
  }
}

/** @throws meltano_state_unreadable */
export function unreadable<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw errors.meltano_state_unreadable({ place, reason: (error as Error).message }, {}, error);
  }
}
