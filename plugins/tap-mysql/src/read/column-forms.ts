/**
 * How the columns of a stream are written as JSON: each by its type, until a value comes that its type on the wire can't say, such as a
 * time of 30 hours. Shared by all that reads the table.
 */
import type { JsonSchema, Log } from "@tapline/sdk";
import { jsonNullWarning, tableName, widened } from "@tapline/sql-tap";
import type { ZeroDates } from "../config.ts";
import type { MysqlTable } from "../discover/tables.ts";
import type { WireType } from "../discover/types.ts";
import { errors } from "../errors.ts";
import type { RowColumn, RowLines } from "./row-lines.ts";

type Counts = Map<string, number>;

export class ColumnForms {
  readonly #table: MysqlTable;
  readonly #log: Log;
  readonly #zeroDates: ZeroDates;
  readonly #keys: readonly string[];
  readonly #wires: Map<string, WireType>;
  readonly #jsonNulls: Counts = new Map();
  readonly #badJson: Counts = new Map();
  readonly #zeros: Counts = new Map();

  /** `keys`: a key is never null, so a date of zeros in it is text. */
  constructor(table: MysqlTable, { log, keys, zeroDates }: { log: Log; keys: readonly string[]; zeroDates: ZeroDates }) {
    this.#table = table;
    this.#log = log;
    this.#keys = keys;
    this.#zeroDates = zeroDates;
    this.#wires = new Map(table.columns.map(({ name, wire }) => [name, wire]));
  }

  wire(name: string): WireType {
    return this.#wires.get(name) as WireType;
  }

  rowColumns(names: readonly string[]): RowColumn[] {
    return names.map((name) => ({
      name,
      form: this.wire(name).form,
      nullZeros: this.#zeroDates === "null" && !this.#keys.includes(name),
    }));
  }

  /** The column becomes what its type can be at most. Returns the schema with it; undefined: it became so before. @throws zero_date */
  widen(name: string, schema: JsonSchema): JsonSchema | undefined {
    const { wider, ...wire } = this.wire(name);
    if (wider === undefined) return undefined;
    if (this.#zeroDates === "fail" && (wire.form === "date" || wire.form === "datetime"))
      throw errors.zero_date({ table: tableName(this.#table), column: name });
    this.#wires.set(name, { ...wire, ...wider });
    this.#log(
      "info",
      `column ${JSON.stringify(name)} of ${tableName(this.#table)} has values that its type on the wire can't say, such as ${examples[wire.form] ?? "others"}; from here on it is ${String(wider.property.type)}`,
    );
    return widened(schema, { names: [name], keys: this.#keys }, () => wider.property);
  }

  /** `names`: the columns of the lines. */
  countOdd({ jsonNulls, badJson, zeroDates }: RowLines, names: readonly string[]): void {
    const all: readonly [Counts, Int32Array][] = [
      [this.#jsonNulls, jsonNulls],
      [this.#badJson, badJson],
      [this.#zeros, zeroDates],
    ];
    for (const [sums, counts] of all)
      for (const [i, name] of names.entries()) {
        const count = counts[i] ?? 0;
        if (count > 0) sums.set(name, (sums.get(name) ?? 0) + count);
      }
  }

  /** Call it last. */
  report(): void {
    const table = tableName(this.#table);
    const rows = (count: number): string => `${count} ${count === 1 ? "row" : "rows"}`;
    for (const [name, count] of this.#jsonNulls) this.#log("warning", jsonNullWarning(table, name, count));
    for (const [name, count] of this.#badJson)
      this.#log("warning", `column ${JSON.stringify(name)} of ${table} has text that is no JSON in ${rows(count)}: it is sent as a string`);
    for (const [name, count] of this.#zeros)
      this.#log(
        "warning",
        `column ${JSON.stringify(name)} of ${table} has the date 0000-00-00 in ${rows(count)}: it is sent as null; zero_dates: text keeps it`,
      );
  }
}

const examples: Readonly<Record<string, string>> = {
  date: "2024-00-00",
  datetime: "2024-00-00 00:00:00",
  time: "-838:59:59",
  boolean: "2",
};
