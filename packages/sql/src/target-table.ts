/** The table of one stream as it is in the database: made, changed to fit, and, where it is to be overwritten, swapped for one that was filled beside it. */
import { randomBytes } from "node:crypto";
import type { TargetStream } from "@tapline/sdk";
import type { Connection, TableDescription } from "./connection.ts";
import { type Dialect, typeName } from "./dialect.ts";
import { errors } from "./errors.ts";
import type { TableName } from "./names/table-name.ts";
import {
  type Alteration,
  alterStatements,
  commentStatement,
  createStatement,
  describeAlterations,
  type PlanInput,
  type PlannedColumn,
  planApart,
  planSchema,
  policyOf,
  type SchemaPlan,
} from "./schema-plan.ts";
import type { TableContext } from "./table-context.ts";
import { copyTable } from "./table-copy.ts";
import { measureDigits, storedDigits } from "./table-digits.ts";
import { dropOtherKey, giveKey, tellsApart } from "./table-key.ts";
import { widenedFor } from "./types/widen.ts";
import type { Digits } from "./values/digits.ts";

/** Beyond so many a table is copied, where that is possible: in one of 1,700 columns DuckDB takes 10 ms and 0.6 MB for each. */
const mostAlterations = 100;

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
  columns: readonly PlannedColumn[] = [];
  uniqueKeys: readonly string[][] = [];
  /** Foreign keys of other tables point at it. */
  isReferenced = false;
  /** Made by the open transaction, and nothing merged into it yet. */
  isNew = false;
  /** Old rows go with the next merge. */
  mustEmpty = false;
  /** Rows of before the open transaction went in it. */
  rowsWent = false;
  /** The key of another stream went; the next merge may give it one of its own. */
  #lostKey = false;

  constructor(context: TableContext, own: TableName) {
    this.#context = context;
    this.#own = own;
  }

  get #dialect(): Dialect {
    return this.#context.dialect;
  }

  get #connection(): Connection {
    return this.#context.connection;
  }

  /** As a person names it. */
  get place(): string {
    return `${this.#own.schema}.${this.#own.table}`;
  }

  /** Quoted and qualified, of the table that is being loaded. */
  get name(): string {
    return this.#dialect.qualify(this.#connection.database, this.#current);
  }

  /** The name of the stream's own table, also while another one is being loaded. */
  get ownName(): string {
    return this.#dialect.qualify(this.#connection.database, this.#own);
  }

  get #current(): TableName {
    return this.#hidden ?? this.#own;
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
    this.#hidden = { schema: this.#own.schema, table: `_tapline_new_${randomBytes(8).toString("hex")}` };
    await this.#fit(null, stream);
  }

  /** The stream has another schema or other keys now. @throws as `open`, copy_refused */
  async change(stream: TargetStream, pending: Pending): Promise<void> {
    await this.#fit(await this.#describe(this.#current, stream), stream, pending);
  }

  /** A property's column is to take values it refused. */
  async widen(stream: TargetStream, property: string, values: readonly unknown[], pending: Pending): Promise<void> {
    const { landing } = pending;
    const description = await this.#describe(this.#current, stream);
    const column = this.columns.find(({ name, isRetired }) => name === property && !isRetired) as PlannedColumn;
    const type = widenedFor(column.type, values, await storedDigits(this.#context, this.#places(landing), column), this.#dialect);
    const input = this.#input(stream, description);
    const plan: SchemaPlan = { columns: [], alterations: [], comments: new Map(), changes: [], unmeasured: [] };
    const [from, to] = [column.type, type].map((each) => this.#spell(each)) as [string, string];
    if (policyOf(input, property) === "new_column") {
      const columnName = planApart(input, plan, property, type, from);
      const others = this.columns.filter(({ columnName: name }) => name !== columnName);
      plan.columns = [...others.map((each) => (each === column ? { ...each, isRetired: true } : each)), { ...column, columnName, type }];
    } else {
      plan.alterations.push({ kind: "widen", name: column.columnName, from: column.type, to: type });
      plan.changes.push({ kind: "column_widened", column: property, from, to });
      plan.columns = this.columns.map((each) => (each === column ? { ...each, type } : each));
    }
    await this.#run(plan, stream, description, pending);
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
    const hidden = this.name;
    this.#hidden = undefined;
    await this.#connection.run(`DROP TABLE ${this.name}`, this.name);
    await this.#connection.run(`ALTER TABLE ${hidden} RENAME TO ${this.#dialect.quote(this.#own.table)}`, this.name);
    await this.#key(keys);
  }

  async countRows(): Promise<number> {
    return Number((await this.#connection.query(`SELECT count(*) FROM ${this.name}`, this.name))[0]?.[0]);
  }

  /** The name a property has as a column. */
  columnOf(property: string): string {
    return this.columns.find((column) => column.name === property && !column.isRetired)?.columnName ?? property;
  }

  async #describe(table: TableName, stream: TargetStream): Promise<TableDescription | null> {
    const existing = await this.#connection.describe(table);
    if (existing?.notTable === undefined) return existing;
    throw errors.not_a_table({ table: this.name, what: existing.notTable }, { stream: stream.name });
  }

  #input(stream: TargetStream, existing: TableDescription | null): PlanInput {
    const { name, schema } = stream;
    const columns = existing?.columns ?? null;
    return {
      dialect: this.#dialect,
      stream: name,
      schema,
      existing: columns,
      policy: this.#context.policy,
      keys: rowKeys(stream),
      table: this.ownName,
    };
  }

  async #fit(existing: TableDescription | null, stream: TargetStream, pending: Pending = {}): Promise<void> {
    const unknown = rowKeys(stream).find((key) => !Object.hasOwn(stream.schema.properties ?? {}, key));
    if (unknown !== undefined) throw errors.key_not_in_schema({ key: unknown }, { stream: stream.name });
    const input = this.#input(stream, existing);
    let plan = planSchema(input);
    if (plan.unmeasured.length > 0) {
      const measured = new Map<string, Digits | null>();
      for (const column of plan.unmeasured) measured.set(column, await measureDigits(this.#context, this.#places(pending.landing), column));
      plan = planSchema({ ...input, measured });
    }
    this.#checkRowIds(existing, stream);
    await this.#run(plan, stream, existing, pending);
    if (existing === null) this.isNew = true;
    const keys = rowKeys(stream).map((key) => this.columnOf(key));
    const { uniqueKeys, isDropped } = await dropOtherKey(this.#context, this.ownName, existing, stream, keys);
    this.#lostKey = isDropped;
    this.uniqueKeys = uniqueKeys;
    this.isReferenced = existing?.isReferenced ?? false;
  }

  /** Upserts rest on row ids, which a column of their name hides. @throws row_id_hidden */
  #checkRowIds(existing: TableDescription | null, stream: TargetStream): void {
    const { fold, rowId, name: database } = this.#dialect;
    const column = existing?.columns.find(({ name }) => fold(name) === rowId);
    if (column === undefined || rowKeys(stream).length === 0) return;
    throw errors.row_id_hidden({ table: this.ownName, column: column.name, database }, { stream: stream.name });
  }

  async #run(
    plan: SchemaPlan,
    stream: TargetStream,
    existing: TableDescription | null,
    { landing, beforeCopy = async () => {} }: Pending,
  ): Promise<void> {
    const dialect = this.#dialect;
    if (existing === null) await this.#create(plan.alterations);
    else if (this.#isCopied(plan, existing, stream)) {
      await beforeCopy();
      await copyTable(this.#connection, dialect, this.#current, existing.columns, plan.alterations);
      this.rowsWent = false;
    } else {
      const views = await this.#alter(plan.alterations);
      for (const view of views) stream.changed?.({ kind: "view_remade", to: view });
      if (landing !== undefined && landing !== this.name)
        for (const statement of alterStatements(dialect, landing, plan.alterations)) await this.#connection.run(statement, this.ownName);
    }
    for (const [column, comment] of plan.comments)
      await this.#connection.run(commentStatement(dialect, this.name, column, comment), this.ownName);
    this.columns = plan.columns;
    for (const change of plan.changes) stream.changed?.(change);
  }

  /** @throws copy_refused */
  #isCopied({ alterations }: SchemaPlan, existing: TableDescription, stream: TargetStream): boolean {
    const { copiesToAlter, copiesToConvert, name } = this.#dialect;
    if (!copiesToAlter || alterations.length === 0) return false;
    const isConverted = alterations.some((step) => step.kind === "widen" && copiesToConvert?.(step.from, step.to) === true);
    if (!existing.hasDependents) return this.rowsWent || isConverted || alterations.length > mostAlterations;
    if (!this.rowsWent && !isConverted) return false;
    const reason = this.rowsWent ? "rows of it were replaced in this transaction" : `${name} can't bring such a change back after a crash`;
    const changes = describeAlterations(this.#dialect, alterations);
    throw errors.copy_refused({ table: this.ownName, changes, reason }, { stream: stream.name });
  }

  async #create(alterations: readonly Alteration[]): Promise<void> {
    const { schema } = this.#own;
    if (!(await this.#connection.hasSchema(schema)))
      await this.#connection.run(
        `CREATE SCHEMA IF NOT EXISTS ${this.#dialect.qualifySchema(this.#connection.database, schema)}`,
        this.ownName,
      );
    await this.#connection.run(createStatement(this.#dialect, this.name, alterations), this.ownName);
  }

  /** @returns the views that were made again */
  async #alter(alterations: readonly Alteration[]): Promise<string[]> {
    const work = async (): Promise<void> => {
      for (const statement of alterStatements(this.#dialect, this.name, alterations)) await this.#connection.run(statement, this.ownName);
    };
    const around = this.#connection.aroundViews;
    const columns = alterations.filter(({ kind }) => kind === "widen").map(({ name }) => name);
    if (around !== undefined && columns.length > 0) return around(this.#current, work, columns);
    await work();
    return [];
  }

  async #key(keys: readonly string[]): Promise<void> {
    if (await giveKey(this.#context, this.#current, keys)) this.uniqueKeys = [...this.uniqueKeys, [...keys]];
  }

  /** Where rows of the table are. */
  #places(landing: string | undefined): string[] {
    return [...new Set([this.name, landing ?? this.name])];
  }

  #spell(type: PlannedColumn["type"]): string {
    return typeName(this.#dialect, type);
  }
}

/** Properties that tell rows apart; none where every row is a row of its own. */
export function rowKeys({ loadMethod, keys }: TargetStream): readonly string[] {
  return loadMethod === "append-only" ? [] : keys;
}
