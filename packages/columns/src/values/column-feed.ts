/**
 * Rows of one stream, chunk by chunk, to one appender for each column. A value that can't be stored exactly is repaired where that loses
 * nothing or the user chose it; else it becomes an error with its line and column. What an appender does with the values is up to the target. Pure.
 */
import { type CellChunk, deletedAtColumn, type Row, type RowBatch, type RowChunk, TaplineError, type Tolerated } from "@tapline/sdk";
import { Ascending } from "./ascending.ts";
import { DeletesArrived } from "./delete-records.ts";
import { extraValues } from "./extra-values.ts";
import { type Column, gather, repairAll } from "./fed-column.ts";
import { type FedStream, type FeedOptions, fedStream, isThere, mayLack } from "./fed-stream.ts";
import { feedCells, valuesOf } from "./feed-cells.ts";
import { PartialRowsArrived, unchangedText } from "./partial-records.ts";
import { Refusal } from "./refusal.ts";
import { sift, valueMissing } from "./row-problems.ts";
import { UnknownFieldCounts } from "./unknown-fields.ts";

export class ColumnFeed {
  readonly #fed: FedStream;
  readonly #mark: () => () => void;
  readonly #unknown = new UnknownFieldCounts();
  readonly #ascending = new Ascending();
  /** The fields of the last cells, all of which have columns. */
  #knownFields: readonly string[] | undefined;
  #values: unknown[] = [];
  #missing = new Uint16Array(0);
  /** The column that is being appended to. */
  #current: Column | undefined;
  #lost: Tolerated[] = [];

  constructor(options: FeedOptions) {
    this.#fed = fedStream(options);
    this.#mark = options.mark ?? (() => () => {});
  }

  /** Whether no key can have arrived twice since `forgetKeys`. */
  get areKeysAscending(): boolean {
    return this.#fed.followed !== undefined && this.#ascending.rises;
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
    const kept = sift(this.#fed, chunk, reject);
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
    const { allColumns } = this.#fed;
    if (!this.#hasColumnsFor(chunk.fields) || !allColumns.every(takesCells)) return false;
    const undo = this.#mark();
    try {
      if (feedCells(chunk, allColumns)) {
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
    const { followed } = this.#fed;
    if (followed === undefined || !this.#ascending.rises) return;
    valuesOf(chunk, followed, this.#values);
    this.#ascending.follow(this.#values, chunk.count);
  }

  /** Records may have more fields than the columns take. */
  #hasColumnsFor(fields: readonly string[]): boolean {
    if (this.#knownFields === fields) return true;
    const { names, unknownFields } = this.#fed;
    if (!fields.every((field) => names.has(field) || unknownFields.deselected.has(field))) return false;
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
        undo();
        if (!(error instanceof Refusal) && !(error instanceof TaplineError && error.recovery === "skip")) throw error;
        const column = this.#current;
        if (!(error instanceof Refusal) || column?.repair === undefined || column.isRepaired) return error;
        column.isRepaired = true;
      }
    }
  }

  /** @throws Refusal, key_missing, null_refused, unknown_field, ExtraColumnMissing, DeletesArrived, PartialRowsArrived */
  #append(chunk: RowChunk): void {
    const { columns, stream, deletes, followed, extra, unchangedList } = this.#fed;
    const { rows, unchanged } = chunk;
    if (unchanged !== undefined && unchangedList === undefined) throw new PartialRowsArrived();
    const count = rows.length;
    this.#unknown.clear();
    if (this.#missing.length < count) this.#missing = new Uint16Array(count);
    else this.#missing.fill(0, 0, count);
    for (const column of columns) {
      this.#current = column;
      gather(rows, column, this.#values, this.#missing);
      if (column.isRepaired) repairAll(column, this.#values, count);
      const nulls = column.append(this.#values, count);
      if (column === followed) this.#ascending.follow(this.#values, count);
      const isAnnounced = deletes === "announce" && nulls < count && column.name === deletedAtColumn && !column.isRetired;
      if (isAnnounced) throw new DeletesArrived();
      if (column.isRequired && nulls > 0 && !rows.every((row, at) => isThere(this.#values[at]) || mayLack(this.#fed, column, row, chunk)))
        throw valueMissing(column, { stream, line: chunk.lines[0] as number });
    }
    const extras = extraValues(this.#fed, chunk, this.#missing, this.#unknown);
    if (extra !== undefined) this.#appendExtras(extra, extras, count);
    if (unchangedList !== undefined) this.#appendUnchanged(unchangedList, chunk);
  }

  #appendUnchanged(column: Column, { rows, unchanged }: RowChunk): void {
    this.#current = column;
    for (const [at, row] of rows.entries()) {
      const names = unchanged?.get(row);
      const columns = names === undefined ? [] : this.#fed.columns.filter(({ name }) => names.includes(name));
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
    const { columns, extra } = this.#fed;
    for (const column of extra === undefined ? columns : [...columns, extra]) {
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
}

/** A column that repairs values of some spelling would refuse the cells of such values. */
const takesCells = ({ cells, isRepaired, isRepairedAlways }: Column): boolean => cells !== undefined && (!isRepaired || isRepairedAlways);
