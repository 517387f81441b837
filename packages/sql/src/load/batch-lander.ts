/** Lands the batches of one stream: converts each while the one before lands, and lands it again where a column was too narrow. */
import { DeletesArrived, ExtraColumnMissing, PartialRowsArrived, TooNarrow, type UnknownFields, type ValueRules } from "@tapline/columns";
import type { RowBatch, RowFile, TargetStream } from "@tapline/sdk";
import type { BulkLoad, Connection, Staged } from "../connection.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { errors } from "../errors.ts";
import type { NameCase } from "../names/name-case.ts";
import { rowKeys } from "../plan/key-plan.ts";
import { type Landing, openLanding } from "./landing.ts";
import { ofStream } from "./stream-error.ts";
import type { LandingTable } from "./table-ddl.ts";
import type { PendingRows, TargetTable } from "./target-table.ts";
import type { Transaction } from "./transaction.ts";

/** What the loaders of one sink share. */
export interface LoaderContext {
  dialect: Dialect;
  connection: Connection;
  transaction: Transaction;
  rules: ValueRules;
  columnNames: NameCase;
  unknownFields: UnknownFields;
  keepsNewer: boolean;
  hardDelete: boolean;
  /** Rises with each call. */
  nextOrdinal(): number;
}

export class BatchLander {
  readonly #context: LoaderContext;
  readonly #table: TargetTable;
  /** Makes the landed rows part of the table, though it is about to change. `areKeysLast`: later rows have the same keys. */
  readonly #merge: (areKeysLast: boolean) => Promise<void>;
  #stream: TargetStream | undefined;
  #bulk: BulkLoad | undefined;
  #landing: Landing | undefined;
  /** Where DDL commits: tables with rows whose merge waits for the transaction. They are altered like the table. */
  #sealed: LandingTable[] = [];

  constructor(context: LoaderContext, table: TargetTable, merge: (areKeysLast: boolean) => Promise<void>) {
    this.#context = context;
    this.#table = table;
    this.#merge = merge;
  }

  /** The rows that landed and are not merged; undefined when there are none. */
  get landing(): Landing | undefined {
    return this.#landing;
  }

