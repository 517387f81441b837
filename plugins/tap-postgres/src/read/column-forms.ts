/**
 * How the columns of a stream are written as JSON: each by its type, until a value comes that its type on the wire can't say, such as the
 * date `infinity`. Shared by all that reads the table.
 */
import type { CopyColumn, CopyLines } from "@tapline/postgres";
import type { JsonSchema, Log } from "@tapline/sdk";
import { jsonNullWarning, tableName, widened } from "@tapline/sql-tap";
import type { PostgresTable } from "../discover/tables.ts";
import type { WireType } from "../discover/types.ts";

export class ColumnForms {
  readonly #table: PostgresTable;
  readonly #log: Log;
  readonly #wires: Map<string, WireType>;
  readonly #jsonNulls = new Map<string, number>();

  constructor(table: PostgresTable, log: Log) {
    this.#table = table;
    this.#log = log;
    this.#wires = new Map(table.columns.map(({ name, wire }) => [name, wire]));
  }

  wire(name: string): WireType {
    return this.#wires.get(name) as WireType;
  }

  copyColumns(names: readonly string[]): CopyColumn[] {
    return names.map((name) => ({ name, form: this.wire(name).form }));
  }

  /** The column becomes what its type can be at most. Returns the schema with it; undefined: it became so before. */
  widen(name: string, schema: JsonSchema): JsonSchema | undefined {
    const { wider, ...wire } = this.wire(name);
    if (wider === undefined) return undefined;
    this.#wires.set(name, { ...wire, ...wider });
    this.#log(
      "info",
      `column ${JSON.stringify(name)} of ${tableName(this.#table)} has values that its type on the wire can't say, such as infinity; from here on it is ${String(wider.property.type)}`,
    );
    return widened(schema, { names: [name], keys: this.#table.keys }, () => wider.property);
  }

  /** `names`: the columns of the lines. */
  countNulls({ jsonNulls }: CopyLines, names: readonly string[]): void {
    for (const [i, name] of names.entries()) {
      const count = jsonNulls[i] ?? 0;
      if (count > 0) this.#jsonNulls.set(name, (this.#jsonNulls.get(name) ?? 0) + count);
    }
  }

  /** Call it last. */
  report(): void {
    for (const [name, count] of this.#jsonNulls) this.#log("warning", jsonNullWarning(tableName(this.#table), name, count));
  }
}
