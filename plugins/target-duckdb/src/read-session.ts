/** Sessions for queries and digests: the file is opened for reading only, and DuckDB may use nothing else. */
import type { DuckDBInstance } from "@duckdb/node-api";
import { databasePath, duckdbDigest, readRows } from "@tapline/duckdb";
import type { DigestSource } from "@tapline/sdk";
import type { ReadSession } from "@tapline/sql";
import type { Config } from "./config.ts";
import { checkFileToRead } from "./database-file.ts";
import { tableDescriber, tablesIn } from "./describe.ts";
import { explainFailure } from "./failures.ts";

type Api = typeof import("@duckdb/node-api");

/** @throws the errors of settings, and of a file that is missing, locked or no database */
export async function connectToRead(config: Config, signal: AbortSignal): Promise<ReadSession> {
  const { api, connection, path, query, database, close } = await openToRead(config, signal);
  const allowed = [api.StatementType.SELECT, api.StatementType.EXPLAIN];
  return {
    database,
    location: path,
    ...tableDescriber(query),
    tablesIn: (schema) => tablesIn(query, schema),
    select: (sql) => readRows({ api, connection, signal, allowed, explain: (error) => explainFailure(error, path) }, sql),
    [Symbol.asyncDispose]: close,
  };
}

/** @throws as connectToRead */
export async function openDigest(config: Config, defaultSchema: string, signal: AbortSignal): Promise<DigestSource> {
  const { api, connection, path, close } = await openToRead(config, signal);
  return duckdbDigest({ api, connection, location: path, defaultSchema, explain: (error) => explainFailure(error, path), close });
}

async function openToRead(config: Config, signal: AbortSignal) {
  const path = databasePath(config.filepath);
  await checkFileToRead(path);
  const api = await import("@duckdb/node-api");
  const instance = await openFile(api, path, config);
  const connection = await instance.connect();
  const interrupt = (): void => connection.interrupt();
  signal.addEventListener("abort", interrupt);
  const query = async (sql: string): Promise<unknown[][]> => (await connection.run(sql)).getRows();
  try {
    api.DuckDBTimestampTZValue.timezoneOffsetInMinutes = 0;
    await query("SET TimeZone = 'UTC'");
    await query("SET allowed_configs = ['threads']");
    await query("SET lock_configuration = true");
    const [[database] = []] = await query("SELECT current_database()");
    const close = async (): Promise<void> => {
      signal.removeEventListener("abort", interrupt);
      connection.closeSync();
      instance.closeSync();
    };
    return { api, connection, path, query, database: String(database), close };
  } catch (error) {
    instance.closeSync();
    throw explainFailure(error, path);
  }
}

async function openFile(
  { DuckDBInstance: factory }: Api,
  path: string,
  { memory_limit = "512MB", threads }: Config,
): Promise<DuckDBInstance> {
  try {
    return await factory.create(path, {
      access_mode: "READ_ONLY",
      enable_external_access: "false",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      memory_limit,
      ...(threads === undefined ? {} : { threads: String(threads) }),
    });
  } catch (error) {
    throw explainFailure(error, path);
  }
}
