/** Makes a batch of rows for a writer: for targets that write rows which no tap sent, and for tests of writers. */
import type { Row } from "@tapline/protocol";
import type { RowBatch } from "./define.ts";

export interface RowBatchOptions {
  /** The input line of the first row. Each row is on a line. */
  firstLine?: number;
  chunkRows?: number;
  /** Called with rows that are rejected. Without it the first error is thrown. */
  onReject?: RowBatch["reject"];
}

/**
 * Each iteration of `rows` gives copies, which the writer may keep and change.
 * @example await writer.write(rowBatch("items", [{ id: 1 }, { id: 2 }]));
 */
export function rowBatch(stream: string, rows: readonly Row[], options: RowBatchOptions = {}): RowBatch {
  const { firstLine = 1, chunkRows = 1000, onReject } = options;
  const rejected = new Set<unknown>();
  return {
    stream,
    count: rows.length,
    byteLength: rows.length * 100,
    *rows() {
      for (let at = 0; at < rows.length; at += chunkRows) {
        const part = rows.slice(at, at + chunkRows).map((row) => Object.fromEntries(Object.entries(row)));
        yield { rows: part, lines: part.map((_, index) => firstLine + at + index) };
      }
    },
    mayReject: onReject !== undefined,
    get rejected() {
      return rejected.size;
    },
    reject(row, error) {
      if (onReject === undefined) throw error;
      const known = error.position.line ?? row;
      if (rejected.has(known)) return;
      rejected.add(known);
      onReject(row, error);
    },
  };
}
