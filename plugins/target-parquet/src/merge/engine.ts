/** DuckDB as the reader and rewriter of files: in memory, within a limit, spilling to a folder of the load. It is opened when it is first needed. */
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { quoteText } from "@tapline/columns";
import { firstSentence } from "@tapline/duckdb";
import type { TaplineError } from "@tapline/sdk";
import { errors } from "../errors.ts";

export interface EngineOptions {
  memoryLimit: string;
  /** Where it spills; it exists. */
  folder: string;
}

export class Engine implements AsyncDisposable {
  readonly #options: EngineOptions;
  #opened: Promise<{ instance: DuckDBInstance; connection: DuckDBConnection }> | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** @returns the number of rows that the statement changed or wrote. @throws rewrite_failed */
  async run(sql: string): Promise<number> {
    const connection = await this.#connection();
    try {
      return (await connection.run(sql)).rowsChanged;
    } catch (error) {
      throw explainEngine(error);
    }
  }

  /** All rows of a small result, as text; null for NULL. @throws rewrite_failed */
  async query(sql: string): Promise<(string | null)[][]> {
    const connection = await this.#connection();
    try {
      const rows = await (await connection.run(sql)).getRows();
      return rows.map((row) => row.map((value) => (value === null ? null : String(value))));
    } catch (error) {
      throw explainEngine(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    opened?.connection.closeSync();
    opened?.instance.closeSync();
  }

  async #connection(): Promise<DuckDBConnection> {
    this.#opened ??= this.#open();
    return (await this.#opened).connection;
  }

  /** Imported here because it takes 35 ms and a library of 60 MB that appends do not need. */
  async #open() {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const instance = await DuckDBInstance.create(":memory:", {
      memory_limit: this.#options.memoryLimit,
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    });
    const connection = await instance.connect();
    await connection.run(`SET temp_directory = ${quoteText(this.#options.folder)}`);
    await connection.run("SET TimeZone = 'UTC'");
    return { instance, connection };
  }
}

/** @returns rewrite_failed, with DuckDB's reason */
export function explainEngine(error: unknown): TaplineError {
  return errors.rewrite_failed({ reason: firstSentence(error instanceof Error ? error.message : String(error)) }, {}, error);
}
