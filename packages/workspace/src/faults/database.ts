/** The database a round loads into, one for each round, and its contents as another process reads them. */
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { type PostgresServer, queryPostgres, startPostgres } from "@tapline/testing/postgres";
import { duckdbRows } from "../duckdb.ts";

export interface RoundDatabase extends AsyncDisposable {
  /** The target's settings for this database. */
  config: Record<string, unknown>;
  /** The rows of a stream's table; [] where there is no table yet. */
  rows(stream: string): Promise<StoredRow[]>;
  tables(): Promise<string[]>;
}

export interface StoredRow {
  stream: string;
  id: number;
  n: number;
  /** MD5 of the text, which both databases can compute. */
  digest: string;
}

export interface PostgresDatabase extends RoundDatabase {
  /** Opens a separate connection. Rows are lists of text. */
  query(...statements: string[]): Promise<string[][]>;
}

/** A server for rounds only, because they restart it. Commits are durable once answered; other tests turn that off for speed. */
export const startServer = (): Promise<PostgresServer> => startPostgres({ settings: { synchronous_commit: "on" } });

export function duckdbDatabase(folder: string): RoundDatabase {
  const filepath = join(folder, "faults.duckdb");
  const query = async (sql: string) => (existsSync(filepath) ? (await duckdbRows(filepath, sql)).map(Object.values) : []);
  const names = "SELECT table_name FROM duckdb_tables() WHERE NOT internal";
  return { config: { filepath }, ...reader(query, names), async [Symbol.asyncDispose]() {} };
}

let count = 0;

export async function postgresDatabase({ address }: PostgresServer): Promise<PostgresDatabase> {
  const database = `faults_${process.pid}_${++count}`;
  // A server that has just restarted refuses connections for a moment.
  const ask = async (name: string, statements: readonly string[]) =>
    (await queryPostgres({ ...address, database: name }, statements, 50)) as string[][];
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

function reader(query: (sql: string) => Promise<unknown[][]>, names: string): Pick<RoundDatabase, "rows" | "tables"> {
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

/** Limits the size of every file the process writes, as a full disk would. False when the process has ended. */
export function limitFiles(pid: number, bytes: number): boolean {
  try {
    // Run as the user of that process: only root may limit the processes of others, and not in every container.
    const { uid, gid } = statSync(`/proc/${pid}`);
    execFileSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}`], { stdio: "pipe", uid, gid });
    return true;
  } catch (error) {
    if (existsSync(`/proc/${pid}`)) throw error;
    return false;
  }
}
