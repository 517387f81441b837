/**
 * Runs a statement whose first column is a whole line, and hands over the lines as bytes, without a string or an object for each row:
 * DuckDB puts the texts of a chunk one after another, so most of a chunk is copied at once.
 */
import type { DuckDBDataChunk } from "@duckdb/node-api";
import bindings from "@duckdb/node-bindings";
import { Lines } from "@tapline/sdk";
import type { Database } from "../database.ts";
import { explain } from "../explain.ts";

export interface LinePiece {
  lines: Lines;
  /** The value of the second column, a BIGINT, in the last row; undefined: the statement has none. */
  place: bigint | undefined;
}

/** So many bytes of a piece are gathered. */
const pieceBytes = 256 * 1024;

/** `what`: the table or file, for errors. @throws the errors of `explain` */
export async function* streamLines({ connection }: Database, sql: string, what: string): AsyncGenerator<LinePiece> {
  try {
    const result = await connection.stream(sql);
    const hasPlace = result.columnCount > 1;
    let piece = Buffer.allocUnsafe(2 * pieceBytes);
    let [used, count] = [0, 0];
    let place: bigint | undefined;
    const take = (): LinePiece => {
      const lines = new Lines(piece.subarray(0, used), count);
      [used, count] = [0, 0];
      return { lines, place };
    };
    for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
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
    throw explain(error, what, undefined);
  }
}

interface Run {
  /** The first of its rows. */
  row: number;
  rows: number;
  length: number;
  bytes: () => Uint8Array;
}

/** A text of more than 12 bytes, as a line always is, is its length and, from the eighth byte on, the address of its bytes. */
const textBytes = 16;

/** A run is of texts that lie one after another. */
function* runsOf(chunk: DuckDBDataChunk): Generator<Run> {
  const count = chunk.rowCount;
  const data = bindings.vector_get_data(bindings.data_chunk_get_vector(chunk.chunk, 0), count * textBytes);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let row = 0; row < count; ) {
    const address = view.getBigUint64(row * textBytes + 8, true);
    let length = view.getUint32(row * textBytes, true);
    let rows = 1;
    while (
      row + rows < count &&
      length < pieceBytes &&
      view.getBigUint64((row + rows) * textBytes + 8, true) === address + BigInt(length)
    ) {
      length += view.getUint32((row + rows) * textBytes, true);
      rows++;
    }
    const [from, size] = [data.byteOffset + row * textBytes + 8, length];
    yield { row, rows, length, bytes: () => bindings.get_data_from_pointer(data.buffer as ArrayBuffer, from, size) };
    row += rows;
  }
}

function placeAt(chunk: DuckDBDataChunk, row: number): bigint {
  const data = bindings.vector_get_data(bindings.data_chunk_get_vector(chunk.chunk, 1), chunk.rowCount * 8);
  return new DataView(data.buffer, data.byteOffset, data.byteLength).getBigInt64(row * 8, true);
}
