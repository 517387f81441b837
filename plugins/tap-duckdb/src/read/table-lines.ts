/**
 * The rows of a table, a view or a Parquet file as Singer lines. A first look at its dates, and only at those that are selected, tells whether they are all
 * dates to JSON Schema; where they are not, the column is text from the first row on.
 */
import { type Chunk, type Lines, type ReadContext, type SchemaChange, schemaChange } from "@tapline/sdk";
import { jsonNullWarning, widened } from "@tapline/sql-tap";
import type { Database } from "../database.ts";
import { call } from "../wire/json-text.ts";
import { unionProperty } from "../wire/union-property.ts";
import type { WireType } from "../wire/wire-type.ts";
import { columnOf, lineSql } from "./line-sql.ts";
import { streamLines } from "./stream-lines.ts";

/** What has rows: a table, a view or a file. */
export interface LineSource {
  /** For messages. */
  label: string;
  /** In SQL, after FROM. */
  source: string;
  /** Those that are selected and not among them are null in each row. */
  columns: readonly { name: string; wire: WireType }[];
  keys: readonly string[];
  isView: boolean;
}

const mostAhead = 2 * 122_880;
const leastAhead = 2 * 2048;
const bytesAhead = 128 << 20;

export class TableLines {
  readonly #source: LineSource;
  readonly #context: ReadContext;
  readonly #database: Database;
  readonly #wires: Map<string, WireType>;
  #usualBytes: Promise<number> | undefined;

  constructor(source: LineSource, context: ReadContext, database: Database) {
    this.#source = source;
    this.#context = context;
    this.#database = database;
    this.#wires = new Map(source.columns.map(({ name, wire }) => [name, wire]));
  }

  /** Call it before the first row. `where`: what is read of `t`. Undefined: the schema is as it was discovered. */
  async look(where: string): Promise<SchemaChange | undefined> {
    const checked = this.#context.columns.flatMap((name) => {
      const { wider, isLostNull } = this.#wires.get(name) ?? {};
      const value = columnOf(name);
      return [
        ...(wider === undefined ? [] : [{ name, kind: "wider", sql: call("count_if", wider.isNeeded(value)) }]),
        ...(isLostNull === undefined ? [] : [{ name, kind: "null", sql: call("count_if", isLostNull(value)) }]),
      ];
    });
    if (checked.length === 0) return undefined;
    const sql = `SELECT ${checked.map((one) => one.sql).join(", ")} FROM ${this.#source.source} AS t ${where}`;
    const [counts = []] = await this.#database.query(sql, this.#source.label);
    const found = checked.flatMap(({ name, kind }, i) => (Number(counts[i]) > 0 ? [{ name, kind, count: Number(counts[i]) }] : []));
    for (const { name, kind, count } of found)
      if (kind === "null") this.#context.log("warning", jsonNullWarning(this.#source.label, name, count));
    const wider = found.filter(({ kind }) => kind === "wider").map(({ name }) => name);
    return wider.length === 0 ? undefined : this.#widen(wider);
  }

  /** `after`: conditions, from WHERE on; the table is `t`. With `place`, each piece has the place of its last row. */
  async *read(after: string, place?: string): AsyncGenerator<{ lines: Lines; place: bigint | undefined }> {
    await this.#database.workAhead(await this.#rowsAhead());
    const list = [this.#line(), ...(place === undefined ? [] : [place])].join(", ");
    yield* streamLines(this.#database, `SELECT ${list} FROM ${this.#source.source} AS t ${after}`, this.#source.label);
  }

  /**
   * Two of DuckDB's row groups, so that two threads work: with fewer, one waits until the lines of the other are taken. Fewer rows where they
   * are long, and DuckDB's own number for a view, whose first rows may cost as much as all.
   */
  async #rowsAhead(): Promise<number> {
    if (this.#source.isView) return 62_500;
    return Math.max(leastAhead, Math.min(mostAhead, Math.floor(bytesAhead / (await this.usualBytes()))));
  }

  /** Of a line, by the first rows. */
  usualBytes(): Promise<number> {
    this.#usualBytes ??= this.#measureLines();
    return this.#usualBytes;
  }

  async #measureLines(): Promise<number> {
    const sql = `SELECT ${call("avg", call("strlen", "line"))} FROM (SELECT ${this.#line()} AS line FROM ${this.#source.source} AS t LIMIT 100)`;
    const [[bytes] = []] = await this.#database.query(sql, this.#source.label);
    return Math.max(1, Number(bytes ?? 1));
  }

  #line(): string {
    return lineSql(
      this.#context.columns.map((name) => ({ name, text: this.#wires.get(name)?.text(columnOf(name)) ?? "null" })),
      this.#context,
    );
  }

  #widen(names: readonly string[]): SchemaChange {
    for (const name of names) {
      const { wider, ...wire } = this.#wire(name);
      this.#wires.set(name, { ...wire, ...wider });
    }
    this.#context.log(
      "info",
      `${names.map((name) => JSON.stringify(name)).join(", ")} of ${this.#source.label}: some values are no dates to JSON Schema, such as infinity, so it is sent as text`,
    );
    const { keys } = this.#source;
    return schemaChange(
      widened(this.#context.schema, { names, keys }, (name, property) => unionProperty(property, this.#wire(name).property)),
    );
  }

  #wire(name: string): WireType {
    return this.#wires.get(name) as WireType;
  }
}

export async function* linesOf(pieces: AsyncIterable<{ lines: Lines }>): AsyncGenerator<Chunk> {
  for await (const { lines } of pieces) yield lines;
}