  get pending(): PendingRows {
    const landings = this.#landing === undefined ? this.#sealed : [...this.#sealed, this.#landing];
    return { landings, merge: () => this.#merge(false) };
  }

  /** No key can have arrived twice among the landed rows. */
  get areKeysUnique(): boolean {
    return this.#landing?.isUniform === true && this.#bulk?.areKeysAscending === true;
  }

  /** Called when the table fits another definition of the stream. */
  define(stream: TargetStream): void {
    this.#stream = stream;
    this.#takeColumns();
  }

  async takesFile(file: RowFile): Promise<boolean> {
    const { isNew, overwrites } = this.#table.loadState;
    const { keys, reject } = this.#stream as TargetStream;
    const use = { isNew, landsApart: overwrites || keys.length > 0, mayReject: reject !== undefined };
    return (await this.#bulk?.takesFile?.(file, use)) === true;
  }

  /** Starts landing the batch. Its end, or its failure, shows in the transaction's `settled`. */
  async land(batch: RowBatch): Promise<void> {
    let staged = await this.#whenReady(batch, async () => this.#convert(batch));
    const bulk = this.#bulk;
    const release = batch.hold?.();
    try {
      await this.open();
    } catch (error) {
      await staged.drop();
      throw error;
    }
    const land = async (): Promise<void> => {
      // A column may have been widened for the batch before.
      if (bulk !== this.#bulk) {
        await staged.drop();
        staged = this.#convert(batch);
      }
      await this.#put(batch, staged);
      release?.();
    };
    await this.#context.transaction.start(land, (error) => this.#landAgain(batch, error).then(release));
  }

  /** Where rows land; made when it is not there. */
  async open(): Promise<Landing> {
    const { connection, transaction, nextOrdinal } = this.#context;
    await transaction.settled();
    if (this.#landing !== undefined) return this.#landing;
    await transaction.begin();
    this.#landing = await openLanding(connection, this.#table, this.#stream as TargetStream, nextOrdinal());
    return this.#landing;
  }

  /** When it resolves, all batches are in the landing table. To be called before it or the table is changed. */
  async flush(): Promise<void> {
    await this.#context.transaction.settled();
    if (this.#landing !== undefined) await this.#bulk?.flush?.(this.#landing.table);
  }

  /** Called when the landed rows are merged, or their merge waits for the transaction. */
  close(): void {
    const { dialect } = this.#context;
    if (dialect.traits.ddl === "commits" && this.#landing !== undefined) this.#sealed.push(this.#landing);
    this.#landing = undefined;
    this.#bulk?.forgetKeys();
  }

  /** Called after the commit: nothing waits. */
  committed(): void {
    this.#sealed = [];
  }

  #takeColumns(): void {
    const { ownName, columnNames } = this.#table;
    const stream = this.#stream as TargetStream;
    const { connection, rules, unknownFields } = this.#context;
    const about = {
      stream: stream.name,
      table: ownName,
      requiredKeys: rowKeys(stream),
      rules,
      unknownFields,
      deletes: this.#table.deletesIn(stream),
      partialRows: this.#table.partialRows,
    };
    this.#bulk = connection.bulkLoad({ ...about, columns: this.#table.loadedColumns(stream) });
    if (this.#landing === undefined) return;
    this.#landing.columns = [...new Set([...this.#landing.columns, ...columnNames])];
    this.#landing.isUniform = false;
  }

  #convert(batch: RowBatch): Staged {
    return (this.#bulk as BulkLoad).convert(batch);
  }

  async #put(batch: RowBatch, staged: Staged): Promise<void> {
    const landing = this.#landing as Landing;
    try {
      const found = await staged.land(landing.table);
      landing.rows += found;
      for (const each of staged.tolerated) this.#stream?.tolerated?.(each);
      if (found === staged.rows) return;
      const params = { table: this.#table.ownName, expected: staged.rows, found, database: this.#context.dialect.name };
      throw errors.insert_count_mismatch(params, { stream: batch.stream });
    } finally {
      await staged.drop();
    }
  }

  /** Lands the batch again where it failed because the table was not ready for it. */
  async #landAgain(batch: RowBatch, error: unknown): Promise<void> {
    if (!isCurable(error)) throw ofStream(error, batch.stream);
    await this.#prepare(batch, error);
    await this.#whenReady(batch, async () => {
      await this.open();
      await this.#put(batch, this.#convert(batch));
    });
  }

  /** Each time round a column becomes wider, and none is wider than text. The column for unknown fields is added once, and deletes and partial rows arrive once. */
  async #whenReady<T>(batch: RowBatch, work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isCurable(error)) throw error;
        await this.#prepare(batch, error);
      }
    }
  }

  /** For all values of the batch at once, because each widening writes the whole table again. */
  async #prepare(batch: RowBatch, error: Curable): Promise<void> {
    await this.flush();
    const stream = this.#stream as TargetStream;
    if (error instanceof TooNarrow) await this.#table.widen(stream, error.property, error.valuesOf(batch), this.pending);
    else if (error instanceof ExtraColumnMissing) await this.#table.addExtraColumn(stream, this.pending);
    else {
      if (this.#landing !== undefined) await this.#merge(true);
      if (error instanceof DeletesArrived) this.#table.takeDeletes(stream);
      else this.#table.takePartialRows();
    }
    this.#takeColumns();
  }
}

type Curable = TooNarrow | ExtraColumnMissing | DeletesArrived | PartialRowsArrived;

function isCurable(error: unknown): error is Curable {
  return [TooNarrow, ExtraColumnMissing, DeletesArrived, PartialRowsArrived].some((kind) => error instanceof kind);
}
