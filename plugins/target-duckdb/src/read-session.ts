/** A session for queries: the file is opened for reading only, and DuckDB may use nothing else. */
import type { DuckDBInstance } from "@duckdb/node-api";
import { databasePath, readRows } from "@tapline/duckdb";
import type { ReadSession } from "@tapline/sql";
import type { Config } from "./config.ts";
import { checkFileToRead } from "./database-file.ts";
import { tableDescriber, tablesIn } from "./describe.ts";
import { explainFailure } from "./failures.ts";

type Api = typeof import("@duckdb/node-api");

/** @throws the errors of settings, and of a file that is missing, locked or no database */
export async function connectToRead(config: Config, signal: AbortSignal): Promise<ReadSession> {
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
    await query("SET lock_configuration = true");
    const [[database] = []] = await query("SELECT current_database()");
    const allowed = [api.StatementType.SELECT, api.StatementType.EXPLAIN];
    return {
      database: String(database),
      location: path,
      ...tableDescriber(query),
      tablesIn: (schema) => tablesIn(query, schema),
      select: (sql) => readRows({ api, connection, signal, allowed, explain: (error) => explainFailure(error, path) }, sql),
      async [Symbol.asyncDispose]() {
        signal.removeEventListener("abort", interrupt);
        connection.closeSync();
        instance.closeSync();
      },
    };
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
