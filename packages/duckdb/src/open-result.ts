/**
 * The result of a statement, chunk by chunk, as a whole or with an error. DuckDB's library ends a result that fails in the middle like one
 * that was read whole. The transaction tells them apart: such a failure ends it.
 */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from "@duckdb/node-api";

export interface OpenResult {
  result: DuckDBResult;
  /**
   * The next chunk with rows; null after the last one. It frees the rows of the chunk before, which would otherwise stay in memory until
   * JavaScript's garbage is collected: that does not know how large they are.
   * @throws what DuckDB says of the failure
   */
  next(): Promise<DuckDBDataChunk | null>;
  /** Call it where the result is not read to its end. */
  close(): Promise<void>;
}

export interface Statement {
  stream(): Promise<DuckDBResult>;
  /** Runs it once more so that it fails with its reason, which a result in the middle does not give. */
  again(): Promise<unknown>;
}

/** One result is open on a connection at a time: another one closes it. */
const open = new WeakMap<DuckDBConnection, () => Promise<void>>();

/** @throws as DuckDB does */
export async function openResult(connection: DuckDBConnection, { stream, again }: Statement): Promise<OpenResult> {
  await open.get(connection)?.();
  await connection.run("BEGIN TRANSACTION");
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await connection.run("ROLLBACK");
  };
  open.set(connection, close);
  let result: DuckDBResult;
  try {
    result = await stream();
  } catch (error) {
    await close();
    throw error;
  }
  let last: DuckDBDataChunk | undefined;
  return {
    result,
    async next() {
      last?.reset();
      last = undefined;
      if (!isOpen) return null;
      const chunk = await result.fetchChunk();
      if (chunk !== null && chunk.rowCount > 0) {
        last = chunk;
        return chunk;
      }
      try {
        await connection.run("SELECT 1");
      } catch (error) {
        await close();
        await again();
        throw error;
      }
      await close();
      return null;
    },
    close,
  };
}
