/** Loads one stream into its table: schema, batches by way of Parquet files, and the merge that ends a transaction. */
import { rm } from "node:fs/promises";
import type { RowBatch, StreamCounts, TargetStream, Writer } from "@tapline/sdk";
import type { Lane } from "./columns/lane.ts";
import { RowColumns } from "./columns/row-columns.ts";
import type { Connection } from "./connection.ts";
import { qualify, quote, quoteText } from "./dialect.ts";
import { errors } from "./errors.ts";
import { explainFailure } from "./failures.ts";
import { planMerge } from "./merge.ts";
import { ParquetFile } from "./parquet/file.ts";
import { columnLabel } from "./parquet/layout.ts";
import { type PlannedColumn, planSchema, wantedColumns } from "./schema-plan.ts";
import type { Scratch } from "./scratch.ts";
import type { TableName } from "./table-name.ts";
import type { Transaction } from "./transaction.ts";

/** What loaders of one sink share. */
export interface LoaderContext {
  connection: Connection;
  transaction: Transaction;
  scratch: Scratch;
  path: string;
  lanes: (index: number) => Lane;
}

/** DuckDB's own row group size: one group of the file becomes one of the table. */
const mostGroupRows = 122_880;
/** A Parquet page has a 32-bit size; long texts close a row group long before. */
const mostColumnBytes = 256 << 20;

export class TableLoader implements Writer {
  readonly #context: LoaderContext;
  readonly #table: TableName;
  readonly #name: string;
  #stream: TargetStream;
  #columns: PlannedColumn[] = [];
  #rowColumns: RowColumns | undefined;
  /** The table before the rows that are not merged yet; undefined while there are none. */
  #before: { rows: bigint; maxRowId: bigint } | undefined;
  #rows = 0;
  /** Over all rows of `#rows`; a changed schema starts the comparison anew, so it then counts as unknown. */
  #areKeysAscending = true;
  #counts: StreamCounts | undefined;

  constructor(context: LoaderContext, stream: TargetStream, table: TableName) {
    this.#context = context;
    this.#stream = stream;
    this.#table = table;
    this.#name = qualify(context.connection.database, table);
  }

