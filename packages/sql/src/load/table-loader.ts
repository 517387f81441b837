/** Loads one stream into its table: batches land there, and a merge ends each transaction. The SQL is the dialect's. */

import { TooNarrow } from "@tapline/columns";
import type { Activation, RowBatch, StreamCounts, TargetStream } from "@tapline/sdk";
import type { BulkLoad, Connection, Staged } from "../connection.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { errors } from "../errors.ts";
import type { TableName } from "../names/table-name.ts";
import { rowKeys } from "../plan/key-plan.ts";
import type { SchemaPolicy } from "../settings.ts";
import type { Landing } from "./landing.ts";
import { openLanding } from "./landing.ts";
import type { Merged } from "./run-merge.ts";
import { runMerge } from "./run-merge.ts";
import { forStream, ofStream } from "./stream-error.ts";
import type { PendingRows } from "./target-table.ts";
import { TargetTable } from "./target-table.ts";
import type { Transaction } from "./transaction.ts";
/** What the loaders of one sink share. */
export interface LoaderContext {
  dialect: Dialect;
  connection: Connection;
  transaction: Transaction;
  /** Rises with each call. */
  nextOrdinal(): number;
}

export class TableLoader {
  readonly #context: LoaderContext;
  readonly table: TargetTable;
  /** Definitions of the stream whose DDL has not been run: it is due at the next write or commit. */
  #planned: TargetStream[] = [];
  /** The definition that the table fits. */
  #stream: TargetStream;
  #bulk: BulkLoad | undefined;
  #landing: Landing | undefined;
  #counts: StreamCounts | undefined;
  constructor(context: LoaderContext, stream: TargetStream, policy: SchemaPolicy, table: TableName) {
    this.#context = context;
    this.#stream = stream;
    this.table = new TargetTable({ ...context, policy }, table);
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
    const { transaction } = this.#context;
    await forStream(batch.stream, () => this.#runPlanned());
    await transaction.begin();
    let staged = await this.#wideEnough(batch, async () => this.#convert(batch));
    const bulk = this.#bulk;
    const land = async (): Promise<void> => {
      // A column may have been widened for the batch before.
      if (bulk !== this.#bulk) {
        await staged.drop();
        staged = this.#convert(batch);
      }
      await this.#land(batch, staged);
    };
    try {
      await this.#openLanding();
    } catch (error) {
      await staged.drop();
      throw error;
    }
    await transaction.start(land, (error) => this.#landWider(batch, error));
  }

  /** When it resolves, everything written is in the stream's own table. */
  async settle(): Promise<void> {
    await this.merge();
    await this.table.swap(this.table.keyColumns(this.#stream));
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
    const { name } = this.table;
    const columnOf = (property: string): string => this.table.columnOf(property);
    const isAppend = this.#stream.loadMethod === "append-only";
    const statement = dialect.merge.activate({ table: name, keys: this.#stream.keys.map(columnOf), columnOf, isAppend }, activation);
    if (statement === undefined) return;
    const deleted = await connection.run(statement, name);
    if (deleted > 0 && !isAppend) this.table.activated();
    const counts = this.#count();
    counts.deleted = (counts.deleted ?? 0) + deleted;
  }

  /** What the transaction that ends now did here; undefined when no rows arrived. */
  takeCounts(): StreamCounts | undefined {
    const counts = this.#counts;
    this.#counts = undefined;
    this.table.committed();
    return counts;
  }

  /** Runs the DDL that is due, in the transaction. */
  async #runPlanned(): Promise<void> {
    const { transaction } = this.#context;
    for (let next = this.#planned.shift(); next !== undefined; next = this.#planned.shift()) {
      await transaction.settled();
      await transaction.begin();
      if (this.#bulk === undefined) await this.table.open(next);
      else await this.#alter(next);
      this.#stream = next;
      this.#takeColumns();
    }
  }

  /**
   * The table is changed before landed rows are merged into it: DuckDB refuses to commit a table that was altered after rows of it were
   * deleted. Rows that arrived under other keys are merged by those.
   */
  async #alter(next: TargetStream): Promise<void> {
    await this.table.change(next, this.#pending);
    const hasSameKeys = this.#hasSameKeys(next);
    if (!hasSameKeys || this.#leavesColumns()) await this.#merge(hasSameKeys);
  }

  get #pending(): PendingRows {
    return { landing: this.#landing?.table, merge: () => this.#merge(false) };
  }

  #hasSameKeys(next: TargetStream): boolean {
    const keys = this.table.keyColumns(next);
    return next.loadMethod === this.#stream.loadMethod && keys.join("\0") === (this.#landing?.keys ?? keys).join("\0");
  }

  /** Rows have landed with columns that later ones will not have. */
  #leavesColumns(): boolean {
    const landing = this.#landing;
    if (landing === undefined || this.table.planLoad(landing).takesOtherColumns) return false;
    const { columnNames } = this.table;
    return landing.columns.some((column) => !columnNames.includes(column));
  }

  /** `areKeysLast`: later rows have the same keys. */
  async #merge(areKeysLast: boolean): Promise<void> {
    const { connection, transaction, dialect } = this.#context;
    await transaction.settled();
    const hasRows = this.#landing !== undefined;
    const isFirst = this.table.needsMerge;
    if (!hasRows && !isFirst) return;
    const landing = await this.#openLanding();
    const { before, rows, keys } = landing;
    const merged = await runMerge({
      connection,
      dialect,
      table: this.table.name,
      stream: this.#stream,
      merge: this.table.planLoad(landing).merge(before),
      rowsBefore: before.rows,
      rows,
      areKeysUnique: landing.isUniform && (this.#bulk?.areKeysAscending ?? false),
    });
    await this.table.merged(areKeysLast ? keys : [], keys.length > 0 || landing.overwrites);
    this.#landing = undefined;
    this.#bulk?.forgetKeys();
    if (hasRows) this.#add(rows, merged, isFirst);
  }

  #takeColumns(): void {
    const { columns, ownName } = this.table;
    const target = { stream: this.#stream.name, table: ownName, columns, requiredKeys: rowKeys(this.#stream) };
    this.#bulk = this.#context.connection.bulkLoad(target);
    if (this.#landing === undefined) return;
    this.#landing.columns = [...new Set([...this.#landing.columns, ...this.table.columnNames])];
    this.#landing.isUniform = false;
  }

  #convert(batch: RowBatch): Staged {
    return (this.#bulk as BulkLoad).convert(batch);
  }

  async #land(batch: RowBatch, staged: Staged): Promise<void> {
    const landing = this.#landing as Landing;
    try {
      const found = await staged.land(landing.table);
      landing.rows += found;
      if (found === staged.rows) return;
      const { name: database } = this.#context.dialect;
      const params = { table: this.table.ownName, expected: staged.rows, found, database };
      throw errors.insert_count_mismatch(params, { stream: batch.stream });
    } finally {
      await staged.drop();
    }
  }

  /** Lands the batch again where it failed because a column was too narrow for it. */
  async #landWider(batch: RowBatch, error: unknown): Promise<void> {
    if (!(error instanceof TooNarrow)) throw ofStream(error, batch.stream);
    await this.#widen(batch, error);
    await this.#wideEnough(batch, async () => {
      await this.#openLanding();
      await this.#land(batch, this.#convert(batch));
    });
  }

  /** Each time round a column becomes wider, and none is wider than text. */
  async #wideEnough<T>(batch: RowBatch, work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof TooNarrow)) throw error;
        await this.#widen(batch, error);
      }
    }
  }

  /** For all values of the batch at once, because each widening writes the whole table again. */
  async #widen(batch: RowBatch, error: TooNarrow): Promise<void> {
    await this.#context.transaction.settled();
    await this.table.widen(this.#stream, error.property, error.valuesOf(batch), this.#pending);
    this.#takeColumns();
  }

  async #openLanding(): Promise<Landing> {
    const { connection, transaction, nextOrdinal } = this.#context;
    await transaction.settled();
    if (this.#landing !== undefined) return this.#landing;
    await transaction.begin();
    this.#landing = await openLanding(connection, this.table, this.#stream, nextOrdinal());
    return this.#landing;
  }

  #add(rows: number, { superseded, updated, refused }: Merged, isFirst: boolean): void {
    const counts = this.#count();
    counts.inserted += rows - superseded - refused - updated;
    counts.superseded += superseded;
    if (this.#stream.loadMethod !== "overwrite") counts.updated += updated;
    // All rows that stay are new ones, whether or not the database wrote them over old ones of the same key.
    else if (isFirst) counts.inserted += updated;
    else counts.superseded += updated;
  }

  #count(): StreamCounts {
    this.#counts ??= { inserted: 0, updated: 0, superseded: 0 };
    return this.#counts;
  }
}
