/** The cells of a chunk to the columns, as far as nobody has to look at a row as a whole. Pure. */
import type { CellChunk, CellSource } from "@tapline/sdk";
import { cellValues } from "../cells/values.ts";
import type { CellAppenders, Column } from "./fed-column.ts";
import type { Repair } from "./repair.ts";

/** Used again for each chunk. */
const scratch: unknown[] = [];

/**
 * @returns false where a value is missing that must be there, or needs a repair. Then, and where a column throws, the columns' contents are
 * undefined. @throws Refusal
 */
export function feedCells(chunk: CellChunk, columns: readonly Column[]): boolean {
  for (const column of columns) {
    const takesNone = column.isRetired === true || column.isExtra === true || column.isUnchangedList === true;
    const source = takesNone ? undefined : chunk.sourceOf(column.name);
    const nulls = appendSource(chunk, column, source);
    if (nulls === undefined || (column.isRequired && nulls > 0)) return false;
  }
  return true;
}

function appendSource(chunk: CellChunk, column: Column, source: CellSource | undefined): number | undefined {
  const { count, segments } = chunk;
  const cells = column.cells as CellAppenders;
  if (source === undefined) return cells.repeat(null, count);
  if ("cells" in source) {
    if (column.isRepairedAlways && column.type.kind === "json") return appendNested(chunk, column, source.cells);
    return cells.append(chunk, source.cells);
  }
  if ("first" in source) {
    for (let i = 0; i < count; i++) scratch[i] = source.first + i;
    return column.append(scratch, count);
  }
  return segments.reduce((nulls, { from, end }, index) => nulls + cells.repeat(source.repeated[index], end - from), 0);
}

/** Nested values, which the column takes though they need a repair. Texts that need one never become cells. */
function appendNested(chunk: CellChunk, { append, repair }: Column, cells: number): number | undefined {
  cellValues(chunk, cells, scratch);
  const isFine = (value: unknown): boolean => value === null || value === undefined || (repair as Repair)(value, () => {}) === value;
  let areFine = true;
  for (let row = 0; row < chunk.count && areFine; row++) areFine = isFine(scratch[row]);
  const nulls = areFine ? append(scratch, chunk.count) : undefined;
  scratch.length = 0;
  return nulls;
}

/** The column's values of a chunk, to see whether they rise. */
export function valuesOf(chunk: CellChunk, { name }: Column, values: unknown[]): void {
  const source = chunk.sourceOf(name);
  if (source !== undefined && "cells" in source) cellValues(chunk, source.cells, values);
  else values.fill(undefined, 0, chunk.count);
}
