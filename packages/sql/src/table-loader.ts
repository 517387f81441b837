/** Loads one stream into its table: schema, batches, and the merge that ends a transaction. It runs plans; what they say is the dialect's. */
import type { RowBatch, StreamCounts, TargetStream, Writer } from "@tapline/sdk";
import type { BulkLoad, Connection, TableDescription } from "./connection.ts";
import type { Dialect, LoadPlan, MergePlan } from "./dialect.ts";
import { errors } from "./errors.ts";
import { type PlannedColumn, planSchema, wantedColumns } from "./schema-plan.ts";
import type { TableName } from "./table-name.ts";
import type { Transaction } from "./transaction.ts";

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

export class TableLoader implements Writer {
  readonly #context: LoaderContext;
  readonly #table: TableName;
  readonly #name: string;
  #stream: TargetStream;
  #columns: PlannedColumn[] = [];
  #uniqueKeys: string[][] = [];
  #bulk: BulkLoad | undefined;
  #load: Load | undefined;
  /** Made by the open transaction, and nothing merged into it yet. */
  #isNew = false;
  #counts: StreamCounts | undefined;

  constructor(context: LoaderContext, stream: TargetStream, table: TableName) {
    this.#context = context;
    this.#stream = stream;
    this.#table = table;
    this.#name = context.dialect.qualify(context.connection.database, table);
  }

