/** Finds the rows of a chunk that break a check. Cells stay cells: rows become objects only where one is faulty. */
import type { Check, CheckOf, Row, RowRule } from "@tapline/protocol";
import { type CellChunk, type CellSegment, cellKind, isCells, type RowChunk } from "../cells/chunk.ts";
import { isDeleteRecord } from "../metadata.ts";
import { valueRule } from "./row-rule.ts";
import { SeenValues } from "./seen-values.ts";

export interface RowCheck {
  readonly check: CheckOf<RowRule>;
  /** Calls `onFault` with the index of each faulty row of the chunk, from the first. @returns how many rows there were */
  find(chunk: RowChunk | CellChunk, onFault: (row: number) => void): number;
}

/** @throws check_invalid */
export function rowCheck(check: CheckOf<RowRule>): RowCheck {
  if (check.rule === "unique") return uniqueCheck(check);
  const { column } = check;
  const rule = valueRule(check);
  const breaks = (value: unknown): boolean => (value === undefined || value === null ? rule.refusesNull : rule.breaks(value));
  return {
    check,
    find(chunk, onFault) {
      if (!isCells(chunk)) return eachRow(chunk, column, onFault, (row) => breaks(row[column]));
      const source = chunk.sourceOf(column);
      if (source === undefined || !("cells" in source)) {
        for (let row = 0; row < chunk.count && rule.refusesNull; row++) onFault(row);
        return chunk.count;
      }
      const { kinds } = chunk;
      for (const segment of chunk.segments) {
        for (let row = segment.from; row < segment.end; row++) {
          const cell = source.cells + row;
          const isNull = (kinds[cell] as number) <= cellKind.null;
          if (isNull ? rule.refusesNull : rule.breaksCell(chunk, cell, segment)) onFault(row);
        }
      }
      return chunk.count;
    },
  };
}

/** A record that deletes its row says nothing of the other columns, and one with `unchanged` nothing of those. */
function eachRow({ rows, unchanged }: RowChunk, column: string, onFault: (row: number) => void, breaks: (row: Row) => boolean): number {
  let deletes = 0;
  for (const [index, row] of rows.entries()) {
    if (isDeleteRecord(row)) deletes++;
    else if (breaks(row) && unchanged?.get(row)?.includes(column) !== true) onFault(index);
  }
  return rows.length - deletes;
}

function uniqueCheck(check: CheckOf<"unique">): RowCheck {
  const { columns } = check;
  const [only] = columns as [string];
  const seen = new SeenValues();
  /** As SQL: a row with a NULL is equal to none. */
  const isTwice = (values: readonly unknown[]): boolean => {
    if (values.some((value) => value === undefined || value === null)) return false;
    return seen.add(values.map(textOf).join("\u0001"));
  };
  return {
    check,
    find(chunk, onFault) {
      if (!isCells(chunk)) return eachRow(chunk, only, onFault, (row) => isTwice(columns.map((column) => row[column])));
      const sources = columns.map((column) => chunk.sourceOf(column));
      for (const segment of chunk.segments)
        for (let row = segment.from; row < segment.end; row++)
          if (isTwice(sources.map((source) => cellValue(chunk, source, row, segment)))) onFault(row);
      return chunk.count;
    },
  };
}

function cellValue(chunk: CellChunk, source: ReturnType<CellChunk["sourceOf"]>, row: number, segment: CellSegment): unknown {
  if (source === undefined || !("cells" in source)) return undefined;
  return chunk.valueAt(source.cells + row, segment);
}

/** Equal for equal values: 1 and 1.0 are one number. */
function textOf(value: unknown): string {
  return typeof value === "string" ? `"${value}` : typeof value === "number" ? String(value) : JSON.stringify(value);
}

/** Columns whose value may be told: those of the check. */
export function valuesOf(check: Check, columns: readonly string[], row: Row): Record<string, unknown> | undefined {
  return check.show_values ? Object.fromEntries(columns.map((column) => [column, row[column] ?? null])) : undefined;
}
