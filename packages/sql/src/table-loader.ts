/** Loads one stream into its table: batches, and the merge that ends a transaction. It runs plans; what they say is the dialect's. */
import type { Activation, RowBatch, StreamCounts, TargetStream } from "@tapline/sdk";
import type { BulkLoad, Connection } from "./connection.ts";
import type { Dialect, LoadPlace, LoadPlan } from "./dialect.ts";
import { errors } from "./errors.ts";
import type { TableName } from "./names/table-name.ts";
import { type Merged, runMerge } from "./run-merge.ts";
import type { SchemaPolicy } from "./settings.ts";
import { ofStream } from "./stream-error.ts";
import { type Pending, rowKeys, TargetTable } from "./target-table.ts";
import type { Transaction } from "./transaction.ts";
import { TooNarrow } from "./values/column-feed.ts";
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

/** Rows that are not merged yet. */
interface Load extends Pick<LoadPlace, "columns" | "keys" | "isNew" | "overwrites" | "ordinal"> {
  /** Quoted. */
  landing: string;
  before: { rows: bigint; maxRowId: bigint };
  rows: number;
  /** Rows came under one definition of the stream only, so that what is known of their keys is known of all. */
  isOfOneKind: boolean;
}

export class TableLoader {
  readonly #context: LoaderContext;
  readonly #table: TargetTable;
  #stream: TargetStream;
  #bulk: BulkLoad | undefined;
  #load: Load | undefined;
  #counts: StreamCounts | undefined;
  /** The table was made by the open transaction. */
  #isMadeNow = false;

  constructor(context: LoaderContext, stream: TargetStream, policy: SchemaPolicy, table: TableName) {
    this.#context = context;
    this.#stream = stream;
    this.#table = new TargetTable({ ...context, policy }, table);
  }

  /** As a person names the table. */
  get place(): string {
    return this.#table.place;
  }

  /** Makes or changes the table so that the stream fits in. @throws type_conflict, not_a_table and the errors of `wantedColumns` */
  async prepare(): Promise<void> {
    const { transaction } = this.#context;
    await transaction.settled();
    await transaction.begin();
    await this.#table.open(this.#stream);
    this.#takeColumns();
  }

