/**
 * Rows of one stream, chunk by chunk, to one appender for each column. A value that can't be stored exactly becomes an error with its
 * line and column. What an appender does with the values is up to the target. Pure.
 */
import { isExactNumber, type Position, type Row, type RowBatch, type RowChunk, TaplineError } from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { TargetColumn } from "../target-column.ts";
import { Ascending } from "./ascending.ts";
import { Refusal } from "./refusal.ts";
import { TooNarrow } from "./too-narrow.ts";

/** Appends values[0..count); null and undefined are NULL. @returns how many were NULL. @throws Refusal: then the whole chunk is taken back */
export type AppendValues = (values: readonly unknown[], count: number) => number;

export interface FeedColumn extends TargetColumn {
  /** The SQL type for messages. */
  typeName: string;
  append: AppendValues;
  /** Checks one value without keeping it, to find which one of a chunk was refused. @throws Refusal */
  check: (value: unknown) => void;
}

interface Column extends FeedColumn {
  /** It is a key of an upsert. */
  isKey: boolean;
  /** A value must be there. */
  isRequired: boolean;
  /** Every object has a property of this name by inheritance. */
  isInherited: boolean;
}

export class ColumnFeed {
  readonly #stream: string;
  readonly #columns: Column[];
  readonly #names: Set<string>;
  /** The key whose order is followed: a single one, whose values are equal only where they are spelled alike. */
  readonly #followed: Column | undefined;
  readonly #ascending = new Ascending();
  readonly #mark: () => () => void;
  #values: unknown[] = [];
  #missing = new Uint16Array(0);

  /** `mark` is called before each chunk and returns a function that takes back all that was appended since. */
  constructor(stream: string, columns: readonly FeedColumn[], requiredKeys: readonly string[], mark: () => () => void = () => () => {}) {
    this.#stream = stream;
    this.#mark = mark;
    this.#columns = columns.map((column) => ({
      ...column,
      isKey: requiredKeys.includes(column.name),
      isRequired: column.isRequired === true || requiredKeys.includes(column.name),
      isInherited: column.name in Object.prototype,
    }));
    const keys = this.#columns.filter((column) => column.isKey);
    const areSpelledAlike = ({ type, equatesTexts }: Column): boolean =>
      type.kind === "bigint" || (type.kind === "varchar" && equatesTexts !== true);
    this.#followed = keys.length === 1 ? keys.find(areSpelledAlike) : undefined;
    this.#names = new Set(columns.filter((column) => !column.isRetired).map((column) => column.name));
  }

  /** Whether no key can have arrived twice since `forgetKeys`. */
  get areKeysAscending(): boolean {
    return this.#followed !== undefined && this.#ascending.rises;
  }

  forgetKeys(): void {
    this.#ascending.reset();
  }

  /**
   * Rows that can't be stored exactly go to `reject`; the others are appended and returned.
   * @throws TooNarrow, and what `reject` throws: key_missing, null_refused, unknown_field and the errors about one value, each with line and column
   */
  add(chunk: RowChunk, reject: RowBatch["reject"]): RowChunk {
    const undo = this.#mark();
    try {
      this.#append(chunk);
      return chunk;
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof TaplineError && error.recovery === "skip")) throw error;
      undo();
      const kept = this.#sift(chunk, reject);
      if (kept.rows.length === chunk.rows.length) throw error;
      this.#append(kept);
      return kept;
    }
  }

  /** @throws Refusal, key_missing, null_refused, unknown_field */
  #append(chunk: RowChunk): void {
    const { rows } = chunk;
    const count = rows.length;
    if (this.#missing.length < count) this.#missing = new Uint16Array(count);
    else this.#missing.fill(0, 0, count);
    for (const column of this.#columns) {
      gather(rows, column, this.#values, this.#missing);
      const nulls = column.append(this.#values, count);
      if (column === this.#followed) this.#ascending.follow(this.#values, count);
      if (column.isRequired && nulls > 0) throw valueMissing(column, { stream: this.#stream, line: chunk.lines[0] as number });
    }
    this.#refuseUnknown(chunk);
  }

  /** Releases the values of the last chunk. */
  clear(): void {
    this.#values = [];
  }

  /** Tries rows and values one at a time: appenders are fast because they don't record where a value came from. */
  #sift({ rows, lines }: RowChunk, reject: RowBatch["reject"]): RowChunk {
    const kept: { rows: Row[]; lines: number[] } = { rows: [], lines: [] };
    for (const [index, row] of rows.entries()) {
      const line = lines[index] as number;
      const problem = this.#problemOf(row, line);
      if (problem !== undefined) reject(row, problem);
      else {
        kept.rows.push(row);
        kept.lines.push(line);
      }
    }
    return kept;
  }

  #problemOf(row: Row, line: number): TaplineError | undefined {
    for (const column of this.#columns) {
      const position = { stream: this.#stream, line, column: column.name };
      const value = !column.isRetired && Object.hasOwn(row, column.name) ? row[column.name] : undefined;
      if (column.isRequired && (value === null || value === undefined)) return valueMissing(column, position);
      try {
        column.check(value);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (isWidenable(column, error, value)) throw new TooNarrow(column.name, (other) => belongsIn(column, other));
        return errors[error.code]({ value: shorten(value), kind: jsonType(value), type: column.typeName }, position);
      }
    }
    const field = Object.keys(row).find((key) => !this.#names.has(key));
    return field === undefined ? undefined : errors.unknown_field({ field }, { stream: this.#stream, line, column: field });
  }

  /** Counting keys is enough (0.01 us a row of 16): a row has one more than its columns only if it has an unknown one. */
  #refuseUnknown({ rows, lines }: RowChunk): void {
    const columns = this.#columns.length;
    for (let i = 0; i < rows.length; i++) {
      let keys = this.#missing[i] as number;
      for (const _ in rows[i]) keys++;
      if (keys === columns) continue;
      const field = Object.keys(rows[i] as Row).find((key) => !this.#names.has(key));
      if (field !== undefined) throw errors.unknown_field({ field }, { stream: this.#stream, line: lines[i] as number, column: field });
    }
  }
}

function valueMissing({ name, typeName, isKey }: Column, position: Position): TaplineError {
  const at = { ...position, column: name };
  return isKey ? errors.key_missing({ key: name }, at) : errors.null_refused({ column: name, type: typeName }, at);
}

/** Nothing is wider than text or JSON. */
function isWidenable({ mayWiden, type }: Column, { code }: Refusal, value: unknown): boolean {
  const isWidest = type.kind === "json" || (type.kind === "varchar" && type.length === undefined);
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

/** Column by column with one key each: 0.14 us for the 16 columns of a row. */
function gather(rows: readonly Row[], { name, isInherited, isRetired }: Column, values: unknown[], missing: Uint16Array): void {
  if (isRetired === true) {
    for (let i = 0; i < rows.length; i++) {
      values[i] = null;
      missing[i] = (missing[i] as number) + 1;
    }
    return;
  }
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as Row;
    const value = isInherited && !Object.hasOwn(row, name) ? undefined : row[name];
    if (value === undefined) missing[i] = (missing[i] as number) + 1;
    values[i] = value;
  }
}

const shownLength = 40;

function shorten(value: unknown): string {
  const text = isExactNumber(value) ? value.rawJSON : typeof value === "number" ? String(value) : safeJson(value);
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return Array.isArray(value) ? "[[…]]" : "{…}";
  }
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (isExactNumber(value)) return "number";
  return value === null ? "null" : typeof value;
}
