/** The rows of one statement that reads, as JSON text, a chunk at a time. */
import type { DuckDBConnection, DuckDBDataChunk, StatementType } from "@duckdb/node-api";
import { TaplineError } from "@tapline/sdk";
import { type ReadSession, sqlErrors } from "@tapline/sql";
import { cellWriter } from "./cell-text.ts";
import { firstSentence } from "./first-sentence.ts";
import { openResult } from "./open-result.ts";

type Api = typeof import("@duckdb/node-api");

export interface Reading {
  api: Api;
  connection: DuckDBConnection;
  signal: AbortSignal;
  /** The kinds of statements that may run. */
  allowed: readonly StatementType[];
  /** The errors of the database itself. */
  explain: (error: unknown) => TaplineError;
}

/** Runs one statement that a person wrote. @throws query_several, query_not_reading, query_changes, query_outside, query_failed, and errors of `explain` */
export async function readRows({ api, connection, signal, allowed, explain }: Reading, sql: string): ReturnType<ReadSession["select"]> {
  const explained = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      throw explainQuery(error, explain);
    }
  };
  const { result, next } = await explained(async () => {
    const statement = await readingStatement({ api, connection, allowed }, sql);
    return openResult(connection, { stream: () => statement.stream(), again: () => statement.run() });
  });
  const types = result.columnTypes();
  const writers = types.map((type) => cellWriter(api, type));
  let chunk: DuckDBDataChunk | null = null;
  let at = 0;
  /** Moves on to a chunk with rows that were not read; null after the last one. */
  const fill = async (): Promise<DuckDBDataChunk | null> => {
    if (chunk !== null && at < chunk.rowCount) return chunk;
    chunk = await explained(next);
    at = 0;
    return chunk;
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

/** @throws query_several, query_not_reading, and the errors of DuckDB */
export async function readingStatement({ api, connection, allowed }: Pick<Reading, "api" | "connection" | "allowed">, sql: string) {
  const statements = await connection.extractStatements(sql);
  if (statements.count > 1) throw sqlErrors.query_several({ found: `${statements.count} statements` });
  const statement = await statements.prepare(0);
  if (!allowed.includes(statement.statementType))
    throw sqlErrors.query_not_reading({
      allowed: `SELECT, WITH, FROM, VALUES, SHOW, DESCRIBE${allowed.includes(api.StatementType.EXPLAIN) ? ", SUMMARIZE and EXPLAIN" : " and SUMMARIZE"}`,
    });
  return statement;
}

/** The texts are those of DuckDB 1.5, each tried. */
export function explainQuery(error: unknown, explain: Reading["explain"]): TaplineError {
  if (error instanceof TaplineError) return error;
  const text = (error instanceof Error ? error.message : String(error)).replace(/^Failed to extract statements: /, "");
  const reason = firstSentence(text);
  if (/attached in read-only mode|read.only mode/.test(text)) return sqlErrors.query_changes({ reason }, {}, error);
  if (/^Permission Error|disabled by configuration|configuration has been locked/.test(text))
    return sqlErrors.query_outside({ reason }, {}, error);
  if (!/^(Binder|Catalog|Parser|Conversion|Invalid Input|Out of Range) Error/.test(text)) {
    const known = explain(error);
    if (known.code !== "database_error" && known.code !== "constraint_violated" && known.code !== "no_permission") return known;
  }
  // DuckDB has no message for a text without a statement.
  return sqlErrors.query_failed({ reason: text === "Error in native callback" ? "the text has no statement" : reason }, {}, error);
}
