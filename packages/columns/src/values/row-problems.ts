/**
 * Finds the rows of a chunk that can't be stored, after a column refused it. Rows and values are tried one at a time: appenders are fast
 * because they don't record where a value came from. Pure.
 */
import type { Position, Row, RowBatch, RowChunk, TaplineError } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { shapeOf } from "../types/column-type.ts";
import type { Column } from "./fed-column.ts";
import { type FedStream, isThere, mayLack } from "./fed-stream.ts";
import { Refusal } from "./refusal.ts";
import { jsonType, shorten } from "./shown-value.ts";
import { TooNarrow } from "./too-narrow.ts";
import { extraOf, unknownIn } from "./unknown-fields.ts";

/** Gives rows with a problem to `reject`. @returns the others. @throws TooNarrow, and what `reject` throws */
export function sift(fed: FedStream, chunk: RowChunk, reject: RowBatch["reject"]): RowChunk {
  const { rows, lines } = chunk;
  const kept: { rows: Row[]; lines: number[] } = { rows: [], lines: [] };
  for (const [index, row] of rows.entries()) {
    const line = lines[index] as number;
    const problem = problemOf(fed, row, line, chunk);
    if (problem !== undefined) reject(row, problem);
    else {
      kept.rows.push(row);
      kept.lines.push(line);
    }
  }
  return { ...chunk, ...kept };
}

function problemOf(fed: FedStream, row: Row, line: number, chunk: RowChunk): TaplineError | undefined {
  for (const column of fed.columns) {
    const value = !column.isRetired && Object.hasOwn(row, column.name) ? row[column.name] : undefined;
    const problem = !isThere(value) && mayLack(fed, column, row, chunk) ? undefined : problemWith(fed, column, value, line);
    if (problem !== undefined) return problem;
  }
  const fields = unknownIn(row, fed.names, fed.unknownFields);
  const [field] = fields;
  if (field === undefined) return undefined;
  if (fed.unknownFields.policy === "fail") return errors.unknown_field({ field }, { stream: fed.stream, line, column: field });
  return fed.extra && problemWith(fed, fed.extra, extraOf(row, fields), line);
}

/** @throws TooNarrow */
function problemWith({ stream }: FedStream, column: Column, value: unknown, line: number): TaplineError | undefined {
  const position = { stream, line, column: column.name };
  if (column.isRequired && !isThere(value)) return valueMissing(column, position);
  try {
    column.check(column.repair === undefined ? value : column.repair(value, () => {}));
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (isWidenable(column, error, value)) throw new TooNarrow(column.name, (other) => belongsIn(column, other));
    return errors[error.code]({ value: shorten(value), kind: jsonType(value), type: column.typeName }, position);
  }
}

export function valueMissing({ name, typeName, isKey }: Column, position: Position): TaplineError {
  const at = { ...position, column: name };
  return isKey ? errors.key_missing({ key: name }, at) : errors.null_refused({ column: name, type: typeName }, at);
}

/** Nothing is wider than text or JSON. */
function isWidenable({ mayWiden, type }: Column, { code }: Refusal, value: unknown): boolean {
  const isWidest =
    (type.kind === "json" && shapeOf(type) === undefined) ||
    (type.kind === "varchar" && type.length === undefined && type.labels === undefined);
  return !isWidest && mayWiden?.(code, value) === true;
}

function belongsIn(column: Column, value: unknown): boolean {
  try {
    column.check(value);
    return true;
  } catch (error) {
    return error instanceof Refusal && isWidenable(column, error, value);
  }
}
