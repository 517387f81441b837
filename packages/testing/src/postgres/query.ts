/** Queries of tests to a PostgreSQL server, which may just restart. Every value is the text that the server writes, NULL is null. */
import { setTimeout } from "node:timers/promises";
import pg from "pg";
import type { PostgresAddress } from "./server.ts";

export type DatabaseAddress = PostgresAddress & { database: string };

/**
 * The caller ends the client; a connection that is lost later does not end the process. `tries`: so often it is tried, a tenth of a second
 * apart. Default: once.
 * @throws what pg reports of the last try
 * @example const client = await connectPostgres(database(), 50);
 */
export async function connectPostgres(address: DatabaseAddress, tries = 1): Promise<pg.Client> {
  for (let left = tries; ; left--) {
    const client = new pg.Client({ ...address, types: { getTypeParser: () => (value: string) => value } });
    client.on("error", () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      if (left <= 1) throw error;
      await setTimeout(100);
    }
  }
}

/**
 * Runs statements one after another over a connection of its own, in UTC. Returns the rows of the last one as lists.
 * @throws what pg reports
 * @example await queryPostgres(database(), ["SELECT count(*) FROM items"]) // [["3"]]
 */
export async function queryPostgres(address: DatabaseAddress, statements: readonly string[], tries = 1): Promise<(string | null)[][]> {
  const client = await connectPostgres(address, tries);
  try {
    let rows: (string | null)[][] = [];
    for (const sql of ["SET TimeZone = 'UTC'", ...statements]) rows = (await client.query({ text: sql, rowMode: "array" })).rows;
    return rows;
  } finally {
    await client.end();
  }
}
