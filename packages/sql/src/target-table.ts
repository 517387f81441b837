/** The table of one stream as it is in the database: made, changed to fit, and, where it is to be overwritten, swapped for one that was filled beside it. */
import { randomBytes } from "node:crypto";
import type { TargetStream } from "@tapline/sdk";
import type { Connection, TableDescription } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import { errors } from "./errors.ts";
import { type PlannedColumn, planSchema, wantedColumns } from "./schema-plan.ts";
import type { TableName } from "./names/table-name.ts";

export class TargetTable {
  readonly #dialect: Dialect;
  readonly #connection: Connection;
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

  constructor(dialect: Dialect, connection: Connection, own: TableName) {
    this.#dialect = dialect;
    this.#connection = connection;
    this.#own = own;
  }

  /** As a person names it. */
  get place(): string {
    return `${this.#own.schema}.${this.#own.table}`;
  }

  /** Quoted and qualified, of the table that is being loaded. */
  get name(): string {
    return this.#dialect.qualify(this.#connection.database, this.#hidden ?? this.#own);
  }

  /** The name of the stream's own table, also while another one is being loaded. */
  get ownName(): string {
    return this.#dialect.qualify(this.#connection.database, this.#own);
  }

  /** Makes or changes the table so that the stream fits in. @throws type_conflict, not_a_table and the errors of `wantedColumns` */
  async open(stream: TargetStream): Promise<void> {
    const existing = await this.#describe(this.#own, stream);
    if (stream.loadMethod !== "overwrite" || existing === null) return this.#fit(existing, stream);
    if (existing.hasDependents) {
      this.mustEmpty = true;
      return this.#fit(existing, stream);
    }
    this.#hidden = { schema: this.#own.schema, table: `_tapline_new_${randomBytes(8).toString("hex")}` };
    await this.#fit(null, stream);
  }

  /** The stream has another schema or other keys now. @throws as `open` */
  async change(stream: TargetStream): Promise<void> {
    await this.#fit(await this.#describe(this.#hidden ?? this.#own, stream), stream);
  }

  /** Called when a merge is done. `keys` are column names. */
  async merged(keys: readonly string[]): Promise<void> {
    // A new table is filled first and gets its key after; a hidden one gets it with its name, which the key's is made of.
    if (this.isNew && this.#hidden === undefined) await this.#key(keys);
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
    return this.columns.find((column) => column.name === property)?.columnName ?? property;
  }

  async #describe(table: TableName, stream: TargetStream): Promise<TableDescription | null> {
    const existing = await this.#connection.describe(table);
    if (existing?.notTable === undefined) return existing;
    throw errors.not_a_table({ table: this.name, what: existing.notTable }, { stream: stream.name });
  }

  async #fit(existing: TableDescription | null, stream: TargetStream): Promise<void> {
    const wanted = wantedColumns(this.#dialect, stream.schema, stream.name);
    const unknown = rowKeys(stream).find((key) => !wanted.some((column) => column.name === key));
    if (unknown !== undefined) throw errors.key_not_in_schema({ key: unknown }, { stream: stream.name });
    const hasSchema = existing !== null || (await this.#connection.hasSchema(this.#own.schema));
    const place = { database: this.#connection.database, table: this.#hidden ?? this.#own, hasSchema };
    const plan = planSchema(this.#dialect, place, existing?.columns ?? null, wanted, stream.name);
    for (const statement of plan.statements) await this.#connection.run(statement, this.ownName);
    this.columns = plan.columns;
    if (existing === null) this.isNew = true;
    this.uniqueKeys = existing?.uniqueKeys ?? [];
    this.isReferenced = existing?.isReferenced ?? false;
  }

  async #key(keys: readonly string[]): Promise<void> {
    for (const statement of this.#dialect.keyNewTable(this.name, keys)) await this.#connection.run(statement, this.name);
  }
}

/** Properties that tell rows apart; none where every row is a row of its own. */
export function rowKeys({ loadMethod, keys }: TargetStream): readonly string[] {
  return loadMethod === "append-only" ? [] : keys;
}