  /** Makes or changes the table so that the stream fits in. @throws type_conflict, not_a_table and the errors of `wantedColumns` */
  async prepare(): Promise<void> {
    const { connection, transaction, lanes } = this.#context;
    const { name: stream } = this.#stream;
    const wanted = wantedColumns(this.#stream.schema, stream);
    const keys = this.#stream.loadMethod === "upsert" ? this.#stream.keys : [];
    const unknown = keys.find((key) => !wanted.some((column) => column.name === key));
    if (unknown !== undefined) throw errors.key_not_in_schema({ key: unknown }, { stream });
    await transaction.settled();
    await transaction.begin();
    const existing = await connection.describe(this.#table);
    if (existing?.isView) throw errors.not_a_table({ table: this.#name }, { stream });
    const plan = planSchema(connection.database, this.#table, existing?.columns ?? null, wanted, stream);
    for (const statement of plan.statements) await connection.run(statement, this.#name);
    this.#columns = plan.columns;
    this.#rowColumns = new RowColumns(stream, plan.columns, keys, lanes);
  }

  async write(batch: RowBatch): Promise<void> {
    if (batch.count === 0) return;
    const { connection, transaction } = this.#context;
    await transaction.begin();
    this.#before ??= await this.#look();
    const { path, byteLength } = this.#writeFile(batch);
    this.#areKeysAscending &&= (this.#rowColumns as RowColumns).areKeysAscending;
    await transaction.start(async () => {
      const found = await connection.run(this.#insert(path), this.#name);
      await rm(path);
      if (found !== batch.count)
        throw errors.insert_count_mismatch({ table: this.#name, expected: batch.count, found }, { stream: batch.stream });
      await connection.wrote(byteLength);
    });
    this.#rows += batch.count;
  }

  async alter(next: TargetStream): Promise<void> {
    const isOther = next.loadMethod !== this.#stream.loadMethod || JSON.stringify(next.keys) !== JSON.stringify(this.#stream.keys);
    if (isOther) await this.merge();
    this.#stream = next;
    if (this.#rows > 0) this.#areKeysAscending = false;
    await this.prepare();
  }

  /** Ends what was written so far by the keys it was written under; later rows of this transaction meet it as rows of the table. */
  async merge(): Promise<void> {
    const { connection, transaction } = this.#context;
    await transaction.settled();
    if (this.#before === undefined) return;
    const before = this.#before;
    const rows = this.#rows;
    const { superseded, updated, deleted } = this.#keyColumns.length === 0 ? nothingMerged : await this.#removeOld(before);
    const expected = before.rows + BigInt(rows - superseded - deleted);
    const found = (await connection.query(`SELECT count(*) FROM ${this.#name}`))[0]?.[0] as bigint;
    if (found !== expected)
      throw errors.count_mismatch({ table: this.#name, expected: String(expected), found: String(found) }, { stream: this.#stream.name });
    this.#counts ??= { inserted: 0, updated: 0, superseded: 0 };
    this.#counts.inserted += rows - superseded - updated;
    this.#counts.updated += updated;
    this.#counts.superseded += superseded;
    this.#before = undefined;
    this.#rows = 0;
    this.#areKeysAscending = true;
    this.#rowColumns?.forgetKeys();
  }

  /** What the transaction that just ended did here; undefined when no rows came. */
  takeCounts(): StreamCounts | undefined {
    const counts = this.#counts;
    this.#counts = undefined;
    return counts;
  }

  async countRows(): Promise<number> {
    return Number((await this.#context.connection.query(`SELECT count(*) FROM ${this.#name}`))[0]?.[0]);
  }

  get #keyColumns(): string[] {
    if (this.#stream.loadMethod !== "upsert") return [];
    return this.#stream.keys.map((key) => (this.#columns.find((column) => column.name === key) as PlannedColumn).columnName);
  }

  async #look(): Promise<{ rows: bigint; maxRowId: bigint }> {
    const result = await this.#context.connection.query(`SELECT count(*), coalesce(max(rowid), -1) FROM ${this.#name}`);
    const [rows, maxRowId] = result[0] as [bigint, bigint];
    return { rows, maxRowId };
  }

  async #removeOld(before: { rows: bigint; maxRowId: bigint }): Promise<typeof nothingMerged> {
    const { connection } = this.#context;
    const plan = planMerge(this.#name, this.#keyColumns, before.maxRowId);
    const isRepeated = !this.#areKeysAscending && (await connection.query(plan.findRepeated)).length > 0;
    const superseded = isRepeated ? await connection.run(plan.deleteSuperseded, this.#name) : 0;
    if (before.rows === 0n) return { superseded, updated: 0, deleted: 0 };
    // Not the number deleted: a table that was once loaded without keys may hold one key several times.
    const updated = Number((await connection.query(plan.countUpdated))[0]?.[0]);
    const deleted = updated === 0 ? 0 : await connection.run(plan.deleteReplaced, this.#name);
    return { superseded, updated, deleted };
  }

  #insert(path: string): string {
    const names = this.#columns.map((column) => quote(column.columnName)).join(", ");
    const values = this.#columns.map((column, index) => columnLabel(index) + (column.type.kind === "json" ? "::JSON" : "")).join(", ");
    return `INSERT INTO ${this.#name} (${names}) SELECT ${values} FROM read_parquet(${quoteText(path)})`;
  }

  #writeFile(batch: RowBatch): { path: string; byteLength: number } {
    const columns = this.#rowColumns as RowColumns;
    const path = this.#context.scratch.nextPath();
    const file = this.#guard(
      () =>
        new ParquetFile(
          path,
          this.#columns.map((column) => column.type),
        ),
    );
    try {
      for (const chunk of batch.rows()) {
        if (columns.rows > 0 && (columns.rows + chunk.rows.length > mostGroupRows || columns.largest > mostColumnBytes)) this.#flush(file);
        columns.add(chunk);
      }
      this.#flush(file);
      this.#guard(() => file.finish());
    } finally {
      columns.clear();
      file.close();
    }
    return { path, byteLength: file.byteLength };
  }

  #flush(file: ParquetFile): void {
    const columns = this.#rowColumns as RowColumns;
    this.#guard(() => file.writeRowGroup(columns.buffers));
    columns.clear();
  }

  #guard<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      throw explainFailure(error, this.#context.path);
    }
  }
}

const nothingMerged = { superseded: 0, updated: 0, deleted: 0 };
