/** For tests: the rows that the cells of a chunk stand for. */
import type { Row } from "@tapline/protocol";
import type { CellChunk, CellSource } from "../src/target/cells/chunk.ts";

/** @param names the fields, and the metadata columns where rows have them */
export function rowsOfCells(chunk: CellChunk, names: readonly string[]): Row[] {
  const sources = names.flatMap((name): [string, CellSource][] => {
    const source = chunk.sourceOf(name);
    return source === undefined ? [] : [[name, source]];
  });
  return chunk.segments.flatMap((segment, index) =>
    Array.from({ length: segment.end - segment.from }, (_, i) => {
      const row: Row = {};
      for (const [name, source] of sources) {
        const value = valueIn(source, chunk, segment.from + i, index);
        if (value !== undefined) row[name] = value;
      }
      return row;
    }),
  );
}

function valueIn(source: CellSource, chunk: CellChunk, row: number, segment: number): unknown {
  if ("cells" in source) return chunk.valueAt(source.cells + row, chunk.segments[segment] as CellChunk["segments"][number]);
  return "first" in source ? source.first + row : source.repeated[segment];
}

/** The input lines of the chunk's rows. */
export function linesOfCells({ segments }: CellChunk): number[] {
  return segments.flatMap(({ firstLine, from, end }) => Array.from({ length: end - from }, (_, i) => firstLine + i));
}
