/** The one connection to the database file: opens it, runs statements one after another, says what went wrong. */
import { constants } from "node:fs";
import { access, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { DuckDBInstance } from "@duckdb/node-api";
import type { Connection, TableDescription, TableName } from "@tapline/sql";
import { bulkLoad } from "./bulk-load.ts";
import { cacheTrimmer } from "./cache-trimmer.ts";
import { Lane } from "./columns/lane.ts";
import { type Config, databasePath } from "./config.ts";
import { foldName, quoteText } from "./dialect.ts";
import { errors } from "./errors.ts";
import { explainFailure } from "./failures.ts";
import { makeScratch, type Scratch } from "./scratch.ts";

/** @throws the errors of settings, of the config class and of the connection class */
export async function connect(config: Config): Promise<Connection> {
  const path = databasePath(config.filepath);
  await checkPlace(path);
  const scratch = await makeScratch();
  try {
    return await open(path, config, scratch);
  } catch (error) {
    await scratch[Symbol.asyncDispose]();
    throw error;
  }
}

async function open(path: string, { memory_limit = "512MB", threads }: Config, scratch: Scratch): Promise<Connection> {
  // Loaded here because it takes 35 ms and a library of 60 MB that --about and --help have no use for.
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await openFile(DuckDBInstance, path, memory_limit, threads);
  const connection = await instance.connect();
  const trimmer = await cacheTrimmer(instance, memory_limit);
  const lanes: Lane[] = [];
  let last: Promise<unknown> = Promise.resolve();

  const enqueue = <T>(work: () => Promise<T>, about?: string): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result.catch((error: unknown) => {
      throw explainFailure(error, path, about);
    });
  };
  const execute = (sql: string, about?: string) => enqueue(() => connection.run(sql), about);
  const query = async (sql: string, about?: string): Promise<unknown[][]> => (await execute(sql, about)).getRows();
  const run = async (sql: string, about?: string): Promise<number> => (await execute(sql, about)).rowsChanged;
  const bulkContext = {
    path,
    lanes: (index: number) => {
      lanes[index] ??= new Lane();
      return lanes[index];
    },
    nextPath: scratch.nextPath,
    run,
    wrote: (bytes: number) => enqueue(() => trimmer.wrote(bytes)),
  };
  const database = String((await query("SELECT current_database()"))[0]?.[0]);

  return {
    database,
    begin: async () => void (await run("BEGIN TRANSACTION")),
    commit: async () => void (await run("COMMIT")),
    rollback: async () => void (await run("ROLLBACK")),
    run,
    query,
    describe: (table) => describeTable(query, table),
    // CREATE SCHEMA IF NOT EXISTS needs no right that the file's owner lacks.
    hasSchema: async () => false,
    bulkLoad: (target) => bulkLoad(bulkContext, target),
    async [Symbol.asyncDispose]() {
      await last;
      await scratch[Symbol.asyncDispose]();
      trimmer.close();
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function checkPlace(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await mkdir(folder, { recursive: true });
    if ((await stat(path).catch(() => null))?.isDirectory()) throw errors.filepath_is_directory({ path });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw errors.folder_not_writable({ path: folder, reason: error.message }, {}, error);
  }
}

async function openFile(
  factory: typeof DuckDBInstance,
  path: string,
  memoryLimit: string,
  threads: number | undefined,
): Promise<DuckDBInstance> {
  try {
    return await factory.create(path, {
      memory_limit: memoryLimit,
      // Row ids in the order rows came are what upserts rest on.
      preserve_insertion_order: "true",
      // json, parquet and icu are built in; anything else would be fetched from outside.
      autoinstall_known_extensions: "false",
      ...(threads === undefined ? {} : { threads: String(threads) }),
    });
  } catch (error) {
    throw explainFailure(error, path);
  }
}

async function describeTable(query: Connection["query"], { schema, table }: TableName): Promise<TableDescription | null> {
  const columns = await query(
    `SELECT c.schema_name, c.table_name, '=' || c.column_name, c.data_type, v.view_name IS NOT NULL, NOT c.is_nullable
       FROM duckdb_columns() AS c LEFT JOIN duckdb_views() AS v
         ON v.database_name = c.database_name AND v.schema_name = c.schema_name AND v.view_name = c.table_name
      WHERE c.database_name = current_database()
        AND lower(c.schema_name) = lower(${quoteText(schema)}) AND lower(c.table_name) = lower(${quoteText(table)})
      ORDER BY c.column_index`,
  );
  // SQL's lower() folds letters that DuckDB's catalog keeps apart.
  const own = columns.filter(([s, t]) => foldName(String(s)) === foldName(schema) && foldName(String(t)) === foldName(table));
  if (own.length === 0) return null;
  // The "=" in front of names keeps the client from dropping a leading U+FEFF, which badly read CSV headers have.
  const notTable = own[0]?.[4] === true ? "view" : undefined;
  const named = own.map(([, , name, type, , isRequired]) => ({
    name: String(name).slice(1),
    type: String(type),
    isRequired: isRequired === true,
  }));
  const [ownSchema, ownTable] = (own[0] as unknown[]).map((name) => quoteText(String(name)));
  const where = `WHERE database_name = current_database() AND schema_name = ${ownSchema} AND table_name = ${ownTable}`;
  return {
    notTable,
    columns: named,
    uniqueKeys: await uniqueKeys(query, where),
    hasDependents: await hasDependents(query, where),
    isReferenced: false,
  };
}

/** Indexes, constraints, defaults and comments go with a table that is dropped; views find the new one by its name. */
async function hasDependents(query: Connection["query"], where: string): Promise<boolean> {
  const [row] = await query(
    `SELECT EXISTS (SELECT 1 FROM duckdb_indexes() ${where}) OR EXISTS (SELECT 1 FROM duckdb_constraints() ${where})
        OR EXISTS (SELECT 1 FROM duckdb_constraints() ${where.replace("table_name", "referenced_table")})
        OR EXISTS (SELECT 1 FROM duckdb_tables() ${where} AND comment IS NOT NULL)
        OR EXISTS (SELECT 1 FROM duckdb_columns() ${where} AND (comment IS NOT NULL OR column_default IS NOT NULL))`,
  );
  return row?.[0] === true;
}

/** Constraints only: a unique index refuses a row even when the old one of its key was deleted in the same transaction (DuckDB 1.5). */
async function uniqueKeys(query: Connection["query"], where: string): Promise<string[][]> {
  const rows = await query(
    `SELECT constraint_column_names FROM duckdb_constraints() ${where} AND constraint_type IN ('PRIMARY KEY', 'UNIQUE')`,
  );
  return rows.map(([names]) => (names as { items: string[] }).items);
}
