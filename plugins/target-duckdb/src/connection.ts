/** The one connection to the database file: opens it, runs statements one after another, says what went wrong. */
import { constants } from "node:fs";
import { access, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { DuckDBInstance } from "@duckdb/node-api";
import { cacheTrimmer } from "./cache-trimmer.ts";
import { quoteText } from "./dialect.ts";
import { errors } from "./errors.ts";
import { explainFailure } from "./failures.ts";
import { foldName, type TableName } from "./table-name.ts";

export interface ConnectionSettings {
  path: string;
  memoryLimit: string;
  threads: number | undefined;
}

export interface TableDescription {
  isView: boolean;
  columns: { name: string; type: string }[];
}

export interface Connection extends AsyncDisposable {
  /** The name the file has inside DuckDB. */
  readonly database: string;
  /** Statements wait for those before them. `about` is the table a failure is told with. Resolves to the number of rows changed. */
  run(sql: string, about?: string): Promise<number>;
  query(sql: string): Promise<unknown[][]>;
  /** Tell it how much a statement wrote: now and then DuckDB's cache is emptied of such blocks. Statements wait for it too. */
  wrote(bytes: number): Promise<void>;
  /** Null when there is no such table or view. */
  describe(table: TableName): Promise<TableDescription | null>;
}

/** @throws the errors of the config and connection classes */
export async function connect(settings: ConnectionSettings): Promise<Connection> {
  const { path } = settings;
  await checkPlace(path);
  // Loaded here because it takes 35 ms and a library of 60 MB that --about and --help have no use for.
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await openFile(DuckDBInstance, settings);
  const connection = await instance.connect();
  const trimmer = await cacheTrimmer(instance, settings.memoryLimit);
  let last: Promise<unknown> = Promise.resolve();

  const enqueue = <T>(work: () => Promise<T>, about?: string): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result.catch((error: unknown) => {
      throw explainFailure(error, path, about);
    });
  };
  const execute = (sql: string, about?: string) => enqueue(() => connection.run(sql), about);
  const query = async (sql: string): Promise<unknown[][]> => (await execute(sql)).getRows();

  return {
    database: String((await query("SELECT current_database()"))[0]?.[0]),
    run: async (sql, about) => (await execute(sql, about)).rowsChanged,
    query,
    wrote: (bytes) => enqueue(() => trimmer.wrote(bytes)),
    describe: (table) => describeTable(query, table),
    async [Symbol.asyncDispose]() {
      await last;
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

async function openFile(factory: typeof DuckDBInstance, { path, memoryLimit, threads }: ConnectionSettings): Promise<DuckDBInstance> {
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
    `SELECT c.schema_name, c.table_name, '=' || c.column_name, c.data_type, v.view_name IS NOT NULL
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
  return { isView: own[0]?.[4] === true, columns: own.map(([, , name, type]) => ({ name: String(name).slice(1), type: String(type) })) };
}
