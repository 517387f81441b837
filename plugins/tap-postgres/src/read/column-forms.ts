/**
 * How the columns of a stream are written as JSON: each by its type, until a value comes that its type on the wire can't say, such as the
 * date `infinity`. Shared by all that reads the table.
 */
import type { CopyColumn, CopyLines } from "@tapline/postgres";
import type { JsonSchema, Log, PgColumn } from "@tapline/sdk";
import { jsonNullWarning, tableName, widened } from "@tapline/sql-tap";
import type { PostgresTable } from "../discover/tables.ts";
import type { WireType } from "../discover/types.ts";
import type { BinaryColumn } from "./binary-rows.ts";
import { textOf } from "./odd-values.ts";

export class ColumnForms {
  readonly #table: PostgresTable;
  readonly #log: Log;
  readonly #wires: Map<string, WireType>;
  readonly #jsonNulls = new Map<string, number>();
  /** How many columns have become wider. */
  changes = 0;

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

  /** What the columns are in COPY's binary format; undefined where one of them has no form in it. */
  binaryColumns(names: readonly string[]): BinaryColumn[] | undefined {
    const columns: BinaryColumn[] = [];
    for (const name of names) {
      const { binary } = this.wire(name);
      if (binary === undefined) return undefined;
      columns.push({ name, type: binary.type, isLoose: binary.isLoose === true });
    }
    return columns;
  }

  /** How the values of such columns are written in lines, where some of them have become wider since. */
  lineColumns(columns: readonly BinaryColumn[]): PgColumn[] {
    return columns.map(({ name, type }) => {
      const isText = this.wire(name).binary?.type === "text";
      const { wire } = this.#table.columns.find((column) => column.name === name) as { wire: WireType };
      return { name, type: (isText && textOf(type, wire.form)) || type };
    });
  }

  /** The column becomes what its type can be at most. Returns the schema with it; undefined: it became so before. */
  widen(name: string, schema: JsonSchema): JsonSchema | undefined {
    const { wider, ...wire } = this.wire(name);
    if (wider === undefined) return undefined;
    this.#wires.set(name, { ...wire, ...wider });
    this.changes++;
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
      if (count > 0) this.addNulls(name, count);
    }
  }

  addNulls(name: string, count: number): void {
    this.#jsonNulls.set(name, (this.#jsonNulls.get(name) ?? 0) + count);
  }

  /** Call it last. */
  report(): void {
    for (const [name, count] of this.#jsonNulls) this.#log("warning", jsonNullWarning(tableName(this.#table), name, count));
  }
}
