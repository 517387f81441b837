/** What people do to a database between two runs: delete it, lose a table, restore a backup, point the target at another place. */
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { PostgresServer } from "@tapline/testing/postgres";
import { duckdbDatabase, type PostgresDatabase, postgresDatabase, type RoundDatabase } from "./database.ts";

export interface DamagedDatabase extends AsyncDisposable {
  /** The place as the project's first run knows it. */
  place: RoundDatabase;
  /** Settings of the target that name a place in which nothing was loaded. */
  elsewhere: Record<string, unknown>;
  /** Deletes the database; a server's is made again, empty. */
  remove(): Promise<void>;
  /** Runs statements in the database, as another tool would. */
  edit(...statements: string[]): Promise<void>;
  /** Copies the database as it is. @returns what puts the copy back in its place */
  backUp(): Promise<() => Promise<void>>;
}

export function damagedDuckdb(folder: string): DamagedDatabase {
  const place = duckdbDatabase(folder);
  const path = place.config.filepath as string;
  return {
    place,
    elsewhere: { filepath: join(folder, "elsewhere.duckdb") },
    async remove() {
      for (const each of [path, `${path}.wal`]) rmSync(each, { force: true });
    },
    async edit(...statements) {
      const instance = await DuckDBInstance.create(path);
      const connection = await instance.connect();
      for (const statement of statements) await connection.run(statement);
      connection.closeSync();
      instance.closeSync();
    },
    async backUp() {
      copyFileSync(path, `${path}.backup`);
      if (existsSync(`${path}.wal`)) throw new Error(`${path}.wal is left: the copy would lack its rows`);
      return async () => copyFileSync(`${path}.backup`, path);
    },
    async [Symbol.asyncDispose]() {},
  };
}

export async function damagedPostgres(server: PostgresServer): Promise<DamagedDatabase> {
  const [place, other, admin] = [await postgresDatabase(server), await postgresDatabase(server), await postgresDatabase(server)];
  const name = String(place.config.database);
  const replaceBy = async (options: string): Promise<void> => {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${name} ${options}`);
  };
  const copies: string[] = [];
  return {
    place,
    elsewhere: other.config,
    remove: () => replaceBy(""),
    edit: async (...statements) => void (await (place as PostgresDatabase).query(...statements)),
    async backUp() {
      const copy = `${name}_copy`;
      await admin.query(`CREATE DATABASE ${copy} TEMPLATE ${name}`);
      copies.push(copy);
      return () => replaceBy(`TEMPLATE ${copy}`);
    },
    async [Symbol.asyncDispose]() {
      for (const copy of copies) await admin.query(`DROP DATABASE ${copy} WITH (FORCE)`);
      for (const each of [place, other, admin]) await each[Symbol.asyncDispose]();
    },
  };
}
