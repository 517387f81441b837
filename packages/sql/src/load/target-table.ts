/** The table of one stream in the database: planned at SCHEMA, made or changed when that is due, replaced where it is overwritten. */
import { type ColumnType, type Digits, type TargetColumn, typeName, widenedFor } from "@tapline/columns";
import type { TaplineError, TargetStream } from "@tapline/sdk";
import type { TableDescription } from "../connection.ts";
import type { LoadPlan, LoadRequest } from "../dialect/merge.ts";
import { errors } from "../errors.ts";
import type { TableName } from "../names/table-name.ts";
import { isCopied } from "../plan/copy-plan.ts";
import { planExtraColumn } from "../plan/extra-column.ts";
import { rowKeys } from "../plan/key-plan.ts";
import type { PlanInput, SchemaPlan } from "../plan/plan.ts";
import { columnOf, ofTable } from "../plan/table-plan.ts";
import { planWidening } from "../plan/widening-plan.ts";
import { isRefusal } from "./isolate.ts";
import { isTime } from "./range-bounds.ts";
import { measureDigits, storedDigits } from "./stored-digits.ts";
import { deleteRecords, foundColumns, isDeletedAt, recordOf, type TableFacts, unchangedList } from "./table-columns.ts";
import type { TableContext } from "./table-context.ts";
import {
  alterTable,
  areKeysUnique,
  commentColumns,
  createTable,
  giveKey,
  hiddenTable,
  type LandingTable,
  noteKey,
  replaceByCopy,
} from "./table-ddl.ts";
import { TablePlanner } from "./table-planner.ts";
import { isNew, keyDue, needsMerge, nextState, overwrites, rowsChanged, type TableState, type TableStep } from "./table-state.ts";
import { withSavepoint } from "./with-savepoint.ts";

/** Rows of the stream that are not merged into its table yet. */
export interface PendingRows {
  /** Where they are, if not in the table. */
  landings?: readonly LandingTable[] | undefined;
  /** Merges them. Called before the table is replaced by a copy, whose rows have other ids. */
  merge?: () => Promise<void>;
}

/** What a load knows of itself when it begins. */
export type LoadStart = Pick<LoadRequest, "columns" | "keys" | "isNew" | "overwrites" | "ordinal">;

export class TargetTable {
  readonly #context: TableContext;
  readonly #own: TableName;
  #state: TableState = { kind: "absent" };
  readonly #planner: TablePlanner;
  columns: readonly TargetColumn[] = [];
  #found: TableFacts = { writable: [], required: [], uniqueKeys: [], isReferenced: false };
  /** What records that delete do to rows; undefined until one arrives. */
  #takesDeletes: "mark" | "remove" | undefined;
  #takesPartialRows = false;

  constructor(context: TableContext, own: TableName) {
    this.#context = context;
    this.#own = own;
    this.#planner = new TablePlanner(context, this.#qualify(own));
  }

  /** For people. */
  get label(): string {
    return `${this.#own.schema}.${this.#own.table}`;
  }

  /** The table that rows go to, quoted and qualified. */
  get name(): string {
    return this.#qualify(this.#current);
  }

  /** The stream's own table, also while a hidden one is being filled. */
  get ownName(): string {
    return this.#qualify(this.#own);
  }

