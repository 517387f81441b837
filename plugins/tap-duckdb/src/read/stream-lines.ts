/**
 * Runs a statement whose first column is text, such as whole lines, and hands over the bytes, without a string or an object for each row:
 * DuckDB puts the texts of a chunk one after another, so most of a chunk is copied at once.
 */
import type { DuckDBDataChunk } from "@duckdb/node-api";
import bindings from "@duckdb/node-bindings";
import { type OpenResult, openResult } from "@tapline/duckdb";
import { Lines } from "@tapline/sdk";
import type { Database } from "../database.ts";
import { explain } from "../explain.ts";

export interface TextPiece {
  /** Used before the next piece is asked for, which is written to the same memory. */
  bytes: Uint8Array;
  count: number;
  /** The value of the second column, a BIGINT, in the last row; undefined: the statement has none. */
  place: bigint | undefined;
}

/** So many bytes of a piece are gathered. */
const pieceBytes = 256 * 1024;

export async function* streamLines(
  database: Database,
  sql: string,
  what: string,
): AsyncGenerator<{ lines: Lines; place: bigint | undefined }> {
  for await (const { bytes, count, place } of streamTexts(database, sql, what)) yield { lines: new Lines(bytes, count), place };
}

/** The texts of the first column, one after another. `what`: the table or file, for errors. @throws the errors of `explain` */
export async function* streamTexts({ connection, signal }: Database, sql: string, what: string): AsyncGenerator<TextPiece> {
  let opened: OpenResult | undefined;
  try {
    const again = (): Promise<unknown> => connection.run(`SELECT max(length(COLUMNS(*)::VARCHAR)) FROM (${sql})`);
    opened = await openResult(connection, { stream: () => connection.stream(sql), again });
    const hasPlace = opened.result.columnCount > 1;
    let piece = Buffer.allocUnsafe(2 * pieceBytes);
    let [used, count] = [0, 0];
    let place: bigint | undefined;
    const take = (): TextPiece => {
      const taken = { bytes: piece.subarray(0, used), count, place };
      [used, count] = [0, 0];
      return taken;
    };
    for (let chunk = await opened.next(); chunk !== null; chunk = await opened.next()) {
      for (const run of runsOf(chunk)) {
        if (used + run.length > piece.length && count > 0) yield take();
        if (run.length > piece.length) piece = Buffer.allocUnsafe(run.length);
        const { rows, bytes, row } = run;
        piece.set(bytes(), used);
        used += run.length;
        count += rows;
        if (hasPlace) place = placeAt(chunk, row + rows - 1);
        if (used >= pieceBytes) yield take();
      }
    }
    if (count > 0) yield take();
  } catch (error) {
    // Stopped: DuckDB was interrupted, and the caller asks for no more.
    if (signal.aborted) return;
    throw explain(error, what, undefined);
  } finally {
    await opened?.close().catch(() => {});
  }
}

interface Run {
  /** The first of its rows. */
  row: number;
  rows: number;
  length: number;
  bytes: () => Uint8Array;
}

/** A text is its length, in four bytes, and then either its bytes, up to twelve, or from the eighth byte on the address of them. */
const textBytes = 16;
const mostInside = 12;

/** A run is of texts that lie one after another. */
function* runsOf(chunk: DuckDBDataChunk): Generator<Run> {
  const count = chunk.rowCount;
  const data = bindings.vector_get_data(bindings.data_chunk_get_vector(chunk.chunk, 0), count * textBytes);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const lengthAt = (row: number): number => view.getUint32(row * textBytes, true);
  const addressAt = (row: number): bigint => view.getBigUint64(row * textBytes + 8, true);
  for (let row = 0; row < count; ) {
    const from = row * textBytes;
    let length = lengthAt(row);
    let rows = 1;
    if (length <= mostInside) yield { row, rows, length, bytes: () => data.subarray(from + 4, from + 4 + length) };
    else {
      const address = addressAt(row);
      for (let next = row + 1; next < count && length < pieceBytes; next++) {
        if (lengthAt(next) <= mostInside || addressAt(next) !== address + BigInt(length)) break;
        length += lengthAt(next);
        rows++;
      }
      yield {
        row,
        rows,
        length,
        bytes: () => bindings.get_data_from_pointer(data.buffer as ArrayBuffer, data.byteOffset + from + 8, length),
      };
    }
    row += rows;
  }
}

function placeAt(chunk: DuckDBDataChunk, row: number): bigint {
  const data = bindings.vector_get_data(bindings.data_chunk_get_vector(chunk.chunk, 1), chunk.rowCount * 8);
  return new DataView(data.buffer, data.byteOffset, data.byteLength).getBigInt64(row * 8, true);
}
