/**
 * Rows of one stream, chunk by chunk, to one appender for each column. A value that can't be stored exactly is repaired where that loses
 * nothing or the user chose it; else it becomes an error with its line and column. What an appender does with the values is up to the target. Pure.
 */
import {
  type CellChunk,
  deletedAtColumn,
  isDeleteRecord,
  type Position,
  type Row,
  type RowBatch,
  type RowChunk,
  TaplineError,
  type Tolerated,
} from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { StreamColumns } from "../target-column.ts";
import { Ascending } from "./ascending.ts";
import { DeletesArrived } from "./delete-records.ts";
import { type Column, type FeedColumn, fedColumn, gather, repairAll } from "./fed-column.ts";
import { feedCells, valuesOf } from "./feed-cells.ts";
import { PartialRowsArrived, unchangedText } from "./partial-records.ts";
import { Refusal } from "./refusal.ts";
import { jsonType, shorten } from "./shown-value.ts";
import { TooNarrow } from "./too-narrow.ts";
import { ExtraColumnMissing, extraOf, UnknownFieldCounts, type UnknownFields, unknownIn } from "./unknown-fields.ts";

export interface FeedOptions extends Omit<StreamColumns, "columns"> {
  columns: readonly FeedColumn[];
  /** Called before each chunk. It returns a function that takes back all that was appended since. */
  mark?: () => () => void;
}

export class ColumnFeed {
  readonly #stream: string;
  readonly #allColumns: Column[];
  /** Those that take a property each. */
  readonly #columns: Column[];
  /** The column that takes all unknown fields. */
  readonly #extra: Column | undefined;
  /** The column that takes the names of unchanged columns; undefined where no row may leave any unchanged. */
  readonly #unchangedList: Column | undefined;
  readonly #unknownFields: UnknownFields;
  readonly #deletes: StreamColumns["deletes"];
  readonly #unknown = new UnknownFieldCounts();
  readonly #names: Set<string>;
  /** The key whose order is followed: a single one, whose values are equal only where they are spelled alike. */
  readonly #followed: Column | undefined;
  readonly #ascending = new Ascending();
  readonly #mark: () => () => void;
  /** The fields of the last cells, all of which have columns. */
  #knownFields: readonly string[] | undefined;
  #values: unknown[] = [];
  #missing = new Uint16Array(0);
  /** The column that is being appended to. */
  #current: Column | undefined;
  #lost: Tolerated[] = [];