  /** Whether a merge is due though no rows have landed. */
  get needsMerge(): boolean {
    return needsMerge(this.#state);
  }

  get columnNames(): string[] {
    return this.columns.map((column) => column.columnName);
  }

  /** The columns that the stream's rows are converted for. */
  loadedColumns(stream: TargetStream): readonly TargetColumn[] {
    return this.#takesPartialRows && rowKeys(stream).length > 0 ? [...this.columns, unchangedList] : this.columns;
  }

  columnOf(property: string): string {
    return columnOf(this.columns, property);
  }

  propertyOf(columnName: string): string {
    return this.columns.find((column) => column.columnName === columnName)?.name ?? columnName;
  }

  /** A row of the table, as JSON text by column, as the record that it came from. What the record lacked is null. */
  recordOf(row: string): string {
    return recordOf(this.columns, row);
  }

  /** @throws source_column_unfit where the property's column holds no text */
  textColumnOf(property: string, stream: string): string {
    const column = this.columnOf(property);
    const { types } = this.#context.dialect;
    const type = this.columns.find(({ columnName }) => columnName === column)?.type;
    if (type?.kind === "varchar") return column;
    throw errors.source_column_unfit(
      { table: this.ownName, column, type: type === undefined ? "missing" : typeName(types, type) },
      { stream },
    );
  }

  /** @throws range_column_unfit where the property's column holds no times */
  timeColumnOf(property: string, stream: string): { name: string; type: ColumnType } {
    const name = this.columnOf(property);
    const { types } = this.#context.dialect;
    const type = this.columns.find(({ columnName }) => columnName === name)?.type;
    if (type !== undefined && isTime(type)) return { name, type };
    throw errors.range_column_unfit(
      { table: this.ownName, column: name, type: type === undefined ? "missing" : typeName(types, type) },
      { stream },
    );
  }

  /** Columns that identify a row; none where rows are appended. */
  keyColumns(stream: TargetStream): string[] {
    return rowKeys(stream).map((key) => this.columnOf(key));
  }

  /** What a load that begins now asks of the dialect. */
  get loadState(): Pick<LoadRequest, "isNew" | "overwrites"> {
    return { isNew: isNew(this.#state), overwrites: overwrites(this.#state) };
  }

  planLoad(load: LoadStart): LoadPlan {
    const { merge } = this.#context.dialect;
    const sequence = this.#context.keepsNewer ? this.columns.find(({ name }) => name === "_sdc_sequence")?.columnName : undefined;
    const { writable, required, uniqueKeys, isReferenced } = this.#found;
    const otherColumns = writable.filter((column) => !load.columns.includes(column));
    const found = { otherColumns, uniqueKeys, isReferenced, sequence };
    return merge.plan({
      ...load,
      ...found,
      table: this.name,
      typeOf: (column) => this.columns.find(({ columnName }) => columnName === column)?.type,
      deletes: this.#takesDeletes && deleteRecords(this.columns, load, { does: this.#takesDeletes, required, sequence }),
      partialRows: this.#takesPartialRows && load.keys.length > 0 ? { list: unchangedList.columnName } : undefined,
    });
  }

  /** What records with `_sdc_deleted_at` are to bulk loads of the stream. */
  deletesIn(stream: TargetStream): "land" | "announce" | undefined {
    if (rowKeys(stream).length === 0 || !this.columns.some(isDeletedAt)) return undefined;
    return this.#takesDeletes === undefined ? "announce" : "land";
  }

  /** From now on rows land where records that delete rows can be among them. No rows may have landed that are not merged. */
  takeDeletes({ loadMethod }: TargetStream): void {
    this.#takesDeletes = this.#context.hardDelete || loadMethod === "overwrite" ? "remove" : "mark";
  }

  /** What rows that leave columns unchanged are to bulk loads. */
  get partialRows(): "land" | "announce" {
    return this.#takesPartialRows ? "land" : "announce";
  }

  /** From now on rows land where such rows can be among them. No rows may have landed that are not merged. */
  takePartialRows(): void {
    this.#takesPartialRows = true;
  }

  /** Checks that the stream can be made to fit, without changing anything and without a transaction. @throws as `TablePlanner.check` */
  plan(stream: TargetStream): Promise<void> {
    const isNew = this.#state.kind === "absent";
    return this.#planner.check(stream, this.#current, { isNew, rowsChanged: rowsChanged(this.#state) });
  }

  /** Makes or changes the table so that the stream fits. @throws as `plan`, not_stored, and what the database refuses */
  async open(stream: TargetStream): Promise<void> {
    const found = this.#planner.takeFound();
    const existing = found === undefined ? await this.#describe(this.#own) : found;
    if (existing === null && this.#planner.wasThere && stream.loadMethod !== "overwrite") throw this.#dropped();
    if (existing === null) await this.#fit(null, stream, { step: "make" });
    else if (this.#planner.isReplaced(stream, existing))
      await this.#fit(null, stream, { step: "hide", hidden: hiddenTable(this.#own.schema, "new") });
    else await this.#fit(existing, stream, { step: "find", overwrite: stream.loadMethod === "overwrite" });
  }

  /** The stream has another schema or other keys now. @returns the columns that the table had before. @throws as `open`, not_stored */
  async change(stream: TargetStream, pending: PendingRows): Promise<string[]> {
    this.#planner.takeFound();
    const existing = await this.#describe(this.#current);
    if (existing === null) throw this.#dropped();
    await this.#fit(existing, stream, undefined, pending);
    return existing.columns.map(({ name }) => name);
  }

  /** The property's column has to take values that it refused. @throws copy_refused */
  widen(stream: TargetStream, property: string, values: readonly unknown[], pending: PendingRows): Promise<void> {
    const { types } = this.#context.dialect;
    const column = this.columns.find(({ name, isRetired }) => name === property && !isRetired) as TargetColumn;
    return this.#changeColumns(stream, pending, async (input) => {
      const stored = await storedDigits(this.#context, this.#tablesWith(column.columnName, pending), column);
      return planWidening(input, this.columns, column, widenedFor(column.type, values, stored, types));
    });
  }

  /** Adds the column for fields that the schema does not have. @throws extra_column_taken, schema_frozen, copy_refused */
  addExtraColumn(stream: TargetStream, pending: PendingRows): Promise<void> {
    return this.#changeColumns(stream, pending, (input) => planExtraColumn(input, this.columns));
  }

  /** To build a key takes half the time of a look for repeated keys, which it refuses. @returns whether the table got its key */
  async tryKey(keys: readonly string[]): Promise<boolean> {
    const { connection, dialect } = this.#context;
    if (keyDue(this.#state) !== "now" || !dialect.traits.savepoints) return false;
    try {
      return await withSavepoint(connection, dialect.statements.savepoint("tapline_key"), () => this.#giveKey(keys));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return false;
    }
  }

  /** Called when landed rows became part of the table. `keys` are column names; none where not all rows arrived under these keys. */
  async merged(keys: readonly string[], replacesRows: boolean): Promise<void> {
    const due = keyDue(this.#state);
    this.#step({ step: "merge", replacesRows });
    if (due === "now" || (due === "ifUnique" && (await areKeysUnique(this.#context, this.name, keys)))) await this.#giveKey(keys);
  }

  /** Called when rows were deleted or marked. */
  rowsDeleted(): void {
    this.#step({ step: "deleteRows" });
  }

  /** A hidden table that was filled replaces the own one. */
  async swap(keys: readonly string[]): Promise<void> {
    if (this.#state.kind !== "replacing") return;
    const { dialect, connection } = this.#context;
    const hidden = this.name;
    this.#step({ step: "swap" });
    await connection.run(dialect.statements.dropTable(this.name), this.name);
    await connection.run(dialect.statements.renameTable(hidden, this.#own.table), this.name);
    await this.#giveKey(keys);
  }

  committed(): void {
    this.#step({ step: "commit" });
  }

  async countRows(): Promise<number> {
    const { dialect, connection } = this.#context;
    return Number((await connection.query(dialect.statements.countRows(this.name), this.name))[0]?.[0]);
  }

  get #current(): TableName {
    return this.#state.kind === "replacing" ? this.#state.hidden : this.#own;
  }

  #qualify(table: TableName): string {
    return this.#context.dialect.names.qualify(this.#context.connection.database, table);
  }

  #describe(table: TableName): Promise<TableDescription | null> {
    return this.#context.connection.describe(table);
  }

  /** Another session dropped the table, with its rows: a new one would hide that. */
  #dropped(): TaplineError {
    return errors.not_stored({ table: this.label, location: this.#context.connection.location });
  }

  #step(step: TableStep): void {
    this.#state = nextState(this.#state, step);
  }

  /** Plans again, as another session may have changed the table, and runs the plan. `first` is the step that opens the table. */
  async #fit(existing: TableDescription | null, stream: TargetStream, first?: TableStep, pending: PendingRows = {}): Promise<void> {
    let plan = this.#planner.plan(stream, existing, rowsChanged(this.#state));
    if (plan.unmeasured.length > 0) {
      const measured = new Map<string, Digits | null>();
      for (const column of plan.unmeasured)
        measured.set(column, await measureDigits(this.#context, this.#tablesWith(column, pending), column));
      plan = this.#planner.plan(stream, existing, rowsChanged(this.#state), measured);
    }
    if (first !== undefined) this.#step(first);
    await this.#change(existing, plan, stream, pending);
    await this.#noteKey(existing, stream);
    if (plan.dropped !== undefined) {
      const { drop, from, to } = plan.dropped;
      await this.#context.connection.run(drop, this.ownName);
      this.#step({ step: "dropKey" });
      stream.changed?.({ kind: "key_changed", from, to });
    }
    this.#found = { ...foundColumns(existing?.columns ?? []), uniqueKeys: plan.uniqueKeys, isReferenced: existing?.isReferenced ?? false };
  }

  async #changeColumns(
    stream: TargetStream,
    pending: PendingRows,
    planFrom: (input: PlanInput) => SchemaPlan | Promise<SchemaPlan>,
  ): Promise<void> {
    const { dialect, policy, columnNames } = this.#context;
    const existing = (await this.#describe(this.#current)) as TableDescription;
    const { name, schema } = stream;
    const input = { dialect, stream: name, schema, policy, columnNames, keys: rowKeys(stream), table: this.ownName, ...ofTable(existing) };
    const plan = await planFrom(input);
    const copy = { existing, alterations: plan.alterations, rowsChanged: rowsChanged(this.#state), table: this.ownName, stream: name };
    await this.#change(existing, { ...plan, isCopy: isCopied(dialect, copy) }, stream, pending);
  }

  async #change(
    existing: TableDescription | null,
    { alterations, comments, columns, changes, isCopy }: SchemaPlan & { isCopy: boolean },
    stream: TargetStream,
    pending: PendingRows,
  ): Promise<void> {
    const table = { name: this.#current, about: this.ownName, landings: pending.landings };
    if (existing === null) await createTable(this.#context, table, alterations, stream.name, this.#notedKey(columns, stream));
    else if (isCopy) {
      await pending.merge?.();
      await replaceByCopy(this.#context, table, existing, alterations);
      this.#step({ step: "copy" });
    } else for (const view of await alterTable(this.#context, table, alterations)) stream.changed?.({ kind: "view_remade", to: view });
    await commentColumns(this.#context, this.name, this.ownName, comments);
    this.columns = columns;
    for (const change of changes) stream.changed?.(change);
  }

  /** The key that only a comment tells. */
  #notedKey(columns: readonly TargetColumn[], stream: TargetStream): string[] {
    return this.#context.dialect.traits.keysEnforced ? [] : rowKeys(stream).map((key) => columnOf(columns, key));
  }

  async #noteKey(existing: TableDescription | null, stream: TargetStream): Promise<void> {
    if (existing === null || existing.stream !== stream.name || existing.refusesComments === true) return;
    const key = this.#notedKey(this.columns, stream);
    if (JSON.stringify(existing.notedKey ?? []) !== JSON.stringify(key)) await noteKey(this.#context, this.name, stream.name, key);
  }

  /** @returns whether the table has the key now */
  async #giveKey(keys: readonly string[]): Promise<boolean> {
    const { uniqueKeys } = this.#found;
    if (uniqueKeys.some((unique) => JSON.stringify(unique) === JSON.stringify(keys))) return true;
    const isGiven = await giveKey(this.#context, this.#current, keys);
    if (isGiven) this.#found.uniqueKeys = [...uniqueKeys, [...keys]];
    return isGiven;
  }

  /** The tables that have values of the column. */
  #tablesWith(column: string, { landings = [] }: PendingRows): string[] {
    const landed = landings.filter(({ columns }) => columns.includes(column)).map(({ table }) => table);
    return [...new Set([this.name, ...landed])];
  }
}
