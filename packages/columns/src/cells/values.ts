/** Cells of types that are read as values. */
import type { CellChunk } from "@tapline/sdk";
import type { Append } from "../buffers/write-value.ts";
import type { AppendCells } from "./appender.ts";

/** The values of a chunk's cells, by row. */
export function cellValues(chunk: CellChunk, cells: number, values: unknown[]): void {
  for (const segment of chunk.segments)
    for (let row = segment.from; row < segment.end; row++) values[row] = chunk.valueAt(cells + row, segment);
}

export function valueCells(append: Append): AppendCells {
  const values: unknown[] = [];
  return (chunk, cells, out) => {
    cellValues(chunk, cells, values);
    append(values, chunk.count, out);
    values.length = 0;
  };
}