  constructor({ stream, columns, requiredKeys, rules = {}, unknownFields = refused, deletes, mark = () => () => {} }: FeedOptions) {
    this.#stream = stream;
    this.#mark = mark;
    this.#unknownFields = unknownFields;
    this.#deletes = deletes;
    this.#allColumns = columns.map((column) => fedColumn(column, requiredKeys, rules));
    this.#columns = this.#allColumns.filter(({ isExtra, isUnchangedList }) => isExtra !== true && isUnchangedList !== true);
    this.#unchangedList = this.#allColumns.find((column) => column.isUnchangedList === true);
    this.#extra = this.#allColumns.find((column) => column.isExtra === true);
    const keys = this.#columns.filter((column) => column.isKey);
    const areSpelledAlike = ({ type, equatesTexts }: Column): boolean =>
      type.kind === "bigint" || (type.kind === "varchar" && equatesTexts !== true && type.isChecked !== true);
    this.#followed = keys.length === 1 ? keys.find(areSpelledAlike) : undefined;
    this.#names = new Set(this.#columns.filter((column) => !column.isRetired).map((column) => column.name));
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
   * @throws TooNarrow, ExtraColumnMissing, DeletesArrived, PartialRowsArrived, and what `reject` throws: key_missing, null_refused, unknown_field and the errors about one value, each with line and column
   */
  add(chunk: RowChunk, reject: RowBatch["reject"]): RowChunk {
    const problem = this.#appendAll(chunk);
    if (problem === undefined) return chunk;
    const kept = this.#sift(chunk, reject);
    const isStuck = kept.rows.length === chunk.rows.length;
    const next = isStuck ? problem : this.#appendAll(kept);
    if (next !== undefined) throw next;
    return kept;
  }

  /**
   * As `add`; but columns read the cells from the bytes of their lines. Where one refuses a cell, or a row as a whole matters, the chunk's
   * rows are added. @returns undefined where all rows were appended as cells
   */
  addCells(chunk: CellChunk, reject: RowBatch["reject"]): RowChunk | undefined {
    return this.#appendCells(chunk) ? undefined : this.add(chunk.toRows(), reject);
  }

  #appendCells(chunk: CellChunk): boolean {
    if (!this.#hasColumnsFor(chunk.fields) || !this.#allColumns.every(takesCells)) return false;
    const undo = this.#mark();
    try {
      if (feedCells(chunk, this.#allColumns)) {
        this.#followCells(chunk);
        return true;
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    undo();
    return false;
  }

  #followCells(chunk: CellChunk): void {
    if (this.#followed === undefined || !this.#ascending.rises) return;
    valuesOf(chunk, this.#followed, this.#values);
    this.#ascending.follow(this.#values, chunk.count);
  }

  /** Records may have more fields than the columns take. */
  #hasColumnsFor(fields: readonly string[]): boolean {
    if (this.#knownFields === fields) return true;
    const { deselected } = this.#unknownFields;
    if (!fields.every((field) => this.#names.has(field) || deselected.has(field))) return false;
    this.#knownFields = fields;
    return true;
  }

  /** What repairs lost since the last call, by kind and column. */
  takeLost(): Tolerated[] {
    const lost = this.#lost;
    this.#lost = [];
    return lost;
  }

  /** Appends all rows or none. A column that refuses a value is repaired first. @returns the problem with a row, where there is one */
  #appendAll(chunk: RowChunk): Error | undefined {
    for (;;) {
      const undo = this.#mark();
      try {
        this.#append(chunk);
        this.#endRepairs();
        return undefined;
      } catch (error) {
        if (!(error instanceof Refusal) && !(error instanceof TaplineError && error.recovery === "skip")) throw error;
        undo();
        const column = this.#current;
        if (!(error instanceof Refusal) || column?.repair === undefined || column.isRepaired) return error;
        column.isRepaired = true;
      }
    }
  }

  /** @throws Refusal, key_missing, null_refused, unknown_field, ExtraColumnMissing, DeletesArrived, PartialRowsArrived */
  #append(chunk: RowChunk): void {
    const { rows, unchanged } = chunk;
    if (unchanged !== undefined && this.#unchangedList === undefined) throw new PartialRowsArrived();
    const count = rows.length;
    this.#unknown.clear();
    if (this.#missing.length < count) this.#missing = new Uint16Array(count);
    else this.#missing.fill(0, 0, count);
    for (const column of this.#columns) {
      this.#current = column;
      gather(rows, column, this.#values, this.#missing);
      if (column.isRepaired) repairAll(column, this.#values, count);
      const nulls = column.append(this.#values, count);
      if (column === this.#followed) this.#ascending.follow(this.#values, count);
      const isAnnounced = this.#deletes === "announce" && nulls < count && column.name === deletedAtColumn && !column.isRetired;
      if (isAnnounced) throw new DeletesArrived();
      if (column.isRequired && nulls > 0 && !rows.every((row, at) => isThere(this.#values[at]) || this.#mayLack(column, row, chunk)))
        throw valueMissing(column, { stream: this.#stream, line: chunk.lines[0] as number });
    }
    const extras = this.#unknownOf(chunk);
    if (this.#extra !== undefined) this.#appendExtras(this.#extra, extras, count);
    if (this.#unchangedList !== undefined) this.#appendUnchanged(this.#unchangedList, chunk);
  }

  /** The row needs no value in the column, though the column takes no NULL. */
  #mayLack(column: Column, row: Row, { unchanged }: RowChunk): boolean {
    if (column.isKey) return false;
    return (this.#deletes !== undefined && isDeleteRecord(row)) || unchanged?.get(row)?.includes(column.name) === true;
  }

  #appendUnchanged(column: Column, { rows, unchanged }: RowChunk): void {
    this.#current = column;
    for (const [at, row] of rows.entries()) {
      const names = unchanged?.get(row);
      const columns = names === undefined ? [] : this.#columns.filter(({ name }) => names.includes(name));
      this.#values[at] = columns.length === 0 ? null : unchangedText(columns.map(({ columnName }) => columnName));
    }
    column.append(this.#values, rows.length);
  }

  #appendExtras(column: Column, extras: ReadonlyMap<number, Row> | undefined, count: number): void {
    this.#current = column;
    for (let i = 0; i < count; i++) this.#values[i] = extras?.get(i);
    if (column.isRepaired) repairAll(column, this.#values, count);
    column.append(this.#values, count);
  }

  /** Keeps what the repairs of a chunk lost. A column that needed none is not repaired in the next chunk. */
  #endRepairs(): void {
    this.#lost.push(...this.#unknown.take());
    for (const column of this.#extra === undefined ? this.#columns : [...this.#columns, this.#extra]) {
      if (!column.isRepaired) continue;
      this.#lost.push(...column.lost);
      column.lost = [];
      column.isRepaired = column.isChanged || column.isRepairedAlways;
    }
  }

  /** Releases the values of the last chunk. */
  clear(): void {
    this.#values = [];
  }

  /** Tries rows and values one at a time: appenders are fast because they don't record where a value came from. */
  #sift(chunk: RowChunk, reject: RowBatch["reject"]): RowChunk {
    const { rows, lines } = chunk;
    const kept: { rows: Row[]; lines: number[] } = { rows: [], lines: [] };
    for (const [index, row] of rows.entries()) {
      const line = lines[index] as number;
      const problem = this.#problemOf(row, line, chunk);
      if (problem !== undefined) reject(row, problem);
      else {
        kept.rows.push(row);
        kept.lines.push(line);
      }
    }
    return { ...chunk, ...kept };
  }

  #problemOf(row: Row, line: number, chunk: RowChunk): TaplineError | undefined {
    for (const column of this.#columns) {
      const value = !column.isRetired && Object.hasOwn(row, column.name) ? row[column.name] : undefined;
      const problem = !isThere(value) && this.#mayLack(column, row, chunk) ? undefined : this.#problemWith(column, value, line);
      if (problem !== undefined) return problem;
    }
    const fields = unknownIn(row, this.#names, this.#unknownFields);
    const [field] = fields;
    if (field === undefined) return undefined;
    if (this.#unknownFields.policy === "fail") return errors.unknown_field({ field }, { stream: this.#stream, line, column: field });
    return this.#extra && this.#problemWith(this.#extra, extraOf(row, fields), line);
  }

  /** @throws TooNarrow */
  #problemWith(column: Column, value: unknown, line: number): TaplineError | undefined {
    const position = { stream: this.#stream, line, column: column.name };
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

  /**
   * The values for the extra column by row; undefined where no row has unknown fields to keep. Counting keys is enough (0.01 us a row of
   * 16): a row has one more than its columns only if it has an unknown one.
   */
  #unknownOf({ rows, lines }: RowChunk): Map<number, Row> | undefined {
    const columns = this.#columns.length;
    const { policy } = this.#unknownFields;
    let extras: Map<number, Row> | undefined;
    for (let i = 0; i < rows.length; i++) {
      let keys = this.#missing[i] as number;
      for (const _ in rows[i]) keys++;
      if (keys === columns) continue;
      const row = rows[i] as Row;
      const fields = unknownIn(row, this.#names, this.#unknownFields);
      const [field] = fields;
      if (field === undefined) continue;
      if (policy === "fail") throw errors.unknown_field({ field }, { stream: this.#stream, line: lines[i] as number, column: field });
      this.#unknown.add(policy, row, fields);
      if (policy === "drop") continue;
      if (this.#extra === undefined) throw new ExtraColumnMissing();
      extras ??= new Map();
      extras.set(i, extraOf(row, fields));
    }
    return extras;
  }
}

/** A column that repairs values of some spelling would refuse the cells of such values. */
const takesCells = ({ cells, isRepaired, isRepairedAlways }: Column): boolean => cells !== undefined && (!isRepaired || isRepairedAlways);

const isThere = (value: unknown): boolean => value !== null && value !== undefined;
const refused: UnknownFields = { policy: "fail", deselected: new Set() };

function valueMissing({ name, typeName, isKey }: Column, position: Position): TaplineError {
  const at = { ...position, column: name };
  return isKey ? errors.key_missing({ key: name }, at) : errors.null_refused({ column: name, type: typeName }, at);
}

/** Nothing is wider than text or JSON. */
function isWidenable({ mayWiden, type }: Column, { code }: Refusal, value: unknown): boolean {
  const isWidest = type.kind === "json" || (type.kind === "varchar" && type.length === undefined && type.labels === undefined);
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
