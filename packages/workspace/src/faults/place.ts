/** Where a round loads to, a database of its own, and what is in there, looked at from outside. */
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type PostgresServer, startPostgres } from "@tapline/testing/postgres";
import pg from "pg";
import { duckdbRows } from "../duckdb.ts";

export interface Place extends AsyncDisposable {
  /** The target's settings that lead here. */
  config: Record<string, unknown>;
  /** What a stream's table holds; nothing where there is no table yet. */
  rows(stream: string): Promise<HeldRow[]>;
  tables(): Promise<string[]>;
}

export interface HeldRow {
  stream: string;
  id: number;
  n: number;
  /** MD5 of the text, as both databases can tell it. */
  digest: string;
}

export interface PostgresPlace extends Place {
  /** From a connection of its own; rows as lists of text. */
  query(...statements: string[]): Promise<string[][]>;
}

/** For rounds alone, which restart it. A commit that was answered outlives its processes, as everywhere but in other tests. */
export const startServer = (): Promise<PostgresServer> => startPostgres({ settings: { synchronous_commit: "on" } });

export function duckdbPlace(folder: string): Place {
  const filepath = join(folder, "faults.duckdb");
  const query = async (sql: string) => (existsSync(filepath) ? (await duckdbRows(filepath, sql)).map(Object.values) : []);
  const names = "SELECT table_name FROM duckdb_tables() WHERE NOT internal";
  return { config: { filepath }, ...reader(query, names), async [Symbol.asyncDispose]() {} };
}

let count = 0;

export async function postgresPlace({ address }: PostgresServer): Promise<PostgresPlace> {
  const database = `faults_${process.pid}_${++count}`;
  const ask = async (name: string, statements: readonly string[]): Promise<string[][]> => {
    const client = await connected({ ...address, database: name });
    try {
      let rows: string[][] = [];
      for (const sql of statements) rows = (await client.query({ text: sql, rowMode: "array" })).rows;
      return rows;
    } finally {
      await client.end();
    }
  };
  const query = (...statements: string[]) => ask(database, statements);
  const names = `SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'`;
  await ask("postgres", [`CREATE DATABASE ${database}`]);
  return {
    config: { ...address, database },
    query,
    ...reader(query, names),
    async [Symbol.asyncDispose]() {
      await ask("postgres", [`DROP DATABASE ${database} WITH (FORCE)`]);
    },
  };
}

function reader(query: (sql: string) => Promise<unknown[][]>, names: string): Pick<Place, "rows" | "tables"> {
  const tables = async () => (await query(names)).map(([name]) => String(name));
  return {
    tables,
    async rows(stream) {
      if (!(await tables()).includes(stream)) return [];
      const rows = await query(`SELECT id, n, md5(text) AS digest FROM ${stream}`);
      return rows.map(([id, n, digest]) => ({ stream, id: Number(id), n: Number(n), digest: String(digest) }));
    },
  };
}

/** A server that was just restarted refuses for a moment. */
async function connected(settings: pg.ClientConfig): Promise<pg.Client> {
  for (let tries = 1; ; tries++) {
    const client = new pg.Client({ ...settings, types: { getTypeParser: () => (value: string) => value } });
    client.on("error", () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (tries === 50) throw error;
      await setTimeout(100);
    }
  }
}

/** No file that this process writes may grow past so many bytes: a disk that is full, for it alone. False when it is gone. */
export function limitFiles(pid: number, bytes: number): boolean {
  try {
    // As the user it runs as: root alone may do it to others, and not in every container.
    const { uid, gid } = statSync(`/proc/${pid}`);
    execFileSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}`], { stdio: "pipe", uid, gid });
    return true;
  } catch (error) {
    if (existsSync(`/proc/${pid}`)) throw error;
    return false;
  }
}
