/** A session for queries: the file is opened for reading only, and DuckDB may use nothing else. */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance } from "@duckdb/node-api";
import { TaplineError } from "@tapline/sdk";
import { type ReadSession, sqlErrors } from "@tapline/sql";
import { cellWriter } from "./cell-text.ts";
import { type Config, databasePath } from "./config.ts";
import { checkFileToRead } from "./database-file.ts";
import { tableDescriber, tablesIn } from "./describe.ts";
import { explainFailure, firstSentence } from "./failures.ts";

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
    return {
      database: String(database),
      location: path,
      ...tableDescriber(query),
      tablesIn: (schema) => tablesIn(query, schema),
      select: (sql) => select({ api, connection, path, signal }, sql),
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

interface Statement {
  api: Api;
  connection: DuckDBConnection;
  path: string;
  signal: AbortSignal;
}

async function select({ api, connection, path, signal }: Statement, sql: string): ReturnType<ReadSession["select"]> {
  const explained = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      throw explainQuery(error, path);
    }
  };
  const { SELECT, EXPLAIN } = api.StatementType;
  const result = await explained(async () => {
    const statements = await connection.extractStatements(sql);
    if (statements.count > 1) throw sqlErrors.query_several({ found: `${statements.count} statements` });
    const statement = await statements.prepare(0);
    if (![SELECT, EXPLAIN].includes(statement.statementType))
      throw sqlErrors.query_not_reading({ allowed: "SELECT, WITH, FROM, VALUES, SHOW, DESCRIBE, SUMMARIZE and EXPLAIN" });
    return statement.stream();
  });
  const types = result.columnTypes();
  const writers = types.map((type) => cellWriter(api, type));
  let chunk: DuckDBDataChunk | null = null;
  let at = 0;
  /** Moves on to a chunk with rows that were not read; null after the last one. */
  const fill = async (): Promise<DuckDBDataChunk | null> => {
    if (chunk !== null && at < chunk.rowCount) return chunk;
    chunk = await explained(() => result.fetchChunk());
    at = 0;
    return chunk === null || chunk.rowCount === 0 ? null : chunk;
  };
  return {
    columns: result.columnNames().map((name, index) => ({ name, type: String(types[index]?.alias ?? types[index]) })),
    async read(most) {
      const from = await fill();
      if (from === null) return [];
      const rows: string[][] = [];
      for (; at < from.rowCount && rows.length < most; at++)
        rows.push(from.getRowValues(at).map((value, index) => writers[index]?.(value) ?? "null"));
      return rows;
    },
    async countRest() {
      let rows = 0;
      for (let from = await fill(); from !== null; from = await fill()) {
        rows += from.rowCount - at;
        at = from.rowCount;
      }
      return rows;
    },
  };
}

/** The texts are those of DuckDB 1.5, each tried. */
function explainQuery(error: unknown, path: string): TaplineError {
  if (error instanceof TaplineError) return error;
  const text = (error instanceof Error ? error.message : String(error)).replace(/^Failed to extract statements: /, "");
  const reason = firstSentence(text);
  if (/attached in read-only mode|read.only mode/.test(text)) return sqlErrors.query_changes({ reason }, {}, error);
  if (/^Permission Error|disabled by configuration|configuration has been locked/.test(text))
    return sqlErrors.query_outside({ reason }, {}, error);
  const known = explainFailure(error, path);
  if (known.code !== "database_error" && known.code !== "constraint_violated" && known.code !== "no_permission") return known;
  // DuckDB has no message for a text without a statement.
  return sqlErrors.query_failed({ reason: text === "Error in native callback" ? "the text has no statement" : reason }, {}, error);
}
