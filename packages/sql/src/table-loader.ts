/** Loads one stream into its table: batches, and the merge that ends a transaction. It runs plans; what they say is the dialect's. */
import type { Activation, RowBatch, StreamCounts, TargetStream } from "@tapline/sdk";
import type { BulkLoad, Connection } from "./connection.ts";
import type { Dialect, LoadPlan } from "./dialect.ts";
import { errors } from "./errors.ts";
import { type Merged, runMerge } from "./run-merge.ts";
import type { TableName } from "./names/table-name.ts";
import { rowKeys, TargetTable } from "./target-table.ts";
import type { Transaction } from "./transaction.ts";
import { planActivation } from "./version-plan.ts";

/** What loaders of one sink share. */
export interface LoaderContext {
  dialect: Dialect;
  connection: Connection;
  transaction: Transaction;
  /** Rises with each call. */
  nextOrdinal(): number;
}

/** Rows that are not merged yet. */
interface Load {
  plan: LoadPlan;
  before: { rows: bigint; maxRowId: bigint };
  rows: number;
}

export class TableLoader {
  readonly #context: LoaderContext;
  readonly #table: TargetTable;
  #stream: TargetStream;
  #bulk: BulkLoad | undefined;
  #load: Load | undefined;
  #counts: StreamCounts | undefined;

  constructor(context: LoaderContext, stream: TargetStream, table: TableName) {
    this.#context = context;
    this.#stream = stream;
    this.#table = new TargetTable(context.dialect, context.connection, table);
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
    const { dialect, transaction } = this.#context;
    const bulk = this.#bulk as BulkLoad;
    await transaction.begin();
    const handOver = bulk.convert(batch);
    const load = await this.#begin();
    await transaction.start(async () => {
      const found = await handOver(load.plan.landing);
      const expected = batch.count - batch.rejected;
      load.rows += found;
      if (found === expected) return;
      throw errors.insert_count_mismatch({ table: this.#table.ownName, expected, found, database: dialect.name }, { stream: batch.stream });
    });
  }

  /** Rows that came under another schema or other keys are merged first, by the columns and keys they came with. */
  async alter(next: TargetStream): Promise<void> {
    await this.merge();
    this.#stream = next;
    await this.#context.transaction.begin();
    await this.#table.change(next);
    this.#takeColumns();
  }

  /** Ends what was written so far by the keys it was written under; later rows of this transaction meet it as rows of the table. */
  async merge(): Promise<void> {
    const { connection, transaction, dialect } = this.#context;
    await transaction.settled();
    const hasRows = this.#load !== undefined;
    const isFirst = this.#table.isNew || this.#table.mustEmpty;
    if (!hasRows && !isFirst) return;
    const { plan, before, rows } = await this.#begin();
    const merged = await runMerge({
      connection,
      table: this.#table.name,
      stream: this.#stream,
      database: dialect.name,
      merge: plan.merge(before),
      rowsBefore: before.rows,
      rows,
      areKeysUnique: this.#bulk?.areKeysAscending ?? false,
    });
    await this.#table.merged(this.#keyColumns);
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
    const counts = this.#count();
    counts.deleted = (counts.deleted ?? 0) + deleted;
  }

  /** What the transaction that just ended did here; undefined when no rows came. */
  takeCounts(): StreamCounts | undefined {
    const counts = this.#counts;
    this.#counts = undefined;
    return counts;
  }

  countRows(): Promise<number> {
    return this.#table.countRows();
  }

  #takeColumns(): void {
    const { columns, ownName } = this.#table;
    const target = { stream: this.#stream.name, table: ownName, columns, requiredKeys: rowKeys(this.#stream) };
    this.#bulk = this.#context.connection.bulkLoad(target);
  }

  async #begin(): Promise<Load> {
    if (this.#load !== undefined) return this.#load;
    const { dialect, connection, transaction } = this.#context;
    const { name, columns, isNew, mustEmpty, uniqueKeys, isReferenced } = this.#table;
    await transaction.settled();
    await transaction.begin();
    const plan = dialect.load({
      table: name,
      columns: columns.map((column) => column.columnName),
      keys: this.#keyColumns,
      isNew,
      overwrites: mustEmpty,
      isReferenced,
      uniqueKeys,
      ordinal: this.#context.nextOrdinal(),
    });
    for (const statement of plan.prepare) await connection.run(statement, name);
    const look = plan.look === undefined ? undefined : (await connection.query(plan.look, name))[0];
    const before = { rows: BigInt((look?.[0] as bigint | undefined) ?? 0), maxRowId: BigInt((look?.[1] as bigint | undefined) ?? -1) };
    this.#load = { plan, before, rows: 0 };
    return this.#load;
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
