/** The one connection to the database file: opens it, runs statements one after another, explains failures. */
import type { DuckDBInstance } from "@duckdb/node-api";
import { SharedLanes } from "@tapline/columns";
import { databasePath, readFirstRows } from "@tapline/duckdb";
import { makeScratch, type Scratch } from "@tapline/sdk";
import type { Connection } from "@tapline/sql";
import { bulkLoad } from "./bulk-load.ts";
import { cacheTrimmer } from "./cache-trimmer.ts";
import type { Config } from "./config.ts";
import { checkFile, watchFile } from "./database-file.ts";
import { tableDescriber } from "./describe.ts";
import { errors } from "./errors.ts";
import { explainFailure } from "./failures.ts";
import { aroundIndexes } from "./indexes.ts";
import { insertThreads } from "./insert-threads.ts";

/** @throws the errors of settings, of the config class and of the connection class */
export async function connect(config: Config): Promise<Connection> {
  const path = databasePath(config.filepath);
  await checkFile(path);
  const scratch = await makeScratch({ name: "duckdb", refuse: noScratch });
  try {
    return await open(path, config, scratch);
  } catch (error) {
    await scratch[Symbol.asyncDispose]();
    throw error;
  }
}

const noScratch = (path: string, reason: string, cause: Error) => errors.temporary_folder({ path, reason }, {}, cause);

async function open(path: string, { memory_limit = "512MB", threads }: Config, scratch: Scratch): Promise<Connection> {
  // Imported here because it takes 35 ms and a library of 60 MB that --about and --help do not need.
  const api = await import("@duckdb/node-api");
  const instance = await openFile(api.DuckDBInstance, path, memory_limit, threads);
  const connection = await instance.connect();
  // A statement that fails in the loading connection would end its transaction.
  const aside = await instance.connect();
  const trimmer = cacheTrimmer(aside, memory_limit);
  const inserting = await insertThreads(aside);
  let last: Promise<unknown> = Promise.resolve();
  /** Of an INSERT that nobody waits for yet. It ended the transaction, so that the next statement fails, with its reason. */
  let failure: unknown;

  const enqueue = <T>(work: () => Promise<T>, about?: string): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result.catch((error: unknown) => {
      throw explainFailure(error, path, about);
    });
  };
  const inTurn = <T>(work: () => Promise<T>, about?: string): Promise<T> =>
    enqueue(async () => {
      if (failure !== undefined) throw failure;
      await inserting.beforeOther();
      return await work();
    }, about);
  const execute = (sql: string, about?: string) => inTurn(() => connection.run(sql), about);
  const query = async (sql: string, about?: string): Promise<unknown[][]> => (await execute(sql, about)).getRows();
  const run = async (sql: string, about?: string): Promise<number> => (await execute(sql, about)).rowsChanged;
  const bulkContext = {
    path,
    lanes: new SharedLanes(),
    nextPath: scratch.nextPath,
    insert: (sql: string, bytes: number, about: string) =>
      enqueue(async () => {
        if (failure !== undefined) throw failure;
        await inserting.beforeInsert(bytes);
        try {
          return (await connection.run(sql)).rowsChanged;
        } catch (error) {
          failure = explainFailure(error, path, about);
          throw failure;
        }
      }),
    wrote: (bytes: number) => enqueue(() => trimmer.wrote(bytes)),
  };
  const database = await databaseIn(query, path);
  const checkIsThere = await watchFile(path);

  return {
    database,
    location: path,
    begin: async () => void (await run("BEGIN TRANSACTION")),
    async commit() {
      await run("COMMIT");
      await enqueue(() => trimmer.committed());
      await checkIsThere();
    },
    async rollback() {
      await last;
      failure = undefined;
      await run("ROLLBACK");
    },
    run,
    query,
    ...tableDescriber(query),
    readRows: (sql, most) => inTurn(() => readFirstRows({ api, connection, explain: (error) => explainFailure(error, path) }, sql, most)),
    aroundDependents: (table, _columns, work) => aroundIndexes({ run, query }, table, work),
    // The statement that makes a schema where it is missing needs no right that the file's owner lacks.
    hasSchema: async () => false,
    bulkLoad: (target) => bulkLoad(bulkContext, target),
    async [Symbol.asyncDispose]() {
      await last;
      await scratch[Symbol.asyncDispose]();
      aside.closeSync();
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Its name in qualified names. @throws not_a_database where DuckDB keeps it in memory */
async function databaseIn(query: Connection["query"], path: string): Promise<string> {
  const [[name, file] = []] = await query(
    "SELECT database_name, path FROM duckdb_databases() WHERE database_name = current_database() AND type = 'duckdb'",
  );
  if (typeof name !== "string" || typeof file !== "string") throw errors.not_a_database({ path, kind: "opened in memory by DuckDB" });
  return name;
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
      // Upserts depend on row ids in the order in which rows arrived.
      preserve_insertion_order: "true",
      // A commit whose log passes this size waits until the tables are written. With DuckDB's 16 MB, commits of 17,000 rows took 140 ms each
      // and twice the processor time; what is in the log is as durable.
      checkpoint_threshold: "64MB",
      // DuckDB would keep row groups to write several at once: an INSERT in two then took five times as long as the one before it, and the load
      // waited for it. Written one by one they cost the same.
      write_buffer_row_group_count: "1",
      // json, parquet and icu are built in; other extensions would be downloaded.
      autoinstall_known_extensions: "false",
      ...(threads === undefined ? {} : { threads: String(threads) }),
    });
  } catch (error) {
    throw explainFailure(error, path);
  }
}
