/** The table of one stream as it is in the database: made, changed to fit, and, where it is to be overwritten, swapped for one that was filled beside it. */
import { type Digits, type TargetColumn, widenedFor } from "@tapline/columns";
import type { TargetStream } from "@tapline/sdk";
import { commentStatement } from "./alteration.ts";
import type { TableDescription } from "./connection.ts";
import type { LoadPlace, LoadPlan } from "./dialect.ts";
import { errors } from "./errors.ts";
import type { TableName } from "./names/table-name.ts";
import { type PlanInput, planSchema, planWidening, type SchemaPlan } from "./schema-plan.ts";
import { alterTable, createTable } from "./table-alter.ts";
import type { TableContext } from "./table-context.ts";
import { copyTable, hiddenTable, isCopied } from "./table-copy.ts";
import { measureDigits, storedDigits } from "./table-digits.ts";
import { checkRowIds, dropOtherKey, giveKey, rowKeys, tellsApart } from "./table-key.ts";

/** Rows of the stream that are not merged into its table yet. */
export interface Pending {
  /** Where they are, if not in the table. */
  landing?: string | undefined;
  /** Merges them; called where the table is to be copied, as rows of the copy have other ids. */
  beforeCopy?: () => Promise<void>;
}

export class TargetTable {
  readonly #context: TableContext;
  readonly #own: TableName;
  /** Where rows go until they are whole, when that is not the table itself; it then takes the table's place. */
  #hidden: TableName | undefined;
  columns: readonly TargetColumn[] = [];
  #uniqueKeys: readonly string[][] = [];
  /** Foreign keys of other tables point at it. */
  #isReferenced = false;
  /** Made by the open transaction, and nothing merged into it yet. */
  isNew = false;
  /** Old rows go with the next merge. */
  mustEmpty = false;
  /** Made by the open transaction. */
  #isMadeNow = false;
  /** Rows of before the open transaction went in it. */
  #rowsWent = false;
  /** The key of another stream went; the next merge may give it one of its own. */
  #lostKey = false;

  constructor(context: TableContext, own: TableName) {
    this.#context = context;
    this.#own = own;
  }

  /** As a person names it. */
  get place(): string {
    return `${this.#own.schema}.${this.#own.table}`;
  }

  /** Quoted and qualified, of the table that is being loaded. */
  get name(): string {
    return this.#qualify(this.#current);
  }

  /** The name of the stream's own table, also while another one is being loaded. */
  get ownName(): string {
    return this.#qualify(this.#own);
  }

