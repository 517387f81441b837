/**
 * Leaves rejected rows out where a batch is read again. A column that was made wider since would take some of them, and they would be both
 * stored and rejected.
 */
import { type CellChunk, isCells, type RowChunk } from "./cells/chunk.ts";

/** @param rejected input lines; those that are added while the chunks are read change nothing */
export function* keptRows(chunks: Iterable<RowChunk>, rejected: ReadonlySet<number>): Generator<RowChunk> {
  const known = new Set(rejected);
  for (const chunk of chunks) yield* kept(chunk, known);
}

/** As `keptRows`. Cells among which there is a rejected row become rows. */
export function* keptChunks(chunks: Iterable<RowChunk | CellChunk>, rejected: ReadonlySet<number>): Generator<RowChunk | CellChunk> {
  const known = new Set(rejected);
  for (const chunk of chunks) {
    if (!isCells(chunk)) yield* kept(chunk, known);
    else if (hasLine(chunk, known)) yield* kept(chunk.toRows(), known);
    else yield chunk;
  }
}

function* kept(chunk: RowChunk, rejected: ReadonlySet<number>): Generator<RowChunk> {
  const { rows, lines } = chunk;
  if (rejected.size === 0 || !lines.some((line) => rejected.has(line))) {
    yield chunk;
    return;
  }
  const isKept = (_: unknown, index: number): boolean => !rejected.has(lines[index] as number);
  if (lines.some(isKept)) yield { ...chunk, rows: rows.filter(isKept), lines: lines.filter(isKept) };
}

function hasLine({ segments }: CellChunk, rejected: ReadonlySet<number>): boolean {
  if (rejected.size === 0) return false;
  return segments.some(({ firstLine, from, end }) => {
    for (let line = firstLine; line < firstLine + end - from; line++) if (rejected.has(line)) return true;
    return false;
  });
}
