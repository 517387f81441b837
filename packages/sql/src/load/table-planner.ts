/** Plans a stream's table at SCHEMA, from a look at it that changes nothing. */
import type { Digits } from "@tapline/columns";
import type { TargetStream } from "@tapline/sdk";
import type { TableDescription } from "../connection.ts";
import type { TableName } from "../names/table-name.ts";
import { afterPlan, planTable, type TablePlan } from "../plan/table-plan.ts";
import type { TableContext } from "./table-context.ts";

/** Undefined: nobody has looked. Null: there is no table. */
type Known = TableDescription | null | undefined;

export class TablePlanner {
  readonly #context: TableContext;
  /** The stream's own table, quoted, for messages. */
  readonly #name: string;
  /** The table as it will be once all that is planned was run. */
  #foreseen: Known;
  /** The table as the first look found it. */
  #found: Known;
  /** Whether the first look found a table. */
  wasThere = false;

  constructor(context: TableContext, name: string) {
    this.#context = context;
    this.#name = name;
  }

  /**
   * Checks that the stream can be made to fit. `isNew`: the load has not touched the table.
   * @throws not_a_table, copy_refused and the other errors of `planTable`
   */
  async check(stream: TargetStream, table: TableName, { isNew, rowsChanged }: { isNew: boolean; rowsChanged: boolean }): Promise<void> {
    const isFirst = isNew && this.#foreseen === undefined;
    if (isFirst) await this.#context.connection.repair?.(table);
    const existing = this.#foreseen === undefined ? await this.#context.connection.describe(table) : this.#foreseen;
    if (isFirst) {
      this.#found = existing;
      this.wasThere = existing !== null;
    }
    const base = isFirst && this.isReplaced(stream, existing) ? null : existing;
    this.#foreseen = afterPlan(this.#context.dialect, base, this.plan(stream, base, rowsChanged), stream.name);
  }

  /** Called when the plans are run. @returns what the first look found, where nobody else can have changed it since */
  takeFound(): Known {
    const found = this.#context.dialect.traits.sharesTables ? undefined : this.#found;
    this.#found = this.#foreseen = undefined;
    return found;
  }

  /** Whether a new table is filled and replaces the existing one. @throws not_a_table, and under freeze the errors of `planTable` */
  isReplaced(stream: TargetStream, existing: TableDescription | null): boolean {
    if (stream.loadMethod !== "overwrite" || existing === null || existing.hasDependents) return false;
    if (this.#context.policy === "freeze" || existing.notTable !== undefined) this.plan(stream, existing, false);
    return true;
  }

  plan(
    stream: TargetStream,
    existing: TableDescription | null,
    rowsChanged: boolean,
    measured?: ReadonlyMap<string, Digits | null>,
  ): TablePlan {
    const { dialect, policy, columnNames, unknownFields } = this.#context;
    const input = { dialect, policy, columnNames, existing, table: this.#name, rowsChanged, keepsUnknown: unknownFields.policy === "keep" };
    return planTable(measured === undefined ? input : { ...input, measured }, stream);
  }
}