  get #current(): TableName {
    return this.#hidden ?? this.#own;
  }

  #qualify(table: TableName): string {
    return this.#context.dialect.qualify(this.#context.connection.database, table);
  }

  get columnNames(): string[] {
    return this.columns.map((column) => column.columnName);
  }

  /** The name a property has as a column. */
  columnOf(property: string): string {
    return this.columns.find((column) => column.name === property && !column.isRetired)?.columnName ?? property;
  }

  /** Columns that tell rows apart; none where every row is a row of its own. */
  keyColumns(stream: TargetStream): string[] {
    return rowKeys(stream).map((key) => this.columnOf(key));
  }

  /** How rows get in. */
  planLoad(place: Omit<LoadPlace, "table" | "uniqueKeys" | "isReferenced">): LoadPlan {
    return this.#context.dialect.load({ ...place, table: this.name, uniqueKeys: this.#uniqueKeys, isReferenced: this.#isReferenced });
  }

  async countRows(): Promise<number> {
    return Number((await this.#context.connection.query(`SELECT count(*) FROM ${this.name}`, this.name))[0]?.[0]);
  }

  /** Makes or changes the table so that the stream fits in. @throws not_a_table, key_not_in_schema and the errors of `planSchema` */
  async open(stream: TargetStream): Promise<void> {
    const existing = await this.#describe(this.#own, stream);
    if (stream.loadMethod !== "overwrite" || existing === null) return this.#fit(existing, stream);
    if (existing.hasDependents) {
      this.mustEmpty = true;
      return this.#fit(existing, stream);
    }
    if (this.#context.policy === "freeze") planSchema(this.#input(stream, existing));
    this.#hidden = hiddenTable(this.#own.schema, "new");
    await this.#fit(null, stream);
  }

  /** The stream has another schema or other keys now. @throws as `open`, copy_refused */
  async change(stream: TargetStream, pending: Pending): Promise<void> {
    await this.#fit(await this.#describe(this.#current, stream), stream, pending);
  }

  /** A property's column is to take values it refused. @throws copy_refused */
  async widen(stream: TargetStream, property: string, values: readonly unknown[], pending: Pending): Promise<void> {
    const existing = await this.#describe(this.#current, stream);
    const column = this.columns.find(({ name, isRetired }) => name === property && !isRetired) as TargetColumn;
    const stored = await storedDigits(this.#context, this.#places(pending), column);
    const type = widenedFor(column.type, values, stored, this.#context.dialect.types);
    await this.#run(planWidening(this.#input(stream, existing), this.columns, column, type), stream, existing, pending);
  }

  /** Rows of it went: replaced, marked or removed. */
  rowsGo(): void {
    this.#rowsWent ||= !this.#isMadeNow;
  }

  /** Called when a merge is done. `keys` are column names; none where rows came under others, so that nothing is known of them. */
  async merged(keys: readonly string[]): Promise<void> {
    // A new table is filled first and gets its key after; a hidden one gets it with its name, which the key's is made of.
    if (this.isNew && this.#hidden === undefined) await this.#key(keys);
    else if (this.#lostKey && (await tellsApart(this.#context, this.name, keys))) await this.#key(keys);
    this.#lostKey = false;
    this.isNew = false;
    this.mustEmpty = false;
  }

  /** The table that was filled beside the own one takes its place. */
  async swap(keys: readonly string[]): Promise<void> {
    if (this.#hidden === undefined) return;
    const { dialect, connection } = this.#context;
    const hidden = this.name;
    this.#hidden = undefined;
    await connection.run(`DROP TABLE ${this.name}`, this.name);
    await connection.run(`ALTER TABLE ${hidden} RENAME TO ${dialect.quote(this.#own.table)}`, this.name);
    await this.#key(keys);
  }

  /** What is so of the open transaction only is over. */
  endTransaction(): void {
    this.#isMadeNow = false;
    this.#rowsWent = false;
  }

  async #describe(table: TableName, stream: TargetStream): Promise<TableDescription | null> {
    const existing = await this.#context.connection.describe(table);
    if (existing?.notTable === undefined) return existing;
    throw errors.not_a_table({ table: this.name, what: existing.notTable }, { stream: stream.name });
  }

  #input(stream: TargetStream, existing: TableDescription | null): PlanInput {
    const { dialect, policy } = this.#context;
    const { name, schema } = stream;
    const columns = existing?.columns ?? null;
    return { dialect, stream: name, schema, existing: columns, policy, keys: rowKeys(stream), table: this.ownName };
  }

  async #fit(existing: TableDescription | null, stream: TargetStream, pending: Pending = {}): Promise<void> {
    const unknown = rowKeys(stream).find((key) => !Object.hasOwn(stream.schema.properties ?? {}, key));
    if (unknown !== undefined) throw errors.key_not_in_schema({ key: unknown }, { stream: stream.name });
    const input = this.#input(stream, existing);
    let plan = planSchema(input);
    if (plan.unmeasured.length > 0) {
      const measured = new Map<string, Digits | null>();
      for (const column of plan.unmeasured) measured.set(column, await measureDigits(this.#context, this.#places(pending), column));
      plan = planSchema({ ...input, measured });
    }
    checkRowIds(this.#context, this.ownName, existing, stream);
    await this.#run(plan, stream, existing, pending);
    if (existing === null) this.isNew = this.#isMadeNow = true;
    const { uniqueKeys, isDropped } = await dropOtherKey(this.#context, this.ownName, existing, stream, this.keyColumns(stream));
    this.#lostKey = isDropped;
    this.#uniqueKeys = uniqueKeys;
    this.#isReferenced = existing?.isReferenced ?? false;
  }

  async #run(plan: SchemaPlan, stream: TargetStream, existing: TableDescription | null, pending: Pending): Promise<void> {
    const { alterations, comments, columns, changes } = plan;
    const { dialect, connection } = this.#context;
    const altered = { place: this.#current, about: this.ownName, landing: pending.landing };
    const copied = { alterations, rowsWent: this.#rowsWent, table: this.ownName, stream: stream.name };
    if (existing === null) await createTable(this.#context, altered, alterations);
    else if (isCopied(dialect, { ...copied, existing })) {
      await pending.beforeCopy?.();
      await copyTable(this.#context, this.#current, existing.columns, alterations);
      this.#rowsWent = false;
    } else for (const view of await alterTable(this.#context, altered, alterations)) stream.changed?.({ kind: "view_remade", to: view });
    for (const [column, comment] of comments) await connection.run(commentStatement(dialect, this.name, column, comment), this.ownName);
    this.columns = columns;
    for (const change of changes) stream.changed?.(change);
  }

  async #key(keys: readonly string[]): Promise<void> {
    if (await giveKey(this.#context, this.#current, keys)) this.#uniqueKeys = [...this.#uniqueKeys, [...keys]];
  }

  /** Where rows of the table are. */
  #places({ landing = this.name }: Pending): string[] {
    return [...new Set([this.name, landing])];
  }
}