  /** Makes or changes the table so that the stream fits in. @throws type_conflict, not_a_table and the errors of `wantedColumns` */
  async prepare(): Promise<void> {
    const { dialect, connection, transaction } = this.#context;
    const { name: stream } = this.#stream;
    const wanted = wantedColumns(dialect, this.#stream.schema, stream);
    const keys = this.#stream.loadMethod === "upsert" ? this.#stream.keys : [];
    const unknown = keys.find((key) => !wanted.some((column) => column.name === key));
    if (unknown !== undefined) throw errors.key_not_in_schema({ key: unknown }, { stream });
    await transaction.settled();
    await transaction.begin();
    const existing = await connection.describe(this.#table);
    if (existing?.notTable !== undefined) throw errors.not_a_table({ table: this.#name, what: existing.notTable }, { stream });
    await this.#change(existing, wanted);
    this.#bulk = connection.bulkLoad({ stream, columns: this.#columns, requiredKeys: keys });
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
      if (found === batch.count) return;
      const params = { table: this.#name, expected: batch.count, found, database: dialect.name };
      throw errors.insert_count_mismatch(params, { stream: batch.stream });
    });
    load.rows += batch.count;
  }

  /** Rows that came under another schema or other keys are merged first, by the columns and keys they came with. */
  async alter(next: TargetStream): Promise<void> {
    await this.merge();
    this.#stream = next;
    await this.prepare();
  }

  /** Ends what was written so far by the keys it was written under; later rows of this transaction meet it as rows of the table. */
  async merge(): Promise<void> {
    const { connection, transaction } = this.#context;
    await transaction.settled();
    const isOnlyMade = this.#load === undefined && this.#isNew;
    if (isOnlyMade) this.#load = await this.#begin();
    if (this.#load === undefined) return;
    const { plan, before, rows } = this.#load;
    const merge = plan.merge(before);
    const superseded = this.#bulk?.areKeysAscending ? 0 : await this.#dedupe(merge);
    const { updated, deleted } = await this.#apply(merge, rows - superseded);
    for (const statement of merge.finish) await connection.run(statement, this.#name);
    if (merge.count !== undefined) await this.#check(merge.count, before.rows + BigInt(rows - superseded - deleted));
    this.#load = undefined;
    this.#isNew = false;
    this.#bulk?.forgetKeys();
    if (isOnlyMade) return;
    this.#counts ??= { inserted: 0, updated: 0, superseded: 0 };
    this.#counts.inserted += rows - superseded - updated;
    this.#counts.updated += updated;
    this.#counts.superseded += superseded;
  }

  /** What the transaction that just ended did here; undefined when no rows came. */
  takeCounts(): StreamCounts | undefined {
    const counts = this.#counts;
    this.#counts = undefined;
    return counts;
  }

  async countRows(): Promise<number> {
    return Number((await this.#context.connection.query(`SELECT count(*) FROM ${this.#name}`, this.#name))[0]?.[0]);
  }

  async #change(existing: TableDescription | null, wanted: ReturnType<typeof wantedColumns>): Promise<void> {
    const { dialect, connection } = this.#context;
    const hasSchema = existing !== null || (await connection.hasSchema(this.#table.schema));
    const place = { database: connection.database, table: this.#table, hasSchema };
    const plan = planSchema(dialect, place, existing?.columns ?? null, wanted, this.#stream.name);
    for (const statement of plan.statements) await connection.run(statement, this.#name);
    this.#columns = plan.columns;
    if (existing === null) this.#isNew = true;
    this.#uniqueKeys = existing?.uniqueKeys ?? [];
  }

  async #begin(): Promise<Load> {
    if (this.#load !== undefined) return this.#load;
    const { dialect, connection, transaction } = this.#context;
    await transaction.settled();
    const plan = dialect.load({
      table: this.#name,
      columns: this.#columns.map((column) => column.columnName),
      keys: this.#keyColumns,
      isNew: this.#isNew,
      uniqueKeys: this.#uniqueKeys,
      ordinal: this.#context.nextOrdinal(),
    });
    for (const statement of plan.prepare) await connection.run(statement, this.#name);
    const look = plan.look === undefined ? undefined : (await connection.query(plan.look, this.#name))[0];
    const before = { rows: BigInt((look?.[0] as bigint | undefined) ?? 0), maxRowId: BigInt((look?.[1] as bigint | undefined) ?? -1) };
    this.#load = { plan, before, rows: 0 };
    return this.#load;
  }

  get #keyColumns(): string[] {
    if (this.#stream.loadMethod !== "upsert") return [];
    return this.#stream.keys.map((key) => (this.#columns.find((column) => column.name === key) as PlannedColumn).columnName);
  }

  async #dedupe({ dedupe }: MergePlan): Promise<number> {
    const { connection } = this.#context;
    if (dedupe === undefined) return 0;
    const isRepeated = (await connection.query(dedupe.findRepeated, this.#name)).length > 0;
    return isRepeated ? connection.run(dedupe.deleteSuperseded, this.#name) : 0;
  }

  /** `updated` is not the number deleted: a table that was once loaded without keys may hold one key several times. */
  async #apply({ apply }: MergePlan, rows: number): Promise<{ updated: number; deleted: number }> {
    const { connection } = this.#context;
    if (apply === undefined || rows === 0) return { updated: 0, deleted: 0 };
    if (apply.kind === "upsert") {
      const [written, updated] = (await connection.query(apply.query, this.#name))[0] as unknown[];
      this.#checkWritten(rows, Number(written));
      return { updated: Number(updated), deleted: 0 };
    }
    const updated = Number((await connection.query(apply.countUpdated, this.#name))[0]?.[0]);
    const deleted = updated === 0 ? 0 : await connection.run(apply.deleteReplaced, this.#name);
    if (apply.insert !== undefined) this.#checkWritten(rows, await connection.run(apply.insert, this.#name));
    return { updated, deleted };
  }

  #checkWritten(expected: number, found: number): void {
    if (found === expected) return;
    const params = { table: this.#name, expected, found, database: this.#context.dialect.name };
    throw errors.insert_count_mismatch(params, { stream: this.#stream.name });
  }

  async #check(count: string, expected: bigint): Promise<void> {
    const found = BigInt((await this.#context.connection.query(count, this.#name))[0]?.[0] as bigint);
    if (found === expected) return;
    const params = { table: this.#name, expected: String(expected), found: String(found) };
    throw errors.count_mismatch(params, { stream: this.#stream.name });
  }
}
