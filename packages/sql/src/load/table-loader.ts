/** Loads one stream into its table: plans and DDL, batches, and the merge that ends each transaction. */
import type { Activation, RowBatch, RowFile, RowRange, StreamCounts, TargetStream } from "@tapline/sdk";
import type { TableName } from "../names/table-name.ts";
import type { SchemaPolicy } from "../settings.ts";
import { BatchLander, type LoaderContext } from "./batch-lander.ts";
import type { Fold } from "./fold-rows.ts";
import { boundOf } from "./range-bounds.ts";
import { cleanMerge, type Merged, type MergeInput, prepareMerge, runMerge } from "./run-merge.ts";
import { forStream } from "./stream-error.ts";
import { TargetTable } from "./target-table.ts";

export class TableLoader {
  readonly #context: LoaderContext;
  readonly table: TargetTable;
  readonly #lander: BatchLander;
  /** Definitions of the stream whose DDL has not been run: it is due at the next write or commit. */
  #planned: TargetStream[] = [];
  /** The definition that the table fits; undefined before any DDL was run. */
  #stream: TargetStream | undefined;
  #counts: StreamCounts | undefined;

  constructor(context: LoaderContext, policy: SchemaPolicy, table: TableName) {
    this.#context = context;
    this.table = new TargetTable({ ...context, policy }, table);
    this.#lander = new BatchLander(context, this.table, (areKeysLast) => this.#merge(areKeysLast));
  }

  /**
   * The stream's first or next SCHEMA. Only plans: a tap may read for hours before its first row, and DDL that waits for a commit locks
   * the table. @throws as `TargetTable.plan`
   */
  async define(stream: TargetStream): Promise<void> {
    await this.#context.transaction.settled();
    await this.table.plan(stream);
    this.#planned.push(stream);
  }

  async write(batch: RowBatch): Promise<void> {
    if (batch.count === 0) return;
    await forStream(batch.stream, () => this.#runPlanned());
    await this.#context.transaction.begin();
    await this.#lander.land(batch);
  }

  /** Whether the next batch may be this file. */
  async takesFile(file: RowFile): Promise<boolean> {
    await this.#runPlanned();
    return this.#lander.takesFile(file);
  }

  /** When it resolves, everything written is in the stream's own table. */
  async settle(): Promise<void> {
    await this.merge();
    if (this.#stream !== undefined) await this.table.swap(this.table.keyColumns(this.#stream));
  }

  /** Makes the landed rows part of the table; later rows of this transaction meet them there. */
  async merge(): Promise<void> {
    await this.#runPlanned();
    await this.#merge(true);
  }

  /** Rows of older versions no longer exist in the source. To be called when the stream's rows are settled. */
  async activate(activation: Activation): Promise<void> {
    const { connection, transaction, dialect } = this.#context;
    await this.#runPlanned();
    await transaction.begin();
    const { loadMethod, keys } = this.#stream as TargetStream;
    const { name } = this.table;
    const columnOf = (property: string): string => this.table.columnOf(property);
    const isAppend = loadMethod === "append-only";
    const statement = dialect.merge.activate({ table: name, keys: keys.map(columnOf), columnOf, isAppend }, activation);
    if (statement === undefined) return;
    const work = async (): Promise<void> => this.#addDeleted(await connection.run(statement, name), !isAppend);
    await transaction.change({ work });
  }

  /**
   * Deletes the stream's rows whose property has this value, also those that this transaction brought: they are merged first, so that rows
   * which follow can't be among them. @throws source_column_unfit
   */
  async deleteSource(property: string, value: string): Promise<void> {
    await this.#deleteRows((stream) => {
      const column = this.table.textColumnOf(property, stream);
      return this.#context.dialect.statements.deleteWhere(this.table.name, column, value);
    });
  }

