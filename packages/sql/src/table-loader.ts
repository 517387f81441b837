/** Loads one stream into its table: batches, and the merge that ends a transaction. It runs plans; what they say is the dialect's. */
import { TooNarrow } from "@tapline/columns";
import type { Activation, RowBatch, StreamCounts, TargetStream } from "@tapline/sdk";
import type { BulkLoad, Connection } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import { errors } from "./errors.ts";
import { beginLoad, type Load } from "./load.ts";
import type { TableName } from "./names/table-name.ts";
import { type Merged, runMerge } from "./run-merge.ts";
import type { SchemaPolicy } from "./settings.ts";
import { ofStream } from "./stream-error.ts";
import { rowKeys } from "./table-key.ts";
import { type Pending, TargetTable } from "./target-table.ts";
import type { Transaction } from "./transaction.ts";
import { planActivation } from "./version-plan.ts";

type HandOver = ReturnType<BulkLoad["convert"]>;

/** What loaders of one sink share. */
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
  #stream: TargetStream;
  #bulk: BulkLoad | undefined;
  #load: Load | undefined;
  #counts: StreamCounts | undefined;

  constructor(context: LoaderContext, stream: TargetStream, policy: SchemaPolicy, table: TableName) {
    this.#context = context;
    this.#stream = stream;
    this.table = new TargetTable({ ...context, policy }, table);
  }

  /** Makes or changes the table so that the stream fits in. @throws as `TargetTable.open` */
  async prepare(): Promise<void> {
    const { transaction } = this.#context;
    await transaction.settled();
    await transaction.begin();
    await this.table.open(this.#stream);
    this.#takeColumns();
  }

  async write(batch: RowBatch): Promise<void> {
    if (batch.count === 0) return;
    const { transaction } = this.#context;
    await transaction.begin();
    const handOver = await this.#wideEnough(batch, async () => this.#convert(batch));
    const bulk = this.#bulk;
    const load = await this.#begin();
    await transaction.start(
      // The batch before may have come upon a column that is wider now.
      async () => this.#put(batch, load, bulk === this.#bulk ? handOver : this.#convert(batch)),
      (error) => this.#putWider(batch, error),
    );
  }

  /**
   * The table is changed before what landed is merged into it: DuckDB refuses to commit a table that was altered after rows of
   * it went. Rows that came under other keys are merged by those.
   */
  async alter(next: TargetStream): Promise<void> {
    const { transaction } = this.#context;
    await transaction.settled();
    await transaction.begin();
    await this.table.change(next, this.#pending);
    const hasSameKeys = this.#hasSameKeys(next);
    if (!hasSameKeys || this.#leavesColumns()) await this.merge(hasSameKeys);
    this.#stream = next;
    this.#takeColumns();
  }

  get #pending(): Pending {
    return { landing: this.#load?.landing, beforeCopy: () => this.merge(false) };
  }

  #hasSameKeys(next: TargetStream): boolean {
    const keys = this.table.keyColumns(next);
    return next.loadMethod === this.#stream.loadMethod && keys.join("\0") === (this.#load?.keys ?? keys).join("\0");
  }

  /** Rows have landed with columns that later ones will not touch. */
  #leavesColumns(): boolean {
    const load = this.#load;
    if (load === undefined || this.table.planLoad(load).takesOtherColumns) return false;
    const { columnNames } = this.table;
    return load.columns.some((column) => !columnNames.includes(column));
  }

  /** Ends what was written so far by the keys it was written under; later rows of this transaction meet it as rows of the table. */
  async merge(areKeysLast = true): Promise<void> {
    const { connection, transaction, dialect } = this.#context;
    await transaction.settled();
    const hasRows = this.#load !== undefined;
    const isFirst = this.table.isNew || this.table.mustEmpty;
    if (!hasRows && !isFirst) return;
    const load = await this.#begin();
    const { before, rows } = load;
    const merged = await runMerge({
      connection,
      table: this.table.name,
      stream: this.#stream,
      database: dialect.name,
      merge: this.table.planLoad(load).merge(before),
      rowsBefore: before.rows,
      rows,
      areKeysUnique: load.isOfOneKind && (this.#bulk?.areKeysAscending ?? false),
    });
    if (load.keys.length > 0 || load.overwrites) this.table.rowsGo();
    await this.table.merged(areKeysLast ? load.keys : []);
    this.#load = undefined;
    this.#bulk?.forgetKeys();
    if (hasRows) this.#add(rows, merged, isFirst);
  }

  /** Everything written is in the stream's own table when it resolves. */
  async settle(): Promise<void> {
    await this.merge();
    await this.table.swap(this.table.keyColumns(this.#stream));
  }

  /** Rows of older versions are gone from the source; call it when the stream's rows are settled. */
  async activate(activation: Activation): Promise<void> {
    const { connection, transaction, dialect } = this.#context;
    const { name } = this.table;
    await transaction.begin();
    const isAppend = this.#stream.loadMethod === "append-only";
    const columnOf = (property: string): string => this.table.columnOf(property);
    const statement = planActivation(dialect, { table: name, keys: this.#stream.keys.map(columnOf), columnOf, isAppend }, activation);
    if (statement === undefined) return;
    const deleted = await connection.run(statement, name);
    if (deleted > 0 && !isAppend) this.table.rowsGo();
    const counts = this.#count();
    counts.deleted = (counts.deleted ?? 0) + deleted;
  }

  /** What the transaction that just ended did here; undefined when no rows came. */
  takeCounts(): StreamCounts | undefined {
    const counts = this.#counts;
    this.#counts = undefined;
    this.table.endTransaction();
    return counts;
  }

  #takeColumns(): void {
    const { columns, ownName } = this.table;
    const target = { stream: this.#stream.name, table: ownName, columns, requiredKeys: rowKeys(this.#stream) };
    this.#bulk = this.#context.connection.bulkLoad(target);
    if (this.#load === undefined) return;
    this.#load.columns = [...new Set([...this.#load.columns, ...this.table.columnNames])];
    this.#load.isOfOneKind = false;
  }

  #convert(batch: RowBatch): HandOver {
    return (this.#bulk as BulkLoad).convert(batch);
  }

  async #put(batch: RowBatch, load: Load, handOver: HandOver): Promise<void> {
    const found = await handOver(load.landing);
    const expected = batch.count - batch.rejected;
    load.rows += found;
    if (found === expected) return;
    const { name: database } = this.#context.dialect;
    throw errors.insert_count_mismatch({ table: this.table.ownName, expected, found, database }, { stream: batch.stream });
  }

  /** The batch again, if it came upon a column that was too narrow for it. */
  async #putWider(batch: RowBatch, error: unknown): Promise<void> {
    if (!(error instanceof TooNarrow)) throw ofStream(error, batch.stream);
    await this.#widen(batch, error);
    await this.#wideEnough(batch, async () => this.#put(batch, await this.#begin(), this.#convert(batch)));
  }

  /** Each time round a column is wider, and none is wider than text. */
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

  /** For all values of the batch at once, as each time the whole table is written anew. */
  async #widen(batch: RowBatch, error: TooNarrow): Promise<void> {
    await this.#context.transaction.settled();
    await this.table.widen(this.#stream, error.property, error.valuesOf(batch), this.#pending);
    this.#takeColumns();
  }

  async #begin(): Promise<Load> {
    const { connection, transaction, nextOrdinal } = this.#context;
    await transaction.settled();
    if (this.#load !== undefined) return this.#load;
    await transaction.begin();
    this.#load = await beginLoad(connection, this.table, this.#stream, nextOrdinal());
    return this.#load;
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
