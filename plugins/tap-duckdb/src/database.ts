/**
 * DuckDB in this process: opened for reading only, with no way out but what a setting allows. While it is open no process can write the
 * file, so all tables of a run are of one moment without a transaction, which the first failure would end.
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import { duckdbErrors } from "@tapline/duckdb";
import { makeScratch } from "@tapline/sdk";
import { explain } from "./explain.ts";
import { loadExtensions } from "./extensions.ts";
import type { Api } from "./wire/wire-type.ts";

export interface Database extends AsyncDisposable {
  api: Api;
  connection: DuckDBConnection;
  /** How many rows DuckDB may make before they are taken, from the next statement on. */
  workAhead(rows: number): Promise<void>;
  /** Which share of the rows of the statement that runs DuckDB has read, from 0 to 1; undefined where it can't tell. */
  share(): number | undefined;
  /** Interrupts the statement that runs. */
  signal: AbortSignal;
  /** The name of the open database in qualified names. */
  name: string;
  /** All rows, as values of JavaScript. `what`: whose failure it is. */
  query(sql: string, what?: string): Promise<unknown[][]>;
}

export interface OpenOptions {
  /** Undefined: a database in memory, for readers of files. */
  path: string | undefined;
  extensions: readonly string[];
  /** Called before the doors are closed, for what needs an open one, such as secrets. */
  prepare?: (query: Database["query"]) => Promise<void>;
  /** What may be read beside the database: everything, or these paths and nothing below them, and these addresses and all below them. */
  access: "all" | { paths: readonly string[]; below: readonly string[] };
  memoryLimit: string;
  threads: number | undefined;
  signal: AbortSignal;
}

/** @throws the errors of `explain`, temporary_folder, extension_unusable */
export async function openDatabase({ path, extensions, prepare, access, memoryLimit, threads, signal }: OpenOptions): Promise<Database> {
  const api = await import("@duckdb/node-api");
  const scratch = await makeScratch({
    name: "tap-duckdb",
    refuse: (folder, reason, cause) => duckdbErrors.temporary_folder({ path: folder, reason }, {}, cause),
  });
  const what = path ?? "DuckDB";
  try {
    const instance = await api.DuckDBInstance.create(path ?? ":memory:", {
      ...(path === undefined ? {} : { access_mode: "READ_ONLY" }),
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      // Rows come in the order of their place, so that a bookmark inside a table is one.
      preserve_insertion_order: "true",
      temp_directory: scratch.folder,
      memory_limit: memoryLimit,
      ...(threads === undefined ? {} : { threads: String(threads) }),
    });
    const connection = await instance.connect();
    const interrupt = (): void => connection.interrupt();
    signal.addEventListener("abort", interrupt);
    const query: Database["query"] = async (sql, about = what) => {
      try {
        return (await connection.run(sql)).getRows();
      } catch (error) {
        throw explain(error, about, path);
      }
    };
    const close = async (): Promise<void> => {
      signal.removeEventListener("abort", interrupt);
      connection.closeSync();
      instance.closeSync();
      await scratch[Symbol.asyncDispose]();
    };
    try {
      api.DuckDBTimestampTZValue.timezoneOffsetInMinutes = 0;
      await loadExtensions(query, extensions);
      await prepare?.(query);
      for (const [name, value] of Object.entries(settings)) await query(`SET ${name} = '${value}'`);
      if (access !== "all") await closeDoors(query, access);
      await query("SET allowed_configs = ['streaming_buffer_size', 'threads']");
      await query("SET lock_configuration = true");
      const [[name] = []] = await query("SELECT current_database()");
      // DuckDB counts 16 bytes for each text, however long it is.
      const workAhead = async (rows: number): Promise<void> => void (await query(`SET streaming_buffer_size = '${16 * rows}B'`));
      const share = (): number | undefined => {
        const { percentage } = connection.progress;
        return percentage < 0 ? undefined : percentage / 100;
      };
      return { api, connection, share, signal, name: String(name), query, workAhead, [Symbol.asyncDispose]: close };
    } catch (error) {
      connection.closeSync();
      instance.closeSync();
      throw error;
    }
  } catch (error) {
    await scratch[Symbol.asyncDispose]();
    throw explain(error, what, path);
  }
}

const settings = {
  TimeZone: "UTC",
  // It counts what is read, without a bar on the terminal.
  enable_progress_bar: "true",
  enable_progress_bar_print: "false",
};

async function closeDoors(query: Database["query"], { paths, below }: Exclude<OpenOptions["access"], "all">): Promise<void> {
  const list = (texts: readonly string[]): string => `[${texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(", ")}]`;
  await query(`SET allowed_paths = ${list(paths)}`);
  await query(`SET allowed_directories = ${list(below)}`);
  await query("SET enable_external_access = false");
}
