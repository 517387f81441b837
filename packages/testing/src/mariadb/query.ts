/** Queries of tests to a MariaDB server. Every value is the text that the server writes, NULL is null. */
import { setTimeout } from "node:timers/promises";
import mysql from "mysql2/promise";
import type { MariadbAddress } from "./server.ts";

/** Names in double quotes are names, as in standard SQL, and the session is in UTC. `tries`: so often, a tenth of a second apart. */
export async function connectMariadb(address: MariadbAddress & { database?: string }, tries = 1): Promise<mysql.Connection> {
  for (let left = tries; ; left--) {
    try {
      const { host, port, user, password, database } = address;
      const options = { host, port, user, password, rowsAsArray: true, ...(database === undefined ? {} : { database }) };
      const connection = await mysql.createConnection({
        ...options,
        multipleStatements: true,
        typeCast: (field: { string(encoding?: string): string | null }) => field.string("utf8"),
      } as mysql.ConnectionOptions);
      connection.on("error", () => {});
      await connection.query("SET time_zone = '+00:00', sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')");
      return connection;
    } catch (error) {
      if (left <= 1) throw error;
      await setTimeout(100);
    }
  }
}

/** Runs statements one after another over a connection of its own. Returns the rows of the last one as lists. */
export async function queryMariadb(
  address: MariadbAddress & { database?: string },
  statements: readonly string[],
  tries = 1,
): Promise<(string | null)[][]> {
  const connection = await connectMariadb(address, tries);
  try {
    let rows: unknown = [];
    for (const sql of statements) [rows] = await connection.query(sql);
    return Array.isArray(rows) ? (rows as (string | null)[][]) : [];
  } finally {
    await connection.end().catch(() => {});
  }
}
