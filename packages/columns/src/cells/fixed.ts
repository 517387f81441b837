/** Cells of types whose values have the same width. */
import { type CellChunk, type CellSegment, cellKind } from "@tapline/sdk";
import type { WriteValue } from "../buffers/write-value.ts";
import type { AppendCells } from "./appender.ts";

/** Writes the value of a cell that is neither null nor absent. @returns false where it takes the value itself to know */
export type WriteCell = (view: DataView, at: number, chunk: CellChunk, cell: number, segment: CellSegment) => boolean;

/** `writeValue` writes what `writeCell` does not. */
export function fixedCells(width: number, writeCell: WriteCell, writeValue: WriteValue): AppendCells {
  return (chunk, cells, out) => {
    const { count, kinds, segments } = chunk;
    out.begin(count);
    out.data.reserve(count * width);
    const { view } = out.data;
    let at = out.data.length;
    for (const segment of segments) {
      for (let row = segment.from; row < segment.end; row++) {
        const cell = cells + row;
        if ((kinds[cell] as number) <= cellKind.null) out.markNull(row);
        else {
          if (!writeCell(view, at, chunk, cell, segment)) writeValue(view, at, chunk.valueAt(cell, segment));
          at += width;
        }
      }
    }
    out.data.length = at;
    out.end(count);
  };
}