  async write(batch: RowBatch): Promise<void> {
    if (batch.count === 0) return;
    const { transaction } = this.#context;
    await transaction.begin();
    const handOver = await this.#wideEnough(batch, async () => this.#convert(batch));
    const bulk = this.#bulk;
    const { landing } = await this.#begin();
    await transaction.start(
      // The batch before may have come upon a column that is wider now.
      async () => this.#put(batch, landing, bulk === this.#bulk ? handOver : this.#convert(batch)),
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
    await this.#table.change(next, this.#pending);
    const hasSameKeys = this.#hasSameKeys(next);
    if (!hasSameKeys || this.#leavesColumns()) await this.merge(hasSameKeys);
    this.#stream = next;
    this.#takeColumns();
  }

  get #pending(): Pending {
    return { landing: this.#load?.landing, beforeCopy: () => this.merge(false) };
  }

  #hasSameKeys(next: TargetStream): boolean {
    const keys = rowKeys(next).map((key) => this.#table.columnOf(key));
    return next.loadMethod === this.#stream.loadMethod && keys.join("\0") === (this.#load?.keys ?? keys).join("\0");
  }

  /** Rows have landed with columns that later ones will not touch. */
  #leavesColumns(): boolean {
    const load = this.#load;
    if (load === undefined || this.#plan(load).takesOtherColumns) return false;
    return load.columns.some((column) => !this.#columnNames.includes(column));
  }

  /** Ends what was written so far by the keys it was written under; later rows of this transaction meet it as rows of the table. */
  async merge(areKeysLast = true): Promise<void> {
    const { connection, transaction, dialect } = this.#context;
    await transaction.settled();
    const hasRows = this.#load !== undefined;
    const isFirst = this.#table.isNew || this.#table.mustEmpty;
    if (!hasRows && !isFirst) return;
    const load = await this.#begin();
    const { before, rows } = load;
    const merged = await runMerge({
      connection,
      table: this.#table.name,
      stream: this.#stream,
      database: dialect.name,
      merge: this.#plan(load).merge(before),
      rowsBefore: before.rows,
      rows,
      areKeysUnique: load.isOfOneKind && (this.#bulk?.areKeysAscending ?? false),
    });
    this.#isMadeNow ||= this.#table.isNew;
    if (!this.#isMadeNow && (load.keys.length > 0 || load.overwrites)) this.#table.rowsWent = true;
    await this.#table.merged(areKeysLast ? load.keys : []);
    this.#load = undefined;
    this.#bulk?.forgetKeys();
    if (hasRows) this.#add(rows, merged, isFirst);
  }

  /** Everything written is in the stream's own table when it resolves. */
  async settle(): Promise<void> {
    await this.merge();
    await this.#table.swap(this.#keyColumns);
  }

  /** Rows of older versions are gone from the source; call it when the stream's rows are settled. */
  async activate(activation: Activation): Promise<void> {
    const { connection, transaction, dialect } = this.#context;
    const { name } = this.#table;
    await transaction.begin();
    const isAppend = this.#stream.loadMethod === "append-only";
    const columnOf = (property: string): string => this.#table.columnOf(property);
    const statement = planActivation(dialect, { table: name, keys: this.#stream.keys.map(columnOf), columnOf, isAppend }, activation);
    if (statement === undefined) return;
    const deleted = await connection.run(statement, name);
    if (deleted > 0 && !isAppend && !this.#isMadeNow) this.#table.rowsWent = true;
    const counts = this.#count();
    counts.deleted = (counts.deleted ?? 0) + deleted;
  }

  /** What the transaction that just ended did here; undefined when no rows came. */
  takeCounts(): StreamCounts | undefined {
    const counts = this.#counts;
    this.#counts = undefined;
    this.#isMadeNow = false;
    this.#table.rowsWent = false;
    return counts;
  }

  countRows(): Promise<number> {
    return this.#table.countRows();
  }

  #takeColumns(): void {
    const { columns, ownName } = this.#table;
    const target = { stream: this.#stream.name, table: ownName, columns, requiredKeys: rowKeys(this.#stream) };
    this.#bulk = this.#context.connection.bulkLoad(target);
    if (this.#load === undefined) return;
    this.#load.columns = [...new Set([...this.#load.columns, ...this.#columnNames])];
    this.#load.isOfOneKind = false;
  }

  #convert(batch: RowBatch): HandOver {
    return (this.#bulk as BulkLoad).convert(batch);
  }

  async #put(batch: RowBatch, landing: string, handOver: HandOver): Promise<void> {
    const found = await handOver(landing);
    const expected = batch.count - batch.rejected;
    (this.#load as Load).rows += found;
    if (found === expected) return;
    const { name: database } = this.#context.dialect;
    throw errors.insert_count_mismatch({ table: this.#table.ownName, expected, found, database }, { stream: batch.stream });
  }

  /** The batch again, if it came upon a column that was too narrow for it. */
  async #putWider(batch: RowBatch, error: unknown): Promise<void> {
    if (!(error instanceof TooNarrow)) throw ofStream(error, batch.stream);
    await this.#widen(batch, error);
    const { landing } = await this.#begin();
    await this.#wideEnough(batch, () => this.#put(batch, landing, this.#convert(batch)));
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

  /**
   * For all values of the batch at once: each time the whole table is written anew, and a column made for some of them alone might
   * have no room for the others, and become what it was, for ever.
   */
  async #widen(batch: RowBatch, { property, belongs }: TooNarrow): Promise<void> {
    await this.#context.transaction.settled();
    const values: unknown[] = [];
    for (const { rows } of batch.rows()) {
      for (const row of rows) {
        const value = Object.hasOwn(row, property) ? row[property] : undefined;
        if (value !== undefined && value !== null && belongs(value)) values.push(value);
      }
    }
    await this.#table.widen(this.#stream, property, values, this.#pending);
    this.#takeColumns();
  }

  async #begin(): Promise<Load> {
    if (this.#load !== undefined) return this.#load;
    const { connection, transaction, nextOrdinal } = this.#context;
    const { name, isNew, mustEmpty: overwrites } = this.#table;
    await transaction.settled();
    await transaction.begin();
    const begun = { columns: this.#columnNames, keys: this.#keyColumns, isNew, overwrites, ordinal: nextOrdinal() };
    const { prepare, landing, look } = this.#plan(begun);
    for (const statement of prepare) await connection.run(statement, name);
    const found = look === undefined ? undefined : (await connection.query(look, name))[0];
    const before = { rows: BigInt((found?.[0] as bigint | undefined) ?? 0), maxRowId: BigInt((found?.[1] as bigint | undefined) ?? -1) };
    this.#load = { ...begun, landing, before, rows: 0, isOfOneKind: true };
    return this.#load;
  }

  #plan({ columns, keys, isNew, overwrites, ordinal }: Omit<Load, "landing" | "before" | "rows" | "isOfOneKind">): LoadPlan {
    const { name: table, uniqueKeys, isReferenced } = this.#table;
    return this.#context.dialect.load({ table, columns, keys, isNew, overwrites, isReferenced, uniqueKeys, ordinal });
  }

  get #columnNames(): string[] {
    return this.#table.columns.map((column) => column.columnName);
  }

  get #keyColumns(): string[] {
    return rowKeys(this.#stream).map((key) => this.#table.columnOf(key));
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