  /** Deletes the stream's rows of the range, also those that this transaction brought. @throws range_column_unfit */
  async deleteRange({ column: property, from, to }: RowRange): Promise<void> {
    await this.#deleteRows((stream) => {
      const column = this.table.timeColumnOf(property, stream);
      const [low, high] = [from, to].map((bound) => boundOf(bound, column.type));
      return this.#context.dialect.statements.deleteRange(this.table.name, column, low as string, high as string);
    });
  }

  async #deleteRows(statementFor: (stream: string) => string): Promise<void> {
    const { connection, transaction } = this.#context;
    await this.#runPlanned();
    // A table that has no rows to keep must not be merged: its first load would become an upsert.
    if (this.#lander.landing === undefined && this.table.needsMerge) return;
    await this.#merge(true);
    await transaction.begin();
    const { name } = this.table;
    const statement = statementFor((this.#stream as TargetStream).name);
    const work = async (): Promise<void> => this.#addDeleted(await connection.run(statement, name), true);
    await transaction.change({ work });
  }

  /** What the transaction that ends now did here; undefined when no rows arrived. */
  takeCounts(): StreamCounts | undefined {
    const counts = this.#counts;
    this.#counts = undefined;
    this.table.committed();
    this.#lander.committed();
    return counts;
  }

  /** Runs the DDL that is due, in the transaction. */
  async #runPlanned(): Promise<void> {
    const { transaction } = this.#context;
    for (let next = this.#planned.shift(); next !== undefined; next = this.#planned.shift()) {
      await transaction.settled();
      await transaction.begin();
      if (this.#stream === undefined) await this.table.open(next);
      else await this.#alter(this.#stream, next);
      this.#stream = next;
      this.#lander.define(next);
    }
  }

  /**
   * The table is changed before landed rows are merged into it: DuckDB refuses to commit a table that was altered after rows of it were
   * deleted. Rows that arrived under other keys are merged by those.
   */
  async #alter(stream: TargetStream, next: TargetStream): Promise<void> {
    await this.#lander.flush();
    const columnsBefore = await this.table.change(next, this.#lander.pending);
    const keys = this.table.keyColumns(next);
    const landedKeys = this.#lander.landing?.keys ?? keys;
    const hasSameKeys = next.loadMethod === stream.loadMethod && keys.join("\0") === landedKeys.join("\0");
    if (!hasSameKeys || this.#mixesColumns(columnsBefore)) await this.#merge(hasSameKeys);
  }

  /**
   * Rows have landed with columns that later ones will not have, or without columns that later ones will have and in which the rows they
   * update keep their values. A column that is new to the table has none to keep.
   */
  #mixesColumns(columnsBefore: readonly string[]): boolean {
    const { landing } = this.#lander;
    if (landing === undefined || this.table.planLoad(landing).takesOtherColumns) return false;
    const { columnNames } = this.table;
    if (landing.columns.some((column) => !columnNames.includes(column))) return true;
    return columnNames.some((column) => columnsBefore.includes(column) && !landing.columns.includes(column));
  }

  /** Merges the landed rows, at once or when the transaction begins. `areKeysLast`: later rows have the same keys. */
  async #merge(areKeysLast: boolean): Promise<void> {
    const { connection, transaction, dialect } = this.#context;
    await transaction.settled();
    const hasRows = this.#lander.landing !== undefined;
    const isFirst = this.table.needsMerge;
    if (!hasRows && !isFirst) return;
    await this.#lander.flush();
    const isEmpty = !hasRows && !this.table.loadState.overwrites;
    // A table that is new and stays empty has no key to get.
    if (isEmpty && dialect.traits.ddl === "commits") return this.table.merged([], false);
    const landing = await this.#lander.open();
    const { before, rows, keys } = landing;
    const stream = this.#stream as TargetStream;
    const { reject } = stream;
    const input: MergeInput = {
      connection,
      dialect,
      table: this.table.name,
      stream: { ...stream, ...(reject && { reject: (error, row) => reject(error, this.table.recordOf(row)) }) },
      merge: this.table.planLoad(landing).merge(before),
      rowsBefore: before.rows,
      rows,
      areKeysUnique: this.#lander.areKeysUnique,
      ...(landing.table === this.table.name && { tryKey: () => this.table.tryKey(keys) }),
    };
    let fold: Fold | undefined;
    await transaction.change({
      prepare: async () => {
        fold = await prepareMerge(input);
      },
      work: async () => {
        const merged = await runMerge(input, fold);
        if (merged.deleted > 0) this.table.rowsDeleted();
        for (const [column, count] of merged.lost)
          stream.tolerated?.({ kind: "unchanged_unknown", column: this.table.propertyOf(column), count });
        if (hasRows) this.#add(stream, rows, merged, isFirst);
      },
      clean: () => cleanMerge(input, fold),
    });
    await this.table.merged(areKeysLast ? keys : [], keys.length > 0 || landing.overwrites);
    this.#lander.close();
  }

  #addDeleted(deleted: number, areGone: boolean): void {
    if (deleted > 0 && areGone) this.table.rowsDeleted();
    const counts = this.#count();
    counts.deleted = (counts.deleted ?? 0) + deleted;
  }

  #add(
    { loadMethod }: TargetStream,
    rows: number,
    { superseded, updated, refused, deleteRecords, deleted }: Merged,
    isFirst: boolean,
  ): void {
    const counts = this.#count();
    counts.inserted += rows - superseded - refused - updated - deleteRecords;
    counts.superseded += superseded;
    if (deleteRecords > 0) counts.deleteRecords = (counts.deleteRecords ?? 0) + deleteRecords;
    if (deleted > 0) counts.deleted = (counts.deleted ?? 0) + deleted;
    if (loadMethod !== "overwrite") counts.updated += updated;
    // All rows that stay are new ones, whether or not the database wrote them over old ones of the same key.
    else if (isFirst) counts.inserted += updated;
    else counts.superseded += updated;
  }

  #count(): StreamCounts {
    this.#counts ??= { inserted: 0, updated: 0, superseded: 0 };
    return this.#counts;
  }
}
